"""What contacts said about messages they did not ask for, and the purposes that ask for their consent."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0012_who_changed_the_configuration'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wish', models.CharField(choices=[('stop', 'No automatic messages'), ('start', 'Automatic messages are welcome')], max_length=8)),
                ('source', models.CharField(choices=[('message', 'Message of the contact'), ('setting', "Setting in the contact's app"), ('refusal', 'Refusal of the channel')], max_length=8)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'change of consent',
                'verbose_name_plural': 'changes of consent',
            },
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='tickets_message_purpose_known',
        ),
        migrations.AlterField(
            model_name='message',
            name='purpose',
            field=models.CharField(blank=True, choices=[('reply', 'Reply'), ('acknowledgement', 'Acknowledgement'), ('update', 'Update'), ('survey', 'Survey'), ('survey_thanks', 'Thanks for an answer'), ('consent', 'Confirmation of STOP or START')], db_default='', default='', max_length=16),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['', 'reply', 'acknowledgement', 'update', 'survey', 'survey_thanks', 'consent'])), name='tickets_message_purpose_known'),
        ),
        migrations.AddField(
            model_name='consentchange',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consent_changes', to='tickets.contact'),
        ),
        migrations.AddField(
            model_name='consentchange',
            name='message',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consent_change', to='tickets.message'),
        ),
        migrations.AddIndex(
            model_name='consentchange',
            index=models.Index(fields=['contact', '-occurred_at', '-id'], name='tickets_consent_newest'),
        ),
        migrations.AddConstraint(
            model_name='consentchange',
            constraint=models.CheckConstraint(condition=models.Q(('wish__in', ['stop', 'start'])), name='tickets_consent_wish_known'),
        ),
        migrations.AddConstraint(
            model_name='consentchange',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['message', 'setting', 'refusal'])), name='tickets_consent_source_known'),
        ),
        migrations.AddConstraint(
            model_name='consentchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('message__isnull', False), ('source', 'message')), models.Q(models.Q(('source', 'message'), _negated=True), ('message__isnull', True)), _connector='OR'), name='tickets_consent_by_message_has_it'),
        ),
        migrations.AddConstraint(
            model_name='consentchange',
            constraint=models.CheckConstraint(condition=models.Q(('occurred_at__lte', models.F('recorded_at'))), name='tickets_consent_occurred_before_recorded'),
        ),
    ]
