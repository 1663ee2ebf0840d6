"""An index that gives a person's notifications in the order of their moments; built without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('agents', '0005_team_configured'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='notification',
            index=models.Index(fields=['user', '-created_at', '-id'], name='agents_notifications_in_order'),
        ),
    ]
