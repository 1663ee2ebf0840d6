"""Policies that warn more than once and remind after a breach."""

import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0020_skills'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='slaevent',
            name='tickets_sla_event_kind_known',
        ),
        migrations.AddField(
            model_name='slaclock',
            name='again_at',
            field=models.DateTimeField(blank=True, help_text='When the next further warning is due or, after the breach, a reminder.', null=True),
        ),
        migrations.AddField(
            model_name='slaclock',
            name='further_warn_seconds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), db_default=[], default=list, help_text='After how many they are warned again.', size=None),
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='further_warn_percents',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='warn again at these shares'),
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='remind_minutes',
            field=models.PositiveSmallIntegerField(blank=True, help_text='In the time that the promise counts in. Empty for never.', null=True, verbose_name='remind after a breach every so many minutes'),
        ),
        migrations.AlterField(
            model_name='slaevent',
            name='kind',
            field=models.CharField(choices=[('warning', 'Warning'), ('breach', 'Breach'), ('reminder', 'Reminder')], max_length=8),
        ),
        AddConstraintNotValid(
            model_name='slaevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['warning', 'breach', 'reminder'])), name='tickets_sla_event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.CheckConstraint(condition=models.Q(('further_warn_percents__0__gt', models.F('warn_percent')), ('further_warn_percents__0__lte', 99), ('further_warn_percents__1__gt', models.F('further_warn_percents__0')), ('further_warn_percents__1__lte', 99), ('further_warn_percents__2__gt', models.F('further_warn_percents__1')), ('further_warn_percents__2__lte', 99), ('further_warn_percents__3__gt', models.F('further_warn_percents__2')), ('further_warn_percents__3__lte', 99), ('further_warn_percents__len__lte', 4)), name='tickets_sla_warns_in_order'),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.CheckConstraint(condition=models.Q(('remind_minutes__isnull', True), models.Q(('remind_minutes__gte', 5), ('remind_minutes__lte', 10080)), _connector='OR'), name='tickets_sla_reminds_now_and_then'),
        ),
    ]
