"""Check the old rows and build the index without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('tickets', '0009_routing'),
    ]

    operations = [
        ValidateConstraint(model_name='ticketevent', name='tickets_event_kind_known'),
        AddIndexConcurrently(
            model_name='ticketevent',
            index=models.Index(condition=models.Q(('kind', 'routed')), fields=['recorded_at'], name='tickets_routed_lately'),
        ),
    ]
