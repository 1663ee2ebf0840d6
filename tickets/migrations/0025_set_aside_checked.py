"""Check the old rows and build the indexes without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('tickets', '0024_set_aside'),
    ]

    operations = [
        ValidateConstraint(model_name='message', name='tickets_moved_message_left_a_ticket'),
        ValidateConstraint(model_name='ticket', name='tickets_spam_is_closed'),
        ValidateConstraint(model_name='ticket', name='tickets_merged_ticket_is_closed'),
        ValidateConstraint(model_name='ticket', name='tickets_ticket_not_merged_into_itself'),
        ValidateConstraint(model_name='ticketevent', name='tickets_event_kind_known'),
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('moved_from__isnull', False)), fields=['moved_from'], name='tickets_moved_messages'),
        ),
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(condition=models.Q(('spam_at__isnull', False)), fields=['-spam_at', '-id'], name='tickets_spam'),
        ),
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='tickets_merged_into_another'),
        ),
    ]
