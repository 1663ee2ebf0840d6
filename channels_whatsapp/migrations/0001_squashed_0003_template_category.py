"""The channel as it stands after 0003; a new database begins here."""

import channels_whatsapp.encryption
import django.db.models.deletion
import uuid
from django.db import migrations, models

from agents.tables import CreateTables


class Migration(migrations.Migration):

    replaces = [
        ('channels_whatsapp', '0001_initial'),
        ('channels_whatsapp', '0002_templates'),
        ('channels_whatsapp', '0003_template_category'),
    ]

    initial = True

    # What the steps before asked for: whoever has taken some of them has these.
    dependencies = [
        ('tickets', '0002_history_is_append_only'),
    ]

    operations = [
        CreateTables(
            models=[
                migrations.CreateModel(
                    name='WebhookRequest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='name')),
                        ('body', models.BinaryField(verbose_name='body')),
                        ('size', models.PositiveIntegerField(verbose_name='bytes')),
                        ('secret_index', models.PositiveSmallIntegerField(help_text='Which of WHATSAPP_APP_SECRETS matched; 0 is the current one.', verbose_name='app secret')),
                        ('received_at', models.DateTimeField(verbose_name='received')),
                        ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='tries')),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='split')),
                        ('unreadable', models.CharField(blank=True, choices=[('not_json', 'Not JSON'), ('too_deep', 'Nested too deeply'), ('not_an_object', 'Not an object with entries'), ('gave_up', 'Could not be split after several tries')], db_default='', default='', max_length=16, verbose_name='unreadable because')),
                    ],
                    options={
                        'verbose_name': 'webhook request',
                        'verbose_name_plural': 'webhook requests',
                        'indexes': [models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['id'], name='whatsapp_requests_to_split'), models.Index(fields=['received_at'], name='whatsapp_requests_by_age')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('unreadable', ''), ('finished_at__isnull', False), _connector='OR'), name='whatsapp_unreadable_is_finished'), models.CheckConstraint(condition=models.Q(('unreadable__in', ['', 'not_json', 'too_deep', 'not_an_object', 'gave_up'])), name='whatsapp_unreadable_reason_known'), models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('lease_until__isnull', True), _connector='OR'), name='whatsapp_finished_request_has_no_lease')],
                    },
                ),
                migrations.CreateModel(
                    name='WhatsAppNumber',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('phone_number_id', models.CharField(help_text="From Meta's dashboard; not the number itself.", max_length=32, unique=True, verbose_name='phone number id')),
                        ('waba_id', models.CharField(blank=True, db_default='', default='', max_length=32, verbose_name='WhatsApp Business Account id')),
                        ('display_number', models.CharField(blank=True, db_default='', default='', max_length=32, verbose_name='number')),
                        ('access_token', channels_whatsapp.encryption.SecretField(verbose_name='access token')),
                        ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                        ('paused_reason', models.CharField(blank=True, db_default='', default='', help_text='The error code with which WhatsApp turned us away.', max_length=32, verbose_name='reason of the pause')),
                        ('inbox', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='whatsapp_number', to='tickets.inbox', verbose_name='inbox')),
                    ],
                    options={
                        'verbose_name': 'WhatsApp number',
                        'verbose_name_plural': 'WhatsApp numbers',
                        'ordering': ['inbox__name'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('phone_number_id', ''), _negated=True), name='whatsapp_number_has_id'), models.CheckConstraint(condition=models.Q(models.Q(('paused_at__isnull', True), ('paused_reason', '')), models.Q(('paused_at__isnull', False), models.Q(('paused_reason', ''), _negated=True)), _connector='OR'), name='whatsapp_pause_has_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='InboundUpdate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveIntegerField(verbose_name='place in the request')),
                        ('lane', models.PositiveSmallIntegerField(choices=[(1, 'Message'), (2, 'Status'), (3, 'Other')], verbose_name='lane')),
                        ('identity_key', models.CharField(blank=True, db_default='', default='', help_text='Updates that share it are worked one after the other; empty where order does not matter.', max_length=200)),
                        ('phone_number_id', models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='phone number id')),
                        ('payload', models.JSONField()),
                        ('provider_time', models.DateTimeField(blank=True, null=True, verbose_name="provider's time")),
                        ('received_at', models.DateTimeField(verbose_name='received')),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('parked', 'Parked')], default='waiting', max_length=8, verbose_name='state')),
                        ('due_at', models.DateTimeField(verbose_name='due')),
                        ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='tries')),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('outcome', models.CharField(blank=True, choices=[('applied', 'Applied'), ('duplicate', 'Known already'), ('foreign', 'About a message that is not ours'), ('ignored', 'Nothing to do')], db_default='', default='', max_length=16, verbose_name='outcome')),
                        ('parked_reason', models.CharField(blank=True, choices=[('unknown_number', 'No inbox has this number'), ('too_old', 'More than eight days old when it arrived'), ('unusable', 'No id, or no sender'), ('gave_up', 'Failed several times')], db_default='', default='', max_length=16, verbose_name='parked because')),
                        ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='channels_whatsapp.webhookrequest', verbose_name='webhook request')),
                        ('number', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='channels_whatsapp.whatsappnumber', verbose_name='WhatsApp number')),
                    ],
                    options={
                        'verbose_name': 'inbound update',
                        'verbose_name_plural': 'inbound updates',
                        'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['lane', 'id'], name='whatsapp_updates_waiting'), models.Index(condition=models.Q(('lease_until__isnull', False), ('state', 'waiting')), fields=['lease_until'], name='whatsapp_updates_leased'), models.Index(condition=models.Q(('state', 'waiting'), models.Q(('identity_key', ''), _negated=True)), fields=['due_at'], name='whatsapp_updates_put_off'), models.Index(condition=models.Q(('state', 'parked')), fields=['parked_reason', 'phone_number_id'], name='whatsapp_updates_parked')],
                        'constraints': [models.UniqueConstraint(fields=('request', 'position'), name='whatsapp_update_split_once'), models.CheckConstraint(condition=models.Q(('lane__in', [1, 2, 3])), name='whatsapp_update_lane_known'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'parked'])), name='whatsapp_update_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('parked_reason__in', ['unknown_number', 'too_old', 'unusable', 'gave_up']), ('state', 'parked')), models.Q(models.Q(('state', 'parked'), _negated=True), ('parked_reason', '')), _connector='OR'), name='whatsapp_parked_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['applied', 'duplicate', 'foreign', 'ignored']), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('outcome', '')), _connector='OR'), name='whatsapp_done_has_outcome'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), ('lease_until__isnull', True), _connector='OR'), name='whatsapp_only_waiting_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('number__isnull', False), ('lane', 3), _connector='OR'), name='whatsapp_waiting_has_number')],
                    },
                ),
                migrations.CreateModel(
                    name='WhatsAppTemplate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('waba_id', models.CharField(max_length=32, verbose_name='WhatsApp Business Account id')),
                        ('name', models.CharField(max_length=512, verbose_name='name')),
                        ('language', models.CharField(max_length=16, verbose_name='language')),
                        ('status', models.CharField(choices=[('APPROVED', 'Approved'), ('PENDING', 'In review'), ('REJECTED', 'Rejected'), ('PAUSED', 'Paused'), ('DISABLED', 'Disabled'), ('DELETED', 'Deleted'), ('OTHER', 'Not sendable')], max_length=16, verbose_name='status')),
                        ('body', models.TextField(blank=True, db_default='', default='', verbose_name='text')),
                        ('buttons', models.JSONField(blank=True, default=list, verbose_name='answers to tap')),
                        ('purpose', models.CharField(blank=True, choices=[('reply', 'Reply'), ('acknowledgement', 'Acknowledgement'), ('update', 'Update'), ('survey', 'Survey'), ('survey_thanks', 'Thanks for an answer'), ('consent', 'Confirmation of STOP or START')], db_default='', default='', max_length=16, verbose_name='used for')),
                        ('variables', models.JSONField(blank=True, default=list, help_text='What stands for each variable of the text, in their order, as in: name, ticket_number.', verbose_name='variables')),
                        ('category', models.CharField(choices=[('UTILITY', 'Utility'), ('MARKETING', 'Marketing'), ('AUTHENTICATION', 'Authentication'), ('OTHER', 'Other')], db_default='OTHER', default='OTHER', max_length=16, verbose_name='category')),
                        ('only_body_varies', models.BooleanField(db_default=True, default=True, help_text='Without it, a header or a button has to be filled too, and people are not offered the template.', verbose_name='only the text has variables')),
                    ],
                    options={
                        'verbose_name': 'WhatsApp template',
                        'verbose_name_plural': 'WhatsApp templates',
                        'ordering': ['name', 'language'],
                        'constraints': [models.UniqueConstraint(fields=('waba_id', 'name', 'language'), name='whatsapp_template_once'), models.CheckConstraint(condition=models.Q(('status__in', ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'DELETED', 'OTHER'])), name='whatsapp_template_status_known'), models.CheckConstraint(condition=models.Q(('purpose__in', ['', 'reply', 'acknowledgement', 'update', 'survey', 'survey_thanks', 'consent'])), name='whatsapp_template_purpose_known'), models.CheckConstraint(condition=models.Q(('category__in', ['UTILITY', 'MARKETING', 'AUTHENTICATION', 'OTHER'])), name='whatsapp_template_category_known')],
                    },
                ),
            ],
        ),
    ]
