"""An index of the facts that count in no backlog; built without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('analytics', '0008_stock'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(condition=models.Q(('is_stock', False)), fields=['ticket'], name='kpi_fact_not_stock'),
        ),
    ]
