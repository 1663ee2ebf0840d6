"""Figures as they stand after 0005; a new database begins here."""

import analytics.models.workspace
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from agents.tables import CreateTables


class Migration(migrations.Migration):

    replaces = [
        ('analytics', '0001_initial'),
        ('analytics', '0002_work_and_surveys'),
        ('analytics', '0003_topics_and_work'),
        ('analytics', '0004_targets_and_reviews'),
        ('analytics', '0005_unanswered'),
    ]

    initial = True

    # What the steps before asked for: whoever has taken some of them has these.
    dependencies = [
        ('tickets', '0015_automatic_texts'),
    ]

    operations = [
        CreateTables(
            models=[
                migrations.CreateModel(
                    name='Dirty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                    ],
                    options={
                        'verbose_name': 'day to count again',
                        'verbose_name_plural': 'days to count again',
                        'db_table': 'kpi_dirty',
                    },
                ),
                migrations.CreateModel(
                    name='CalendarVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hours', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField()),
                        ('definition', models.JSONField(help_text='Time zone, intervals and holidays.')),
                    ],
                    options={
                        'verbose_name': 'version of business hours',
                        'verbose_name_plural': 'versions of business hours',
                        'db_table': 'kpi_calendar',
                        'constraints': [models.UniqueConstraint(fields=('hours', 'version'), name='kpi_calendar_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Fact',
                    fields=[
                        ('ticket', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='fact', serialize=False, to='tickets.ticket')),
                        ('contact', models.BigIntegerField()),
                        ('inbox', models.BigIntegerField()),
                        ('channel', models.CharField(max_length=32)),
                        ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ('is_counted', models.BooleanField(help_text='Not of a test contact, and the contact has written.')),
                        ('opened_at', models.DateTimeField()),
                        ('opened_day', models.DateField()),
                        ('opened_hour', models.SmallIntegerField()),
                        ('opened_team', models.BigIntegerField(null=True)),
                        ('began_at', models.DateTimeField(help_text="The contact's first message, by the provider's clock.", null=True)),
                        ('replied_at', models.DateTimeField(null=True)),
                        ('replied_day', models.DateField(null=True)),
                        ('replied_agent', models.BigIntegerField(null=True)),
                        ('replied_team', models.BigIntegerField(null=True)),
                        ('first_response', models.IntegerField(null=True)),
                        ('first_response_business', models.IntegerField(null=True)),
                        ('assignment_to_reply', models.IntegerField(null=True)),
                        ('acknowledged_day', models.DateField(null=True)),
                        ('acknowledgement', models.IntegerField(null=True)),
                        ('first_solved_at', models.DateTimeField(null=True)),
                        ('first_solved_day', models.DateField(null=True)),
                        ('first_solved_agent', models.BigIntegerField(null=True)),
                        ('first_solved_team', models.BigIntegerField(null=True)),
                        ('first_resolution', models.IntegerField(null=True)),
                        ('first_resolution_business', models.IntegerField(null=True)),
                        ('is_reopened', models.BooleanField(default=False)),
                        ('solved_at', models.DateTimeField(null=True)),
                        ('solved_day', models.DateField(null=True)),
                        ('solved_agent', models.BigIntegerField(null=True)),
                        ('solved_team', models.BigIntegerField(null=True)),
                        ('resolution', models.IntegerField(null=True)),
                        ('resolution_business', models.IntegerField(null=True)),
                        ('work', models.IntegerField(null=True)),
                        ('work_business', models.IntegerField(null=True)),
                        ('is_one_touch', models.BooleanField(default=False, help_text='One person, no handing over, no reopening.')),
                        ('missed_day', models.DateField(null=True)),
                        ('followed_at', models.DateTimeField(help_text='When the contact opened the next ticket.', null=True)),
                        ('is_first_contact', models.BooleanField(default=False, help_text='One touch, and no other ticket within 7 days.')),
                        ('is_returning', models.BooleanField(default=False, help_text='The contact had a ticket before.')),
                        ('handling', models.IntegerField(null=True)),
                        ('is_handling_estimated', models.BooleanField(default=False, help_text='No browser told; derived from replies.')),
                        ('is_deflected', models.BooleanField(db_default=False, default=False, help_text='Unattended, and no other ticket within 72 hours.')),
                        ('is_unattended', models.BooleanField(db_default=False, default=False, help_text='No person wrote, none was asked for, and it stayed resolved.')),
                        ('topic', models.BigIntegerField(help_text='The routing rule that recognised what it is about.', null=True)),
                    ],
                    options={
                        'verbose_name': 'fact',
                        'verbose_name_plural': 'facts',
                        'db_table': 'kpi_fact',
                        'indexes': [models.Index(fields=['opened_day'], name='kpi_fact_opened'), models.Index(fields=['replied_day'], name='kpi_fact_replied'), models.Index(fields=['solved_day'], name='kpi_fact_solved'), models.Index(fields=['first_solved_day'], name='kpi_fact_first_solved'), models.Index(fields=['contact', 'opened_at'], name='kpi_fact_contact'), models.Index(condition=models.Q(('is_counted', True), ('replied_at__isnull', True)), fields=['began_at', 'ticket'], name='kpi_fact_unanswered')],
                    },
                ),
                migrations.CreateModel(
                    name='HourRollup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('hour', models.SmallIntegerField()),
                        ('dimension', models.CharField(max_length=8)),
                        ('key', models.CharField(blank=True, max_length=32)),
                        ('opened', models.IntegerField()),
                    ],
                    options={
                        'verbose_name': 'hour',
                        'verbose_name_plural': 'hours',
                        'db_table': 'kpi_hour',
                        'indexes': [models.Index(fields=['day'], name='kpi_hour_day')],
                        'constraints': [models.UniqueConstraint(fields=('dimension', 'key', 'day', 'hour'), name='kpi_hour_once'), models.CheckConstraint(condition=models.Q(('hour__gte', 0), ('hour__lte', 23)), name='kpi_hour_of_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='KpiTarget',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kpi', models.CharField(choices=[('first_response_time', 'First response time'), ('acknowledgement_time', 'Acknowledgement time'), ('assignment_to_reply_time', 'Time from assignment to reply'), ('next_response_time', 'Response time, every reply'), ('resolution_time', 'Resolution time'), ('first_resolution_time', 'Time to first resolution'), ('work_time', 'Resolution time without waiting'), ('handling_time', 'Handling time'), ('csat', 'CSAT'), ('csat_mean', 'CSAT, mean score'), ('nps', 'NPS'), ('survey_response_rate', 'Survey response rate'), ('first_contact_resolution', 'First contact resolution'), ('repeat_contact_rate', 'Repeat contacts'), ('reopen_rate', 'Reopen rate'), ('volume', 'New tickets'), ('message_volume', 'Messages'), ('backlog', 'Open tickets'), ('sla_compliance', 'SLA met'), ('utilisation', 'Utilisation'), ('concurrency', 'Tickets in hand'), ('productivity', 'Resolved per hour'), ('deflection_rate', 'Resolved without a person'), ('missed_chats', 'Missed chats'), ('returning_contact_rate', 'Returning contacts'), ('retention_rate', 'Retention')], max_length=40, unique=True, verbose_name='figure')),
                        ('low', models.FloatField(blank=True, null=True, verbose_name='at least')),
                        ('high', models.FloatField(blank=True, null=True, verbose_name='at most')),
                        ('changed_at', models.DateTimeField(blank=True, null=True)),
                        ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('is_default', models.BooleanField(db_default=False, default=False, verbose_name="the definition's")),
                        ('version', models.PositiveIntegerField(db_default=1, default=1)),
                    ],
                    options={
                        'verbose_name': 'target',
                        'verbose_name_plural': 'targets',
                        'db_table': 'kpi_target',
                        'constraints': [models.CheckConstraint(condition=models.Q(('kpi__in', ['first_response_time', 'acknowledgement_time', 'assignment_to_reply_time', 'next_response_time', 'resolution_time', 'first_resolution_time', 'work_time', 'handling_time', 'csat', 'csat_mean', 'nps', 'survey_response_rate', 'first_contact_resolution', 'repeat_contact_rate', 'reopen_rate', 'volume', 'message_volume', 'backlog', 'sla_compliance', 'utilisation', 'concurrency', 'productivity', 'deflection_rate', 'missed_chats', 'returning_contact_rate', 'retention_rate'])), name='kpi_target_known'), models.CheckConstraint(condition=models.Q(('low__isnull', True), ('high__isnull', True), ('low__lte', models.F('high')), _connector='OR'), name='kpi_target_ordered')],
                    },
                ),
                migrations.CreateModel(
                    name='Rollup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('dimension', models.CharField(max_length=8)),
                        ('key', models.CharField(blank=True, max_length=32)),
                        ('measure', models.CharField(max_length=48)),
                        ('numerator', models.BigIntegerField()),
                        ('denominator', models.BigIntegerField()),
                        ('packed', models.BinaryField()),
                    ],
                    options={
                        'verbose_name': 'rollup',
                        'verbose_name_plural': 'rollups',
                        'db_table': 'kpi_rollup',
                        'indexes': [models.Index(fields=['day'], name='kpi_rollup_day')],
                        'constraints': [models.UniqueConstraint(fields=('dimension', 'measure', 'key', 'day'), name='kpi_rollup_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Watermark',
                    fields=[
                        ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ('as_of', models.DateTimeField()),
                        ('time_zone', models.CharField(max_length=64)),
                        ('presence_at', models.DateTimeField(help_text='Up to when presence and focus were looked at.', null=True)),
                    ],
                    options={
                        'verbose_name': 'watermark',
                        'verbose_name_plural': 'watermarks',
                        'db_table': 'kpi_watermark',
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='kpi_watermark_one')],
                    },
                ),
                migrations.CreateModel(
                    name='MessageDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('team', models.BigIntegerField(null=True)),
                        ('inbound', models.IntegerField()),
                        ('replies', models.IntegerField()),
                        ('automatic', models.IntegerField()),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='message_days', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'messages of a day',
                        'verbose_name_plural': 'messages of days',
                        'db_table': 'kpi_message_day',
                        'indexes': [models.Index(fields=['day'], name='kpi_message_day_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Promise',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('agent', models.BigIntegerField(null=True)),
                        ('team', models.BigIntegerField(null=True)),
                        ('metric', models.CharField(max_length=16)),
                        ('is_met', models.BooleanField()),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='promises', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'promise',
                        'verbose_name_plural': 'promises',
                        'db_table': 'kpi_promise',
                        'indexes': [models.Index(fields=['day'], name='kpi_promise_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Step',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('agent', models.BigIntegerField(null=True)),
                        ('team', models.BigIntegerField(null=True)),
                        ('delta', models.SmallIntegerField()),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'step',
                        'verbose_name_plural': 'steps',
                        'db_table': 'kpi_step',
                        'indexes': [models.Index(fields=['day'], name='kpi_step_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Wait',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('agent', models.BigIntegerField(null=True)),
                        ('team', models.BigIntegerField(null=True)),
                        ('seconds', models.IntegerField()),
                        ('business', models.IntegerField()),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='waits', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'wait',
                        'verbose_name_plural': 'waits',
                        'db_table': 'kpi_wait',
                        'indexes': [models.Index(fields=['day'], name='kpi_wait_day')],
                    },
                ),
                migrations.CreateModel(
                    name='PresenceDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('agent', models.BigIntegerField()),
                        ('teams', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ('available', models.IntegerField()),
                        ('focused', models.IntegerField()),
                        ('engaged', models.IntegerField(db_default=0, default=0, help_text='Seconds in which any ticket was in hand, each once.')),
                        ('in_hand', models.IntegerField(db_default=0, default=0, help_text='Seconds in which tickets were in hand; two at once count twice.')),
                    ],
                    options={
                        'verbose_name': 'presence of a day',
                        'verbose_name_plural': 'presence of days',
                        'db_table': 'kpi_presence',
                        'constraints': [models.UniqueConstraint(fields=('day', 'agent'), name='kpi_presence_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Asked',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(help_text='The day on which it was sent.')),
                        ('agent', models.BigIntegerField(null=True)),
                        ('team', models.BigIntegerField(null=True)),
                        ('survey', models.CharField(max_length=4)),
                        ('is_answered', models.BooleanField(help_text='Within 7 days.')),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='asked', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'delivered survey',
                        'verbose_name_plural': 'delivered surveys',
                        'db_table': 'kpi_asked',
                        'indexes': [models.Index(fields=['day'], name='kpi_asked_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Effort',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('agent', models.BigIntegerField(null=True)),
                        ('team', models.BigIntegerField(null=True)),
                        ('seconds', models.IntegerField()),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='efforts', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'effort',
                        'verbose_name_plural': 'efforts',
                        'db_table': 'kpi_effort',
                        'indexes': [models.Index(fields=['day'], name='kpi_effort_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Rated',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('agent', models.BigIntegerField(null=True)),
                        ('team', models.BigIntegerField(null=True)),
                        ('survey', models.CharField(max_length=4)),
                        ('score', models.SmallIntegerField()),
                        ('lowest', models.SmallIntegerField()),
                        ('highest', models.SmallIntegerField()),
                        ('fact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='rated', to='analytics.fact')),
                    ],
                    options={
                        'verbose_name': 'rating',
                        'verbose_name_plural': 'ratings',
                        'db_table': 'kpi_rated',
                        'indexes': [models.Index(fields=['day'], name='kpi_rated_day')],
                    },
                ),
                migrations.CreateModel(
                    name='ReportSettings',
                    fields=[
                        ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ('headlines', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=analytics.models.workspace.default_headlines, size=None)),
                        ('ranks_agents', models.BooleanField(db_default=False, default=False, verbose_name='agents are ranked')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1)),
                        ('changed_at', models.DateTimeField(blank=True, null=True)),
                        ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'settings of the reports',
                        'verbose_name_plural': 'settings of the reports',
                        'db_table': 'kpi_settings',
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='kpi_settings_one'), models.CheckConstraint(condition=models.Q(('headlines__len__gte', 1), ('headlines__len__lte', 10)), name='kpi_settings_headlines')],
                    },
                ),
                migrations.CreateModel(
                    name='Review',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('weekly', 'Weekly'), ('monthly', 'Monthly')], max_length=8)),
                        ('starts_on', models.DateField()),
                        ('ends_on', models.DateField()),
                        ('due_at', models.DateTimeField(help_text='Eight in the morning of the workspace, on the day after the end.')),
                        ('written_at', models.DateTimeField(blank=True, null=True)),
                        ('figures', models.JSONField(default=list, help_text='One object for each figure, headlines first.')),
                        ('remark', models.TextField(blank=True, db_default='', default='', verbose_name='remark')),
                        ('remarked_at', models.DateTimeField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(db_default=1, default=1)),
                        ('remarked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'review',
                        'verbose_name_plural': 'reviews',
                        'db_table': 'kpi_review',
                        'indexes': [models.Index(condition=models.Q(('written_at__isnull', True)), fields=['due_at'], name='kpi_review_due')],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'starts_on'), name='kpi_review_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['weekly', 'monthly'])), name='kpi_review_kind_known'), models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('ends_on'))), name='kpi_review_ordered')],
                    },
                ),
            ],
        ),
        # Facts change in place and days are counted again whole: leave room on the pages, and sweep early.
        migrations.RunSQL(
            [
                "ALTER TABLE kpi_fact SET (fillfactor = 80)",
                "ALTER TABLE kpi_rollup SET (autovacuum_vacuum_scale_factor = 0.05)",
                "ALTER TABLE kpi_dirty SET (autovacuum_vacuum_scale_factor = 0.05)",
            ],
            migrations.RunSQL.noop,
        ),
    ]
