"""Tickets that are spam, or were merged into another one; messages that came from one."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0023_test_contacts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='ticketevent',
            name='tickets_event_kind_known',
        ),
        migrations.AddField(
            model_name='message',
            name='is_settled',
            field=models.BooleanField(db_default=False, default=False, help_text='Answered in the ticket that it came with: nobody waits for it in this one.'),
        ),
        migrations.AddField(
            model_name='message',
            name='moved_from',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The merged ticket that it came with.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_messages', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_tickets', to='tickets.ticket', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='spam_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='marked as spam'),
        ),
        migrations.AlterField(
            model_name='ticketevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('message_received', 'Message received'), ('replied', 'Replied'), ('reply_undone', 'Reply undone'), ('reply_accepted', 'Reply accepted'), ('reply_failed', 'Reply failed'), ('delivery_unknown', 'Delivery unknown'), ('reply_retried', 'Reply sent again'), ('reply_discarded', 'Reply discarded'), ('automatic_sent', 'Automatic message sent'), ('automatic_accepted', 'Automatic message accepted'), ('automatic_dropped', 'Automatic message dropped'), ('automatic_withheld', 'Automatic message withheld'), ('note_added', 'Note added'), ('status_changed', 'Status changed'), ('routed', 'Routed'), ('human_wanted', 'Asked for a person'), ('assigned', 'Assigned'), ('transferred', 'Handed over'), ('priority_changed', 'Priority changed'), ('tags_changed', 'Tags changed'), ('subject_changed', 'Subject changed'), ('resolved', 'Resolved'), ('resolve_undone', 'Resolve undone'), ('reopened', 'Reopened'), ('closed', 'Closed'), ('marked_spam', 'Marked as spam'), ('unmarked_spam', 'Not spam'), ('merged', 'Merged into another ticket'), ('absorbed', 'Another ticket merged into this one'), ('unmerged', 'Merge undone'), ('released', 'Merged ticket taken out again')], max_length=24),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_settled', False), ('moved_from__isnull', True)), models.Q(('moved_from__isnull', False), ('ticket__isnull', False), models.Q(('moved_from', models.F('ticket')), _negated=True)), _connector='OR'), name='tickets_moved_message_left_a_ticket'),
        ),
        AddConstraintNotValid(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('spam_at__isnull', True), models.Q(('merged_into__isnull', True), ('status', 'closed')), _connector='OR'), name='tickets_spam_is_closed'),
        ),
        AddConstraintNotValid(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), ('status', 'closed'), _connector='OR'), name='tickets_merged_ticket_is_closed'),
        ),
        AddConstraintNotValid(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='tickets_ticket_not_merged_into_itself'),
        ),
        AddConstraintNotValid(
            model_name='ticketevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['opened', 'message_received', 'replied', 'reply_undone', 'reply_accepted', 'reply_failed', 'delivery_unknown', 'reply_retried', 'reply_discarded', 'automatic_sent', 'automatic_accepted', 'automatic_dropped', 'automatic_withheld', 'note_added', 'status_changed', 'routed', 'human_wanted', 'assigned', 'transferred', 'priority_changed', 'tags_changed', 'subject_changed', 'resolved', 'resolve_undone', 'reopened', 'closed', 'marked_spam', 'unmarked_spam', 'merged', 'absorbed', 'unmerged', 'released'])), name='tickets_event_kind_known'),
        ),
    ]
