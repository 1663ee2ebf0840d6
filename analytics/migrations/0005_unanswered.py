"""An index of the tickets that nobody has answered, built without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('analytics', '0004_targets_and_reviews'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(condition=models.Q(('is_counted', True), ('replied_at__isnull', True)), fields=['began_at', 'ticket'], name='kpi_fact_unanswered'),
        ),
    ]
