"""Indexes that give the work list in its order; built, and the old ones dropped, without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

OPEN = models.Q(('status__in', ['new', 'open', 'pending', 'on_hold']))
KEY = ['priority', 'due_at', 'opened_at', 'id']


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('tickets', '0017_configuration_log'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(condition=OPEN, fields=KEY, include=('team', 'assignee'), name='tickets_open_in_order'),
        ),
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(condition=OPEN, fields=['team', *KEY], include=('assignee',), name='tickets_open_of_team'),
        ),
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(condition=OPEN, fields=['assignee', *KEY], include=('team', 'status', 'snoozed_until'), name='tickets_open_of_person'),
        ),
        RemoveIndexConcurrently(model_name='ticket', name='tickets_open_by_team'),
        RemoveIndexConcurrently(model_name='ticket', name='tickets_open_by_assignee'),
        RemoveIndexConcurrently(model_name='ticket', name='tickets_waiting_for_a_person'),
    ]
