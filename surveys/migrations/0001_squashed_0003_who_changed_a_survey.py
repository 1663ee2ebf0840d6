"""Surveys as they stand after 0003, with what a new installation begins with; a new database begins here."""

import datetime
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from agents.tables import CreateTables
from surveys.defaults import install


def begin_with(apps, schema_editor):
    install(get_model=apps.get_model)


class Migration(migrations.Migration):

    replaces = [
        ('surveys', '0001_initial'),
        ('surveys', '0002_defaults'),
        ('surveys', '0003_who_changed_a_survey'),
    ]

    initial = True

    # What the steps before asked for: whoever has taken some of them has these.
    dependencies = [
        ('agents', '0002_sla'),
        ('tickets', '0004_sla_defaults'),
    ]

    operations = [
        CreateTables(
            models=[
                migrations.CreateModel(
                    name='Survey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('csat', 'Satisfaction'), ('nps', 'Recommendation')], max_length=4, unique=True, verbose_name='kind')),
                        ('highest', models.PositiveSmallIntegerField(choices=[(5, '1 to 5'), (10, '1 to 10')], db_default=5, default=5, help_text='Satisfaction from 1 to 5 or 1 to 10; recommendation always from 0 to 10.', verbose_name='scale')),
                        ('active_since', models.DateTimeField(blank=True, help_text='What was resolved before is not asked about.', null=True, verbose_name='on since')),
                        ('delay', models.DurationField(default=datetime.timedelta(seconds=60), verbose_name='delay')),
                        ('cap_days', models.PositiveSmallIntegerField(db_default=7, default=7, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days between two surveys to one contact')),
                        ('sampling_percent', models.PositiveSmallIntegerField(db_default=100, default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='share of tickets that are asked about, in percent')),
                        ('min_messages', models.PositiveSmallIntegerField(db_default=1, default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='least number of messages from the contact')),
                        ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                        ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Rises with every change; a form made from an older one is refused.')),
                    ],
                    options={
                        'verbose_name': 'survey',
                        'verbose_name_plural': 'surveys',
                        'ordering': ['kind'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('highest__in', [5, 10]), ('kind', 'csat')), models.Q(('highest', 10), ('kind', 'nps')), _connector='OR'), name='surveys_scale_of_kind'), models.CheckConstraint(condition=models.Q(('delay__gte', datetime.timedelta(0)), ('delay__lte', datetime.timedelta(days=1))), name='surveys_delay_within_a_day'), models.CheckConstraint(condition=models.Q(('cap_days__lte', 365)), name='surveys_cap_within_a_year'), models.CheckConstraint(condition=models.Q(('sampling_percent__gte', 1), ('sampling_percent__lte', 100)), name='surveys_sampling_is_percent'), models.CheckConstraint(condition=models.Q(('min_messages__gte', 1)), name='surveys_min_messages_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='SurveyInvitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.UUIDField(default=uuid.uuid4, help_text='What answers to tap carry outside.', unique=True)),
                        ('state', models.CharField(choices=[('due', 'Due'), ('sent', 'Sent'), ('not_sent', 'Not sent')], db_default='due', default='due', max_length=8)),
                        ('due_at', models.DateTimeField()),
                        ('reason', models.CharField(blank=True, choices=[('reopened', 'the ticket was reopened'), ('undone', 'resolving was taken back'), ('resolved_again', 'the ticket was resolved once more'), ('cancelled', 'somebody cancelled it'), ('capped', 'this contact was asked not long ago'), ('opted_out', 'this contact does not want surveys'), ('no_human_reply', 'no agent had replied'), ('too_short', 'the conversation was too short'), ('sampling', 'only some tickets are asked about'), ('too_old', 'it would have been more than a day late'), ('window_closed', 'the contact wrote more than 24 hours ago and there is no approved template'), ('channel_refused', 'the channel could not take it'), ('broken', 'something went wrong on our side'), ('switched_off', 'the survey was switched off')], db_default='', default='', max_length=16)),
                        ('language', models.CharField(blank=True, choices=[('en', 'English'), ('de', 'German'), ('fr', 'French'), ('es', 'Spanish'), ('it', 'Italian')], db_default='', default='', max_length=2)),
                        ('created_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(blank=True, help_text='When it was sent, or given up.', null=True)),
                        ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_invitations', to=settings.AUTH_USER_MODEL)),
                        ('message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_invitation', to='tickets.message')),
                        ('resolution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_invitations', to='tickets.ticketevent')),
                        ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='surveys.survey')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_invitations', to='agents.team')),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_invitations', to='tickets.ticket')),
                    ],
                    options={
                        'verbose_name': 'survey invitation',
                        'verbose_name_plural': 'survey invitations',
                        'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at'], name='surveys_invitations_due'), models.Index(fields=['ticket', '-id'], name='surveys_invitations_of_ticket'), models.Index(condition=models.Q(('state', 'sent')), fields=['decided_at'], name='surveys_invitations_sent')],
                        'constraints': [models.UniqueConstraint(fields=('ticket', 'resolution', 'survey'), name='surveys_one_per_resolution'), models.CheckConstraint(condition=models.Q(('state__in', ['due', 'sent', 'not_sent'])), name='surveys_invitation_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['reopened', 'undone', 'resolved_again', 'cancelled', 'capped', 'opted_out', 'no_human_reply', 'too_short', 'sampling', 'too_old', 'window_closed', 'channel_refused', 'broken', 'switched_off']), ('state', 'not_sent')), models.Q(models.Q(('state', 'not_sent'), _negated=True), ('reason', '')), _connector='OR'), name='surveys_not_sent_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('message__isnull', False), ('state', 'sent'), models.Q(('language', ''), _negated=True)), models.Q(models.Q(('state', 'sent'), _negated=True), ('message__isnull', True)), _connector='OR'), name='surveys_sent_has_message'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'due')), models.Q(models.Q(('state', 'due'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='surveys_decided_at_iff_decided'), models.CheckConstraint(condition=models.Q(('language__in', ['', 'en', 'de', 'fr', 'es', 'it'])), name='surveys_invitation_language_known')],
                    },
                ),
                migrations.CreateModel(
                    name='SurveyResponse',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('score', models.PositiveSmallIntegerField()),
                        ('lowest', models.PositiveSmallIntegerField(help_text='The scale at the time of asking.')),
                        ('highest', models.PositiveSmallIntegerField()),
                        ('occurred_at', models.DateTimeField(help_text="Provider's time of the answer that counts.")),
                        ('recorded_at', models.DateTimeField()),
                        ('comment', models.TextField(blank=True, db_default='', default='')),
                        ('asks_comment', models.BooleanField(db_default=False, default=False)),
                        ('comment_message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_comment', to='tickets.message')),
                        ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='response', to='surveys.surveyinvitation')),
                        ('thanked_with', models.OneToOneField(blank=True, help_text='The thanks, said once; a comment is asked for in it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_thanks', to='tickets.message')),
                    ],
                    options={
                        'verbose_name': 'survey response',
                        'verbose_name_plural': 'survey responses',
                        'indexes': [models.Index(fields=['occurred_at'], name='surveys_responses_by_time')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', models.F('lowest')), ('score__lte', models.F('highest'))), name='surveys_score_within_scale'), models.CheckConstraint(condition=models.Q(('occurred_at__lte', models.F('recorded_at'))), name='surveys_response_occurred_before_recorded'), models.CheckConstraint(condition=models.Q(('comment_message__isnull', False), ('comment', ''), _connector='OR'), name='surveys_comment_has_message')],
                    },
                ),
                migrations.CreateModel(
                    name='SurveyAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('tap', 'Tapped'), ('typed', 'Typed'), ('quoted', 'Typed as a reply to the question')], max_length=8)),
                        ('score', models.PositiveSmallIntegerField()),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='survey_answer', to='tickets.message')),
                        ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='surveys.surveyresponse')),
                    ],
                    options={
                        'verbose_name': 'survey answer',
                        'verbose_name_plural': 'survey answers',
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['tap', 'typed', 'quoted'])), name='surveys_answer_kind_known')],
                    },
                ),
                migrations.CreateModel(
                    name='FollowUp',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('withdrawn', 'Withdrawn: the contact raised the score')], db_default='open', default='open', max_length=9)),
                        ('note', models.TextField(blank=True, db_default='', default='', verbose_name='what came of it')),
                        ('created_at', models.DateTimeField()),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_follow_ups', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_follow_ups', to='agents.team')),
                        ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_follow_ups', to='tickets.ticket')),
                        ('response', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='follow_up', to='surveys.surveyresponse')),
                    ],
                    options={
                        'verbose_name': 'follow-up',
                        'verbose_name_plural': 'follow-ups',
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['team', 'created_at'], name='surveys_follow_ups_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'done', 'withdrawn'])), name='surveys_follow_up_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('assignee__isnull', False), ('done_at__isnull', False), ('state', 'done'), models.Q(('note', ''), _negated=True)), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='surveys_done_follow_up_says_what')],
                    },
                ),
                migrations.CreateModel(
                    name='SurveyText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('language', models.CharField(choices=[('en', 'English'), ('de', 'German'), ('fr', 'French'), ('es', 'Spanish'), ('it', 'Italian')], max_length=2, verbose_name='language')),
                        ('question', models.CharField(max_length=160, verbose_name='question')),
                        ('thanks', models.CharField(max_length=300, verbose_name='thanks')),
                        ('comment_prompt', models.CharField(blank=True, db_default='', default='', help_text='Leave it empty to ask for none.', max_length=160, verbose_name='request for a comment')),
                        ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='surveys.survey')),
                    ],
                    options={
                        'verbose_name': 'survey text',
                        'verbose_name_plural': 'survey texts',
                        'ordering': ['language'],
                        'constraints': [models.UniqueConstraint(fields=('survey', 'language'), name='surveys_text_once'), models.CheckConstraint(condition=models.Q(('language__in', ['en', 'de', 'fr', 'es', 'it'])), name='surveys_text_language_known'), models.CheckConstraint(condition=models.Q(models.Q(('question', ''), _negated=True), models.Q(('thanks', ''), _negated=True)), name='surveys_text_not_empty')],
                    },
                ),
            ],
        ),
        migrations.RunPython(begin_with, migrations.RunPython.noop),
    ]
