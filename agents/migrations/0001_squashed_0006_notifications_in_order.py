"""People, teams, presence, notifications and tokens as they stand after 0006; a new database begins here."""

import agents.models.presence
import agents.models.user
import django.contrib.auth.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

from agents.tables import CreateTables


class Migration(migrations.Migration):

    replaces = [
        ('agents', '0001_initial'),
        ('agents', '0002_sla'),
        ('agents', '0003_presence'),
        ('agents', '0004_api_tokens'),
        ('agents', '0005_team_configured'),
        ('agents', '0006_notifications_in_order'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        BtreeGistExtension(),
        CreateTables(
            models=[
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                        ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                        ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('role', models.CharField(choices=[('agent', 'Agent'), ('manager', 'Manager'), ('admin', 'Administrator')], db_default='agent', default='agent', max_length=16, verbose_name='role')),
                        ('language', models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='language')),
                        ('time_zone', models.CharField(blank=True, db_default='', default='', max_length=64, validators=[agents.models.user.validate_time_zone], verbose_name='time zone')),
                        ('theme', models.CharField(choices=[('system', 'Like the device'), ('light', 'Light'), ('dark', 'Dark')], db_default='system', default='system', max_length=8, verbose_name='theme')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': 'agent',
                        'verbose_name_plural': 'agents',
                        'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['agent', 'manager', 'admin'])), name='agents_user_role_known'), models.CheckConstraint(condition=models.Q(('theme__in', ['system', 'light', 'dark'])), name='agents_user_theme_known')],
                    },
                    managers=[
                        ('objects', agents.models.user.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('is_lead', models.BooleanField(db_default=False, default=False, verbose_name='leads the team')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='agents.team')),
                        ('capacity', models.PositiveSmallIntegerField(blank=True, help_text='Empty: as many as the team says.', null=True, verbose_name='tickets at most')),
                        ('last_assigned_at', models.DateTimeField(blank=True, editable=False, help_text='Decides between people with the same load.', null=True)),
                    ],
                    options={
                        'verbose_name': 'membership',
                        'verbose_name_plural': 'memberships',
                        'constraints': [models.UniqueConstraint(fields=('user', 'team'), name='agents_membership_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Team',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                        ('send_delay_seconds', models.PositiveSmallIntegerField(db_default=3, default=3, verbose_name='seconds in which a sent reply can be undone')),
                        ('members', models.ManyToManyField(related_name='teams', through='agents.Membership', to=settings.AUTH_USER_MODEL)),
                        ('assignment', models.CharField(choices=[('manual', 'People take them from the queue'), ('least_load', 'To the available person with the least load')], db_default='least_load', default='least_load', max_length=16, verbose_name='assignment')),
                        ('capacity', models.PositiveSmallIntegerField(db_default=15, default=15, help_text='Whoever has this many new and open tickets is given no more automatically.', verbose_name='tickets per person')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, help_text='Nothing is sent to it any more; its people keep its tickets.', null=True, verbose_name='archived at')),
                        ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                        ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                        ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Rises with every change; a form made from an older one is refused.')),
                    ],
                    options={
                        'verbose_name': 'team',
                        'verbose_name_plural': 'teams',
                        'ordering': ['name'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('send_delay_seconds__lte', 5)), name='agents_team_send_delay_0_to_5'), models.CheckConstraint(condition=models.Q(('assignment__in', ['manual', 'least_load'])), name='agents_team_assignment_known')],
                    },
                ),
                migrations.CreateModel(
                    name='Notification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=32)),
                        ('key', models.CharField(help_text='The same key never reaches the same person twice.', max_length=80)),
                        ('ticket_id', models.BigIntegerField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'notification',
                        'verbose_name_plural': 'notifications',
                        'indexes': [models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user', '-created_at'], name='agents_unread_notifications'), models.Index(fields=['user', '-created_at', '-id'], name='agents_notifications_in_order')],
                        'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='agents_notification_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PresenceInterval',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(choices=[('online', 'Available'), ('break', 'On a break'), ('away', 'Away')], max_length=8, verbose_name='state')),
                        ('started_at', models.DateTimeField(verbose_name='from')),
                        ('last_seen_at', models.DateTimeField(verbose_name='last seen')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presence', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'presence',
                        'verbose_name_plural': 'presence',
                        'indexes': [models.Index(fields=['started_at'], name='agents_presence_by_start')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['online', 'break', 'away'])), name='agents_presence_state_known'), models.CheckConstraint(condition=models.Q(('last_seen_at__gte', models.F('started_at')), models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR')), name='agents_presence_ends_after_it_began'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user',), name='agents_presence_one_open'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('user', '='), (agents.models.presence.TimeRange('started_at', 'ended_at'), '&&')], name='agents_presence_no_overlap')],
                    },
                ),
                migrations.CreateModel(
                    name='ApiToken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('digest', models.CharField(help_text='SHA-256 of the secret.', max_length=64, unique=True)),
                        ('hint', models.CharField(help_text="The secret's last characters, to tell tokens apart.", max_length=8)),
                        ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('tickets:read', 'Read tickets, messages, inboxes, teams and agents'), ('tickets:write', 'Change, assign, hand over and resolve tickets'), ('messages:write', 'Send replies and write notes'), ('contacts:read', 'Read contacts'), ('contacts:write', 'Change contacts'), ('kpis:read', 'Read figures'), ('surveys:read', 'Read answers to surveys')], max_length=32), size=None, verbose_name='scopes')),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField(blank=True, null=True)),
                        ('last_used_at', models.DateTimeField(blank=True, help_text='Written once a minute at most.', null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'API token',
                        'verbose_name_plural': 'API tokens',
                        'constraints': [models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['tickets:read', 'tickets:write', 'messages:write', 'contacts:read', 'contacts:write', 'kpis:read', 'surveys:read']), models.Q(('scopes', []), _negated=True)), name='agents_token_scopes_known'), models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='agents_token_expires_after_creation')],
                    },
                ),
                migrations.CreateModel(
                    name='IdempotencyKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=255)),
                        ('digest', models.CharField(help_text='SHA-256 of method, address and body.', max_length=64)),
                        ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('response', models.TextField(blank=True, db_default='', default='', help_text='The answer, as JSON.')),
                        ('created_at', models.DateTimeField()),
                        ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idempotency_keys', to='agents.apitoken')),
                    ],
                    options={
                        'verbose_name': 'idempotency key',
                        'verbose_name_plural': 'idempotency keys',
                        'indexes': [models.Index(fields=['created_at'], name='agents_idempotency_by_age')],
                        'constraints': [models.UniqueConstraint(fields=('token', 'key'), name='agents_idempotency_key_once')],
                    },
                ),
            ],
        ),
    ]
