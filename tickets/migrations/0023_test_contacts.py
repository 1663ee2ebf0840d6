"""An index of the few test contacts, built without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('tickets', '0022_reminders_checked'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='contact',
            index=models.Index(condition=models.Q(('is_test', True)), fields=['id'], name='tickets_contact_test'),
        ),
    ]
