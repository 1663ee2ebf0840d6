"""The core as it stands after 0023, with what a new installation begins with; a new database begins here."""

import agents.models.presence
import agents.models.user
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import tickets.models.attachment
import tickets.models.automatic_text
import tickets.models.change
import tickets.models.inbox
import uuid
from django.conf import settings
from django.db import migrations, models

from agents.tables import CreateTables
from tickets.defaults import install, install_texts

# History refuses UPDATE and DELETE: what happened, happened.
HISTORY = """
CREATE FUNCTION tickets_refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tickets_ticketevent_append_only BEFORE UPDATE OR DELETE ON tickets_ticketevent
  FOR EACH ROW EXECUTE FUNCTION tickets_refuse_rewriting_history();
CREATE TRIGGER tickets_consentchange_append_only BEFORE UPDATE OR DELETE ON tickets_consentchange
  FOR EACH ROW EXECUTE FUNCTION tickets_refuse_rewriting_history();
CREATE TRIGGER tickets_configurationevent_append_only BEFORE UPDATE OR DELETE ON tickets_configurationevent
  FOR EACH ROW EXECUTE FUNCTION tickets_refuse_rewriting_history();
"""
DROP_HISTORY = """
DROP TRIGGER tickets_configurationevent_append_only ON tickets_configurationevent;
DROP TRIGGER tickets_consentchange_append_only ON tickets_consentchange;
DROP TRIGGER tickets_ticketevent_append_only ON tickets_ticketevent;
DROP FUNCTION tickets_refuse_rewriting_history();
"""


def begin_with(apps, schema_editor):
    install(time_zone=settings.TIME_ZONE, get_model=apps.get_model)
    install_texts(get_model=apps.get_model, kinds=('acknowledgement', 'out_of_hours', 'welcome', 'update'))


