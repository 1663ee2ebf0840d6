"""Messages that the house says by itself: their purposes and their place in the history."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0005_change_cursor'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='message',
            name='tickets_message_purpose_known',
        ),
        migrations.RemoveConstraint(
            model_name='ticketevent',
            name='tickets_event_kind_known',
        ),
        migrations.AlterField(
            model_name='message',
            name='purpose',
            field=models.CharField(blank=True, choices=[('reply', 'Reply'), ('acknowledgement', 'Acknowledgement'), ('update', 'Update'), ('survey', 'Survey')], db_default='', default='', max_length=16),
        ),
        migrations.AlterField(
            model_name='ticketevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('message_received', 'Message received'), ('replied', 'Replied'), ('reply_undone', 'Reply undone'), ('reply_accepted', 'Reply accepted'), ('reply_failed', 'Reply failed'), ('delivery_unknown', 'Delivery unknown'), ('reply_retried', 'Reply sent again'), ('reply_discarded', 'Reply discarded'), ('automatic_sent', 'Automatic message sent'), ('automatic_accepted', 'Automatic message accepted'), ('automatic_dropped', 'Automatic message dropped'), ('automatic_withheld', 'Automatic message withheld'), ('note_added', 'Note added'), ('status_changed', 'Status changed'), ('assigned', 'Assigned'), ('transferred', 'Handed over'), ('priority_changed', 'Priority changed'), ('subject_changed', 'Subject changed'), ('resolved', 'Resolved'), ('resolve_undone', 'Resolve undone'), ('reopened', 'Reopened'), ('closed', 'Closed')], max_length=24),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['', 'reply', 'acknowledgement', 'update', 'survey'])), name='tickets_message_purpose_known'),
        ),
        AddConstraintNotValid(
            model_name='ticketevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['opened', 'message_received', 'replied', 'reply_undone', 'reply_accepted', 'reply_failed', 'delivery_unknown', 'reply_retried', 'reply_discarded', 'automatic_sent', 'automatic_accepted', 'automatic_dropped', 'automatic_withheld', 'note_added', 'status_changed', 'assigned', 'transferred', 'priority_changed', 'subject_changed', 'resolved', 'resolve_undone', 'reopened', 'closed'])), name='tickets_event_kind_known'),
        ),
    ]
