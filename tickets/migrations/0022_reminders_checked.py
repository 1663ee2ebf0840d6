"""Check the old rows and build the index without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('tickets', '0021_reminders'),
    ]

    operations = [
        ValidateConstraint(model_name='slaevent', name='tickets_sla_event_kind_known'),
        AddIndexConcurrently(
            model_name='slaclock',
            index=models.Index(condition=models.Q(('again_at__isnull', False), ('state', 'running')), fields=['again_at'], name='tickets_clocks_to_tell_again'),
        ),
    ]