class Migration(migrations.Migration):

    replaces = [
        ('tickets', '0001_initial'),
        ('tickets', '0002_history_is_append_only'),
        ('tickets', '0003_sla'),
        ('tickets', '0004_sla_defaults'),
        ('tickets', '0005_change_cursor'),
        ('tickets', '0006_automatic_messages'),
        ('tickets', '0007_automatic_messages_once'),
        ('tickets', '0008_focus'),
        ('tickets', '0009_routing'),
        ('tickets', '0010_routing_checked'),
        ('tickets', '0011_event_snapshot'),
        ('tickets', '0012_who_changed_the_configuration'),
        ('tickets', '0013_consent'),
        ('tickets', '0014_consent_is_append_only'),
        ('tickets', '0015_automatic_texts'),
        ('tickets', '0016_warning_of_the_answer'),
        ('tickets', '0017_configuration_log'),
        ('tickets', '0018_work_list_in_order'),
        ('tickets', '0019_read_receipts'),
        ('tickets', '0020_skills'),
        ('tickets', '0021_reminders'),
        ('tickets', '0022_reminders_checked'),
        ('tickets', '0023_test_contacts'),
    ]

    initial = True

    # What the steps before asked for: whoever has taken some of them has these.
    dependencies = [
        ('agents', '0003_presence'),
    ]

    operations = [
        CreateTables(
            models=[
                migrations.CreateModel(
                    name='Contact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='name')),
                        ('language', models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='language')),
                        ('phone', models.CharField(blank=True, db_default='', default='', help_text='For people to read; messages go to the identity.', max_length=32, verbose_name='telephone number')),
                        ('is_test', models.BooleanField(db_default=False, default=False, verbose_name='test contact')),
                        ('created_at', models.DateTimeField(verbose_name='created')),
                        ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_contacts', to='tickets.contact')),
                    ],
                    options={
                        'verbose_name': 'contact',
                        'verbose_name_plural': 'contacts',
                        'indexes': [models.Index(condition=models.Q(('is_test', True)), fields=['id'], name='tickets_contact_test')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='tickets_contact_not_merged_into_itself')],
                    },
                ),
                migrations.CreateModel(
                    name='Inbox',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                        ('channel', models.CharField(choices=tickets.models.inbox.channel_choices, max_length=32, verbose_name='channel')),
                        ('reopen_window', models.DurationField(default=datetime.timedelta(days=3), help_text='A message within this time after resolving reopens the ticket; a later one opens a new ticket.', verbose_name='reopen window')),
                        ('max_sending', models.PositiveSmallIntegerField(db_default=4, default=4, help_text='A number that hangs cannot take more threads than this.', verbose_name='messages under way at once')),
                        ('is_active', models.BooleanField(db_default=True, default=True, verbose_name='active')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inboxes', to='agents.team', verbose_name='team')),
                        ('acknowledges', models.BooleanField(db_default=True, default=True, help_text='Which texts it sends is decided under Texts.', verbose_name='says by itself that a message came in')),
                        ('sends_read_receipts', models.BooleanField(db_default=True, default=True, help_text='Contacts see blue ticks when an agent works at their ticket.', verbose_name='shows contacts what was read')),
                    ],
                    options={
                        'verbose_name': 'inbox',
                        'verbose_name_plural': 'inboxes',
                        'ordering': ['name'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('max_sending__gte', 1)), name='tickets_inbox_sends_at_least_one'), models.CheckConstraint(condition=models.Q(('reopen_window__gte', datetime.timedelta(0))), name='tickets_inbox_reopen_window_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='Conversation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('last_seq', models.PositiveBigIntegerField(db_default=0, default=0, help_text='The newest place given to a message or an event.')),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversations', to='tickets.contact')),
                        ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversations', to='tickets.inbox')),
                    ],
                    options={
                        'verbose_name': 'conversation',
                        'verbose_name_plural': 'conversations',
                        'constraints': [models.UniqueConstraint(fields=('inbox', 'contact'), name='tickets_conversation_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ContactIdentity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('bsuid', 'Business-scoped user id'), ('phone', 'Telephone number')], max_length=8)),
                        ('value', models.CharField(max_length=160)),
                        ('last_inbound_at', models.DateTimeField(blank=True, help_text='Provider time of the newest message; the reply window counts from here.', null=True)),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='tickets.contact')),
                        ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='tickets.inbox')),
                    ],
                    options={
                        'verbose_name': 'contact identity',
                        'verbose_name_plural': 'contact identities',
                        'constraints': [models.UniqueConstraint(fields=('inbox', 'kind', 'value'), name='tickets_identity_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['bsuid', 'phone'])), name='tickets_identity_kind_known'), models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='tickets_identity_value_not_empty')],
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.PositiveBigIntegerField(help_text='Place in the conversation, shared with the events.')),
                        ('kind', models.CharField(choices=[('inbound', 'Inbound'), ('outbound', 'Outbound'), ('note', 'Note')], max_length=8)),
                        ('purpose', models.CharField(blank=True, choices=[('reply', 'Reply'), ('acknowledgement', 'Acknowledgement'), ('update', 'Update'), ('survey', 'Survey'), ('survey_thanks', 'Thanks for an answer'), ('consent', 'Confirmation of STOP or START')], db_default='', default='', max_length=16)),
                        ('author_kind', models.CharField(choices=[('contact', 'Contact'), ('agent', 'Agent'), ('bot', 'Bot'), ('system', 'System')], max_length=8)),
                        ('content_type', models.CharField(choices=[('text', 'Text'), ('image', 'Photo'), ('video', 'Video'), ('audio', 'Audio'), ('document', 'Document'), ('sticker', 'Sticker'), ('location', 'Location'), ('contacts', 'Contact card'), ('choice', 'Choice'), ('template', 'Template'), ('unsupported', 'Unsupported message')], default='text', max_length=16)),
                        ('text', models.TextField(blank=True, db_default='', default='')),
                        ('content', models.JSONField(blank=True, default=dict, help_text='Choices, coordinates, cards: neutral content.')),
                        ('language', models.CharField(blank=True, db_default='', default='', max_length=10)),
                        ('external_id', models.CharField(blank=True, max_length=255, null=True)),
                        ('client_id', models.UUIDField(blank=True, null=True, unique=True)),
                        ('seen_seq', models.PositiveBigIntegerField(db_default=0, default=0, help_text='What the author had seen; a reply answers nothing newer.')),
                        ('occurred_at', models.DateTimeField(help_text="Provider's or author's time.")),
                        ('recorded_at', models.DateTimeField(help_text='Our time.')),
                        ('state', models.CharField(blank=True, choices=[('held', 'Can still be undone'), ('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Not delivered'), ('unknown', 'Delivery unknown'), ('cancelled', 'Cancelled')], max_length=9, null=True)),
                        ('send_priority', models.PositiveSmallIntegerField(db_default=1, default=1)),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('attempt', models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('delivered_at', models.DateTimeField(blank=True, null=True)),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                        ('played_at', models.DateTimeField(blank=True, null=True)),
                        ('failed_at', models.DateTimeField(blank=True, null=True)),
                        ('unknown_at', models.DateTimeField(blank=True, null=True)),
                        ('asked_at', models.DateTimeField(blank=True, help_text='When the agent was asked what to do about an unknown delivery.', null=True)),
                        ('error_code', models.CharField(blank=True, db_default='', default='', max_length=32)),
                        ('error_text', models.CharField(blank=True, db_default='', default='', max_length=500)),
                        ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to=settings.AUTH_USER_MODEL)),
                        ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='tickets.conversation')),
                        ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='tickets.inbox')),
                        ('quoted', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message')),
                        ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='tickets.ticket')),
                    ],
                    options={
                        'verbose_name': 'message',
                        'verbose_name_plural': 'messages',
                        'indexes': [models.Index(condition=models.Q(('state__in', ['held', 'queued'])), fields=['inbox', 'send_priority', 'due_at', 'id'], name='tickets_outbox_due'), models.Index(condition=models.Q(('state__in', ['held', 'queued', 'sending'])), fields=['conversation', 'seq'], name='tickets_outbox_of_conversation'), models.Index(condition=models.Q(('state', 'sending')), fields=['lease_until'], name='tickets_outbox_leases'), models.Index(condition=models.Q(('state', 'unknown')), fields=['unknown_at'], name='tickets_outbox_unknown'), models.Index(fields=['ticket', 'seq'], name='tickets_message_of_ticket')],
                        'constraints': [models.UniqueConstraint(fields=('conversation', 'seq'), name='tickets_message_place_once'), models.UniqueConstraint(condition=models.Q(('external_id__isnull', False)), fields=('inbox', 'external_id'), name='tickets_message_external_id_once'), models.UniqueConstraint(condition=models.Q(('state', 'sending')), fields=('conversation',), name='tickets_one_sending_per_conversation'), models.CheckConstraint(condition=models.Q(('kind__in', ['inbound', 'outbound', 'note'])), name='tickets_message_kind_known'), models.CheckConstraint(condition=models.Q(('author_kind__in', ['contact', 'agent', 'bot', 'system'])), name='tickets_message_author_kind_known'), models.CheckConstraint(condition=models.Q(('content_type__in', ['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'choice', 'template', 'unsupported'])), name='tickets_message_content_type_known'), models.CheckConstraint(condition=models.Q(('state__isnull', True), ('state__in', ['held', 'queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled']), _connector='OR'), name='tickets_message_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'note'), _negated=True), models.Q(('external_id__isnull', True), ('purpose', ''), ('state__isnull', True)), _connector='OR'), name='tickets_note_never_leaves'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'inbound'), _negated=True), models.Q(('purpose', ''), ('state__isnull', True)), _connector='OR'), name='tickets_inbound_has_no_delivery'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'outbound'), _negated=True), models.Q(('state__isnull', False), models.Q(('purpose', ''), _negated=True)), _connector='OR'), name='tickets_outbound_has_delivery'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), models.Q(('attempt__gte', 1), ('lease_until__isnull', False)), _connector='OR'), name='tickets_sending_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['held', 'queued']), _negated=True), ('due_at__isnull', False), _connector='OR'), name='tickets_queued_has_due'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='tickets_sent_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), ('failed_at__isnull', False), _connector='OR'), name='tickets_failed_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', False), ('author_kind', 'agent')), models.Q(('author__isnull', True), models.Q(('author_kind', 'agent'), _negated=True)), _connector='OR'), name='tickets_agent_message_has_author'), models.CheckConstraint(condition=models.Q(('occurred_at__lte', models.F('recorded_at'))), name='tickets_message_occurred_before_recorded'), models.UniqueConstraint(condition=models.Q(('purpose', 'acknowledgement')), fields=('ticket',), name='tickets_one_acknowledgement_per_ticket'), models.CheckConstraint(condition=models.Q(('purpose__in', ['', 'reply', 'acknowledgement', 'update', 'survey', 'survey_thanks', 'consent'])), name='tickets_message_purpose_known')],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryAttempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveSmallIntegerField()),
                        ('token', models.UUIDField(default=uuid.uuid4, unique=True)),
                        ('started_at', models.DateTimeField()),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='tickets.message')),
                    ],
                    options={
                        'verbose_name': 'delivery attempt',
                        'verbose_name_plural': 'delivery attempts',
                        'constraints': [models.UniqueConstraint(fields=('message', 'number'), name='tickets_attempt_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Attachment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.CharField(default=tickets.models.attachment.new_token, max_length=40, unique=True)),
                        ('provider_id', models.CharField(blank=True, db_default='', default='', max_length=255)),
                        ('media_type', models.CharField(blank=True, db_default='', default='', max_length=100)),
                        ('file_name', models.CharField(blank=True, db_default='', default='', max_length=255)),
                        ('size', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                        ('state', models.CharField(choices=[('pending', 'Being fetched'), ('stored', 'Stored'), ('failed', 'Could not be fetched')], default='pending', max_length=8)),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('error_text', models.CharField(blank=True, db_default='', default='', max_length=500)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='tickets.message')),
                    ],
                    options={
                        'verbose_name': 'attachment',
                        'verbose_name_plural': 'attachments',
                        'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['due_at'], name='tickets_attachments_due')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'stored', 'failed'])), name='tickets_attachment_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'pending'), _negated=True), ('due_at__isnull', False), _connector='OR'), name='tickets_attachment_pending_has_due')],
                    },
                ),
                migrations.CreateModel(
                    name='QuickReply',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('shortcut', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[\\w-]+$', 'Letters, digits and hyphens only, without the slash.')], verbose_name='shortcut')),
                        ('language', models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='language')),
                        ('text', models.TextField(max_length=4096, verbose_name='text')),
                        ('used_count', models.PositiveIntegerField(db_default=0, default=0, verbose_name='used')),
                        ('team', models.ForeignKey(blank=True, help_text='Leave empty for all teams.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='quick_replies', to='agents.team', verbose_name='team')),
                    ],
                    options={
                        'verbose_name': 'quick reply',
                        'verbose_name_plural': 'quick replies',
                        'ordering': ['shortcut', 'language'],
                        'constraints': [models.UniqueConstraint(fields=('team', 'shortcut', 'language'), name='tickets_quick_reply_once', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='Seen',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=16)),
                        ('digest', models.BinaryField(help_text="SHA-256 of the provider's id.", max_length=32)),
                        ('seen_at', models.DateTimeField()),
                        ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.inbox')),
                    ],
                    options={
                        'verbose_name': 'seen update',
                        'verbose_name_plural': 'seen updates',
                        'indexes': [models.Index(fields=['seen_at'], name='tickets_seen_by_age')],
                        'constraints': [models.UniqueConstraint(fields=('inbox', 'kind', 'digest'), name='tickets_seen_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Tag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('is_skill', models.BooleanField(db_default=False, default=False, help_text='A ticket with this tag is given automatically only to somebody who has the skill.', verbose_name='is a skill')),
                    ],
                    options={
                        'verbose_name': 'tag',
                        'verbose_name_plural': 'tags',
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='tickets_tag_name_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Ticket',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status', models.CharField(choices=[('new', 'New'), ('open', 'Open'), ('pending', 'Pending'), ('on_hold', 'On hold'), ('resolved', 'Resolved'), ('closed', 'Closed')], default='new', max_length=8, verbose_name='status')),
                        ('priority', models.PositiveSmallIntegerField(choices=[(1, 'Urgent'), (2, 'High'), (3, 'Normal'), (4, 'Low')], db_default=3, default=3, verbose_name='priority')),
                        ('subject', models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='subject')),
                        ('opened_at', models.DateTimeField(help_text="When the contact wrote, by the provider's clock.", verbose_name='opened')),
                        ('recorded_at', models.DateTimeField(help_text='When we came to know of it.', verbose_name='recorded')),
                        ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved')),
                        ('closes_at', models.DateTimeField(blank=True, help_text='When the reopen window ends and the ticket closes for good.', null=True)),
                        ('snoozed_until', models.DateTimeField(blank=True, null=True, verbose_name='snoozed until')),
                        ('waiting_since', models.DateTimeField(blank=True, help_text='Time of the oldest message that nobody has answered.', null=True)),
                        ('due_at', models.DateTimeField(blank=True, help_text='When the answer is due.', null=True)),
                        ('unanswered_count', models.PositiveIntegerField(db_default=0, default=0)),
                        ('last_activity_at', models.DateTimeField(verbose_name='last activity')),
                        ('version', models.PositiveBigIntegerField(db_default=0, default=0, help_text='Rises with every change; pages compare it.')),
                        ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assigned_tickets', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                        ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='tickets.conversation')),
                        ('follow_up_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='tickets.ticket')),
                        ('last_message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message')),
                        ('tags', models.ManyToManyField(blank=True, related_name='tickets', through='tickets.TicketTag', to='tickets.tag', verbose_name='tags')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='agents.team', verbose_name='team')),
                        ('settled_seq', models.PositiveBigIntegerField(db_default=0, default=0, help_text='Resolving answers all messages up to this place.')),
                        ('released_by', models.ForeignKey(blank=True, db_index=False, help_text='Who had it before it went back into the queue; it is not given to them again automatically.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('needs_human', models.BooleanField(db_default=False, default=False, help_text='No bot may answer any more.', verbose_name='asked for a person')),
                        ('warn_at', models.DateTimeField(blank=True, help_text='When the clock of that answer warns, by its policy.', null=True)),
                    ],
                    options={
                        'verbose_name': 'ticket',
                        'verbose_name_plural': 'tickets',
                        'indexes': [models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['-resolved_at'], name='tickets_by_resolved_at'), models.Index(condition=models.Q(('status', 'resolved')), fields=['closes_at'], name='tickets_due_to_close'), models.Index(fields=['conversation', '-id'], name='tickets_of_conversation'), models.Index(condition=models.Q(('status__in', ['new', 'open', 'pending', 'on_hold'])), fields=['priority', 'due_at', 'opened_at', 'id'], include=('team', 'assignee'), name='tickets_open_in_order'), models.Index(condition=models.Q(('status__in', ['new', 'open', 'pending', 'on_hold'])), fields=['team', 'priority', 'due_at', 'opened_at', 'id'], include=('assignee',), name='tickets_open_of_team'), models.Index(condition=models.Q(('status__in', ['new', 'open', 'pending', 'on_hold'])), fields=['assignee', 'priority', 'due_at', 'opened_at', 'id'], include=('team', 'status', 'snoozed_until'), name='tickets_open_of_person')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['new', 'open', 'pending', 'on_hold'])), fields=('conversation',), name='tickets_one_open_ticket'), models.CheckConstraint(condition=models.Q(('status__in', ['new', 'open', 'pending', 'on_hold', 'resolved', 'closed'])), name='tickets_ticket_status_known'), models.CheckConstraint(condition=models.Q(('priority__in', [1, 2, 3, 4])), name='tickets_ticket_priority_known'), models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', False), ('status__in', ['resolved', 'closed'])), models.Q(('resolved_at__isnull', True), ('status__in', ['new', 'open', 'pending', 'on_hold'])), _connector='OR'), name='tickets_resolved_at_iff_settled'), models.CheckConstraint(condition=models.Q(models.Q(('closes_at__isnull', False), ('status', 'resolved')), models.Q(('status', 'resolved'), _negated=True), _connector='OR'), name='tickets_resolved_ticket_closes'), models.CheckConstraint(condition=models.Q(('follow_up_of', models.F('id')), _negated=True), name='tickets_ticket_does_not_follow_itself'), models.CheckConstraint(condition=models.Q(('opened_at__lte', models.F('recorded_at'))), name='tickets_ticket_opened_before_recorded')],
                    },
                ),
                migrations.CreateModel(
                    name='Draft',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(max_length=4096)),
                        ('updated_at', models.DateTimeField()),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='tickets.ticket')),
                    ],
                    options={
                        'verbose_name': 'draft',
                        'verbose_name_plural': 'drafts',
                        'constraints': [models.UniqueConstraint(fields=('ticket', 'user'), name='tickets_draft_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Change',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('transaction_id', models.BigIntegerField(db_default=tickets.models.change.CurrentTransactionId())),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='tickets.ticket')),
                    ],
                    options={
                        'verbose_name': 'change',
                        'verbose_name_plural': 'changes',
                        'indexes': [models.Index(fields=['transaction_id', 'id'], name='tickets_change_cursor')],
                    },
                ),
                migrations.CreateModel(
                    name='TicketEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.PositiveBigIntegerField(help_text='Place in the conversation, shared with the messages.')),
                        ('kind', models.CharField(choices=[('opened', 'Opened'), ('message_received', 'Message received'), ('replied', 'Replied'), ('reply_undone', 'Reply undone'), ('reply_accepted', 'Reply accepted'), ('reply_failed', 'Reply failed'), ('delivery_unknown', 'Delivery unknown'), ('reply_retried', 'Reply sent again'), ('reply_discarded', 'Reply discarded'), ('automatic_sent', 'Automatic message sent'), ('automatic_accepted', 'Automatic message accepted'), ('automatic_dropped', 'Automatic message dropped'), ('automatic_withheld', 'Automatic message withheld'), ('note_added', 'Note added'), ('status_changed', 'Status changed'), ('routed', 'Routed'), ('human_wanted', 'Asked for a person'), ('assigned', 'Assigned'), ('transferred', 'Handed over'), ('priority_changed', 'Priority changed'), ('tags_changed', 'Tags changed'), ('subject_changed', 'Subject changed'), ('resolved', 'Resolved'), ('resolve_undone', 'Resolve undone'), ('reopened', 'Reopened'), ('closed', 'Closed')], max_length=24)),
                        ('actor_kind', models.CharField(choices=[('contact', 'Contact'), ('agent', 'Agent'), ('bot', 'Bot'), ('system', 'System')], max_length=8)),
                        ('data', models.JSONField(default=dict, help_text='Ids and states only; no text that a person wrote.')),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ticket_events', to=settings.AUTH_USER_MODEL)),
                        ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tickets.message')),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tickets.ticket')),
                        ('assignee', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('status', models.CharField(choices=[('new', 'New'), ('open', 'Open'), ('pending', 'Pending'), ('on_hold', 'On hold'), ('resolved', 'Resolved'), ('closed', 'Closed')], db_default='', default='', max_length=8)),
                        ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agents.team')),
                    ],
                    options={
                        'verbose_name': 'ticket event',
                        'verbose_name_plural': 'ticket events',
                        'indexes': [models.Index(condition=models.Q(('kind', 'routed')), fields=['recorded_at'], name='tickets_routed_lately')],
                        'constraints': [models.UniqueConstraint(fields=('ticket', 'seq'), name='tickets_event_place_once'), models.CheckConstraint(condition=models.Q(('actor_kind__in', ['contact', 'agent', 'bot', 'system'])), name='tickets_event_actor_known'), models.CheckConstraint(condition=models.Q(models.Q(('actor__isnull', False), ('actor_kind', 'agent')), models.Q(('actor__isnull', True), models.Q(('actor_kind', 'agent'), _negated=True)), _connector='OR'), name='tickets_event_agent_named'), models.CheckConstraint(condition=models.Q(('occurred_at__lte', models.F('recorded_at'))), name='tickets_event_occurred_before_recorded'), models.CheckConstraint(condition=models.Q(('kind__in', ['opened', 'message_received', 'replied', 'reply_undone', 'reply_accepted', 'reply_failed', 'delivery_unknown', 'reply_retried', 'reply_discarded', 'automatic_sent', 'automatic_accepted', 'automatic_dropped', 'automatic_withheld', 'note_added', 'status_changed', 'routed', 'human_wanted', 'assigned', 'transferred', 'priority_changed', 'tags_changed', 'subject_changed', 'resolved', 'resolve_undone', 'reopened', 'closed'])), name='tickets_event_kind_known'), models.CheckConstraint(condition=models.Q(('status__in', ['', 'new', 'open', 'pending', 'on_hold', 'resolved', 'closed'])), name='tickets_event_status_known')],
                    },
                ),
                migrations.CreateModel(
                    name='BusinessHours',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                        ('time_zone', models.CharField(max_length=64, validators=[agents.models.user.validate_time_zone], verbose_name='time zone')),
                        ('is_default', models.BooleanField(db_default=False, default=False, verbose_name='for all teams without hours of their own')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1, help_text='Rises with every change; clocks and events remember it.')),
                        ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                        ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                    ],
                    options={
                        'verbose_name': 'business hours',
                        'verbose_name_plural': 'business hours',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='tickets_one_default_hours')],
                    },
                ),
                migrations.CreateModel(
                    name='SlaPolicy',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                        ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                        ('priority', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Urgent'), (2, 'High'), (3, 'Normal'), (4, 'Low')], help_text='Empty for every priority.', null=True, verbose_name='priority')),
                        ('channel', models.CharField(blank=True, db_default='', default='', max_length=32, verbose_name='channel')),
                        ('warn_percent', models.PositiveSmallIntegerField(db_default=80, default=80, verbose_name='warn when this share of the time is used')),
                        ('pauses_while_pending', models.BooleanField(db_default=True, default=True, verbose_name='the resolution clock pauses while waiting for the contact')),
                        ('is_active', models.BooleanField(db_default=True, default=True, verbose_name='active')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sla_policies', to='agents.team', verbose_name='team')),
                        ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                        ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Rises with every change; a form made from an older one is refused.')),
                        ('further_warn_percents', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='warn again at these shares')),
                        ('remind_minutes', models.PositiveSmallIntegerField(blank=True, help_text='In the time that the promise counts in. Empty for never.', null=True, verbose_name='remind after a breach every so many minutes')),
                    ],
                    options={
                        'verbose_name': 'SLA policy',
                        'verbose_name_plural': 'SLA policies',
                        'ordering': ['position', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('warn_percent__gte', 1), ('warn_percent__lte', 99)), name='tickets_sla_warns_before_the_end'), models.CheckConstraint(condition=models.Q(('priority__isnull', True), ('priority__in', [1, 2, 3, 4]), _connector='OR'), name='tickets_sla_priority_known'), models.CheckConstraint(condition=models.Q(('further_warn_percents__0__gt', models.F('warn_percent')), ('further_warn_percents__0__lte', 99), ('further_warn_percents__1__gt', models.F('further_warn_percents__0')), ('further_warn_percents__1__lte', 99), ('further_warn_percents__2__gt', models.F('further_warn_percents__1')), ('further_warn_percents__2__lte', 99), ('further_warn_percents__3__gt', models.F('further_warn_percents__2')), ('further_warn_percents__3__lte', 99), ('further_warn_percents__len__lte', 4)), name='tickets_sla_warns_in_order'), models.CheckConstraint(condition=models.Q(('remind_minutes__isnull', True), models.Q(('remind_minutes__gte', 5), ('remind_minutes__lte', 10080)), _connector='OR'), name='tickets_sla_reminds_now_and_then')],
                    },
                ),
                migrations.CreateModel(
                    name='SlaClock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('metric', models.CharField(choices=[('first_response', 'First reply'), ('next_response', 'Next reply'), ('resolution', 'Resolution')], max_length=16)),
                        ('hours_version', models.PositiveIntegerField(db_default=0, default=0)),
                        ('state', models.CharField(choices=[('running', 'Running'), ('paused', 'Paused'), ('stopped', 'Stopped'), ('cancelled', 'No longer promised')], max_length=9)),
                        ('started_at', models.DateTimeField()),
                        ('seconds', models.PositiveIntegerField(help_text='The promise, when the clock started or was adjusted.')),
                        ('warn_seconds', models.PositiveIntegerField(help_text='After how many of them somebody is warned.')),
                        ('due_at', models.DateTimeField(blank=True, help_text='Empty while paused, or when hours never open.', null=True)),
                        ('warn_at', models.DateTimeField(blank=True, null=True)),
                        ('remaining_seconds', models.FloatField(blank=True, help_text='What is left while paused or stopped.', null=True)),
                        ('stopped_at', models.DateTimeField(blank=True, null=True)),
                        ('breached_at', models.DateTimeField(blank=True, help_text='The due time that passed.', null=True)),
                        ('warned_at', models.DateTimeField(blank=True, null=True)),
                        ('hours', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.businesshours')),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='tickets.ticket')),
                        ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='tickets.slapolicy')),
                        ('again_at', models.DateTimeField(blank=True, help_text='When the next further warning is due or, after the breach, a reminder.', null=True)),
                        ('further_warn_seconds', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), db_default=[], default=list, help_text='After how many they are warned again.', size=None)),
                    ],
                    options={
                        'verbose_name': 'SLA clock',
                        'verbose_name_plural': 'SLA clocks',
                        'indexes': [models.Index(condition=models.Q(('breached_at__isnull', True), ('state', 'running')), fields=['due_at'], name='tickets_clocks_to_breach'), models.Index(condition=models.Q(('breached_at__isnull', True), ('state', 'running'), ('warned_at__isnull', True)), fields=['warn_at'], name='tickets_clocks_to_warn'), models.Index(condition=models.Q(('again_at__isnull', False), ('state', 'running')), fields=['again_at'], name='tickets_clocks_to_tell_again')],
                        'constraints': [models.UniqueConstraint(fields=('ticket', 'metric', 'started_at'), name='tickets_clock_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'paused'])), fields=('ticket', 'metric'), name='tickets_one_clock_counts'), models.CheckConstraint(condition=models.Q(('metric__in', ['first_response', 'next_response', 'resolution'])), name='tickets_clock_metric_known'), models.CheckConstraint(condition=models.Q(('state__in', ['running', 'paused', 'stopped', 'cancelled'])), name='tickets_clock_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['running', 'paused']), ('stopped_at__isnull', True)), models.Q(('state__in', ['stopped', 'cancelled']), ('stopped_at__isnull', False)), _connector='OR'), name='tickets_clock_stopped_at_iff_stopped'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'paused'), _negated=True), models.Q(('due_at__isnull', True), ('remaining_seconds__isnull', False)), _connector='OR'), name='tickets_paused_clock_keeps_remainder'), models.CheckConstraint(condition=models.Q(('warn_seconds__lt', models.F('seconds'))), name='tickets_clock_warns_early')],
                    },
                ),
                migrations.CreateModel(
                    name='SlaTarget',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('metric', models.CharField(choices=[('first_response', 'First reply'), ('next_response', 'Next reply'), ('resolution', 'Resolution')], max_length=16, verbose_name='metric')),
                        ('seconds', models.PositiveIntegerField(verbose_name='seconds')),
                        ('in_business_hours', models.BooleanField(db_default=True, default=True, verbose_name='counts business hours only')),
                        ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='tickets.slapolicy')),
                    ],
                    options={
                        'verbose_name': 'SLA target',
                        'verbose_name_plural': 'SLA targets',
                        'constraints': [models.UniqueConstraint(fields=('policy', 'metric'), name='tickets_sla_target_once'), models.CheckConstraint(condition=models.Q(('metric__in', ['first_response', 'next_response', 'resolution'])), name='tickets_sla_target_metric_known'), models.CheckConstraint(condition=models.Q(('seconds__gte', 1)), name='tickets_sla_target_takes_time')],
                    },
                ),
                migrations.CreateModel(
                    name='TeamHours',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hours', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='tickets.businesshours')),
                        ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='agents.team')),
                    ],
                    options={
                        'verbose_name': 'hours of a team',
                        'verbose_name_plural': 'hours of teams',
                    },
                ),
                migrations.CreateModel(
                    name='BusinessInterval',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('weekday', models.PositiveSmallIntegerField(help_text='0 is Monday.', verbose_name='weekday')),
                        ('begins', models.PositiveSmallIntegerField(verbose_name='begins')),
                        ('ends', models.PositiveSmallIntegerField(verbose_name='ends')),
                        ('hours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intervals', to='tickets.businesshours')),
                    ],
                    options={
                        'verbose_name': 'business interval',
                        'verbose_name_plural': 'business intervals',
                        'ordering': ['weekday', 'begins'],
                        'constraints': [models.UniqueConstraint(fields=('hours', 'weekday', 'begins'), name='tickets_interval_once'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='tickets_interval_weekday'), models.CheckConstraint(condition=models.Q(('begins__lt', 1440), ('ends__lte', 1440)), name='tickets_interval_in_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Holiday',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('date', models.DateField(verbose_name='date')),
                        ('name', models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='name')),
                        ('hours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holidays', to='tickets.businesshours')),
                    ],
                    options={
                        'verbose_name': 'holiday',
                        'verbose_name_plural': 'holidays',
                        'ordering': ['date'],
                        'constraints': [models.UniqueConstraint(fields=('hours', 'date'), name='tickets_holiday_once')],
                    },
                ),
                migrations.CreateModel(
                    name='SlaEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('warning', 'Warning'), ('breach', 'Breach'), ('reminder', 'Reminder')], max_length=8)),
                        ('step', models.PositiveSmallIntegerField(db_default=1, default=1)),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('clock', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tickets.slaclock')),
                    ],
                    options={
                        'verbose_name': 'SLA event',
                        'verbose_name_plural': 'SLA events',
                        'constraints': [models.UniqueConstraint(fields=('clock', 'kind', 'step'), name='tickets_sla_event_once'), models.CheckConstraint(condition=models.Q(('occurred_at__lte', models.F('recorded_at'))), name='tickets_sla_event_after_its_time'), models.CheckConstraint(condition=models.Q(('kind__in', ['warning', 'breach', 'reminder'])), name='tickets_sla_event_kind_known')],
                    },
                ),
                migrations.CreateModel(
                    name='ChangeCursor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=40, unique=True)),
                        ('transaction_id', models.BigIntegerField(db_default=0, default=0)),
                        ('change_id', models.BigIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        'verbose_name': 'change cursor',
                        'verbose_name_plural': 'change cursors',
                    },
                ),
                migrations.CreateModel(
                    name='FocusSegment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('composing', models.BooleanField(default=False, help_text='Whether the agent was writing a reply or a note.')),
                        ('started_at', models.DateTimeField()),
                        ('last_seen_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='focus_segments', to='tickets.ticket')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='focus_segments', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'focus segment',
                        'verbose_name_plural': 'focus segments',
                        'indexes': [models.Index(fields=['started_at'], name='tickets_focus_by_start')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('last_seen_at__gte', models.F('started_at')), models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR')), name='tickets_focus_ends_after_it_began'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user',), name='tickets_focus_one_open'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('user', '='), (agents.models.presence.TimeRange('started_at', 'ended_at'), '&&')], name='tickets_focus_no_overlap')],
                    },
                ),
                migrations.CreateModel(
                    name='RoutingRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('position', models.PositiveIntegerField(help_text='Empty when deleted.', null=True, verbose_name='position')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1, help_text='Rises with every change; tickets remember it.')),
                        ('is_active', models.BooleanField(db_default=True, default=True, verbose_name='active')),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='keywords')),
                        ('matching', models.CharField(choices=[('word', 'Whole word'), ('contains', 'Part of a word'), ('exact', 'The whole message')], default='word', max_length=8, verbose_name='how they match')),
                        ('needed', models.CharField(choices=[('any', 'Any keyword'), ('all', 'All keywords')], default='any', max_length=3, verbose_name='how many of them')),
                        ('language', models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='language')),
                        ('out_of_hours', models.BooleanField(db_default=False, default=False, verbose_name='only outside business hours')),
                        ('priority', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Urgent'), (2, 'High'), (3, 'Normal'), (4, 'Low')], null=True, verbose_name='priority')),
                        ('has_tags', models.BooleanField(db_default=False, default=False, help_text='Kept with the tags, so that one CHECK sees the whole outcome.')),
                        ('inbox', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='routing_rules', to='tickets.inbox', verbose_name='inbox')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='routing_rules', to='agents.team', verbose_name='team')),
                        ('tags', models.ManyToManyField(blank=True, related_name='routing_rules', through='tickets.RoutingRuleTag', to='tickets.tag', verbose_name='tags')),
                    ],
                    options={
                        'verbose_name': 'routing rule',
                        'verbose_name_plural': 'routing rules',
                        'ordering': [models.OrderBy(models.F('position'), nulls_last=True), 'pk'],
                        'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('position',), name='tickets_rule_position_once'), models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at__isnull', True)), name='tickets_rule_name_once'), models.CheckConstraint(condition=models.Q(models.Q(('deleted_at__isnull', True), ('position__isnull', False)), models.Q(('deleted_at__isnull', False), ('position__isnull', True)), _connector='OR'), name='tickets_rule_has_a_position_until_deleted'), models.CheckConstraint(condition=models.Q(models.Q(('keywords', []), _negated=True), ('inbox__isnull', False), models.Q(('language', ''), _negated=True), ('out_of_hours', True), _connector='OR'), name='tickets_rule_asks_for_something'), models.CheckConstraint(condition=models.Q(('team__isnull', False), ('priority__isnull', False), ('has_tags', True), _connector='OR'), name='tickets_rule_does_something'), models.CheckConstraint(condition=models.Q(models.Q(('keywords__contains', ['']), _negated=True), ('keywords__len__lte', 50)), name='tickets_rule_keywords_not_empty'), models.CheckConstraint(condition=models.Q(('matching__in', ['word', 'contains', 'exact'])), name='tickets_rule_matching_known'), models.CheckConstraint(condition=models.Q(('needed__in', ['any', 'all'])), name='tickets_rule_needed_known'), models.CheckConstraint(condition=models.Q(('priority__isnull', True), ('priority__in', [1, 2, 3, 4]), _connector='OR'), name='tickets_rule_priority_known')],
                    },
                ),
                migrations.CreateModel(
                    name='RoutingRuleTag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rule_tags', to='tickets.routingrule')),
                        ('tag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.tag')),
                    ],
                    options={
                        'verbose_name': 'tag of a routing rule',
                        'verbose_name_plural': 'tags of routing rules',
                        'constraints': [models.UniqueConstraint(fields=('rule', 'tag'), name='tickets_rule_tag_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RoutingRuleVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField()),
                        ('name', models.CharField(max_length=60)),
                        ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                        ('saved_at', models.DateTimeField()),
                        ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='tickets.routingrule')),
                        ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'version of a routing rule',
                        'verbose_name_plural': 'versions of routing rules',
                        'constraints': [models.UniqueConstraint(fields=('rule', 'version'), name='tickets_rule_version_once')],
                    },
                ),
                migrations.CreateModel(
                    name='TicketTag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_tags', to='tickets.ticket')),
                        ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_tags', to='tickets.tag')),
                        ('source', models.CharField(choices=[('agent', 'Agent'), ('rule', 'Routing rule')], db_default='agent', default='agent', max_length=8)),
                    ],
                    options={
                        'verbose_name': 'tag of a ticket',
                        'verbose_name_plural': 'tags of tickets',
                        'db_table': 'tickets_ticket_tags',
                        'constraints': [models.UniqueConstraint(fields=('ticket', 'tag'), name='tickets_ticket_tag_once'), models.CheckConstraint(condition=models.Q(('source__in', ['agent', 'rule'])), name='tickets_ticket_tag_source_known')],
                    },
                ),
                migrations.CreateModel(
                    name='ConsentChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('wish', models.CharField(choices=[('stop', 'No automatic messages'), ('start', 'Automatic messages are welcome')], max_length=8)),
                        ('source', models.CharField(choices=[('message', 'Message of the contact'), ('setting', "Setting in the contact's app"), ('refusal', 'Refusal of the channel')], max_length=8)),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consent_changes', to='tickets.contact')),
                        ('message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consent_change', to='tickets.message')),
                    ],
                    options={
                        'verbose_name': 'change of consent',
                        'verbose_name_plural': 'changes of consent',
                        'indexes': [models.Index(fields=['contact', '-occurred_at', '-id'], name='tickets_consent_newest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('wish__in', ['stop', 'start'])), name='tickets_consent_wish_known'), models.CheckConstraint(condition=models.Q(('source__in', ['message', 'setting', 'refusal'])), name='tickets_consent_source_known'), models.CheckConstraint(condition=models.Q(models.Q(('message__isnull', False), ('source', 'message')), models.Q(models.Q(('source', 'message'), _negated=True), ('message__isnull', True)), _connector='OR'), name='tickets_consent_by_message_has_it'), models.CheckConstraint(condition=models.Q(('occurred_at__lte', models.F('recorded_at'))), name='tickets_consent_occurred_before_recorded')],
                    },
                ),
                migrations.CreateModel(
                    name='AutomaticText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('acknowledgement', 'Acknowledgement'), ('out_of_hours', 'Out of hours'), ('welcome', 'Welcome'), ('update', 'Handed over')], max_length=16, verbose_name='kind')),
                        ('language', models.CharField(choices=tickets.models.automatic_text.language_choices, max_length=10, verbose_name='language')),
                        ('text', models.TextField(verbose_name='text')),
                        ('is_active', models.BooleanField(db_default=True, default=True, verbose_name='is sent')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Rises with every change; a form made from an older one is refused.')),
                        ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                        ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                    ],
                    options={
                        'verbose_name': 'automatic text',
                        'verbose_name_plural': 'automatic texts',
                        'ordering': ['kind', 'language'],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'language'), name='tickets_text_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledgement', 'out_of_hours', 'welcome', 'update'])), name='tickets_text_kind_known'), models.CheckConstraint(condition=models.Q(('text__length__gte', 1), ('text__length__lte', 1000)), name='tickets_text_length')],
                    },
                ),
                migrations.CreateModel(
                    name='ConfigurationEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject', models.CharField(help_text='The name of the model.', max_length=32)),
                        ('subject_id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(help_text='Which version came of it.')),
                        ('verb', models.CharField(choices=[('created', 'Created'), ('changed', 'Changed'), ('removed', 'Removed')], max_length=8)),
                        ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, help_text='What changed, where that is known.', size=None)),
                        ('occurred_at', models.DateTimeField()),
                        ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'change of the configuration',
                        'verbose_name_plural': 'changes of the configuration',
                        'indexes': [models.Index(fields=['subject', 'subject_id', '-id'], name='tickets_configuration_of')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('verb__in', ['created', 'changed', 'removed'])), name='tickets_configuration_verb')],
                    },
                ),
                migrations.CreateModel(
                    name='ReadReceipt',
                    fields=[
                        ('conversation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='read_receipt', serialize=False, to='tickets.conversation')),
                        ('is_told', models.BooleanField(db_default=False, default=False)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.message')),
                    ],
                    options={
                        'verbose_name': 'read receipt',
                        'verbose_name_plural': 'read receipts',
                        'indexes': [models.Index(condition=models.Q(('is_told', False)), fields=['conversation'], name='tickets_readreceipt_due')],
                    },
                ),
                migrations.CreateModel(
                    name='AgentSkill',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agent_skills', to='tickets.tag')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'skill',
                        'verbose_name_plural': 'skills',
                        'constraints': [models.UniqueConstraint(fields=('user', 'tag'), name='tickets_agent_skill_once')],
                    },
                ),
            ],
        ),
        migrations.RunSQL(HISTORY, DROP_HISTORY),
        migrations.RunPython(begin_with, migrations.RunPython.noop),
    ]
