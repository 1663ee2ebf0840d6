"""Who changed the configuration, and when; never rewritten."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER tickets_configurationevent_append_only BEFORE UPDATE OR DELETE ON tickets_configurationevent
  FOR EACH ROW EXECUTE FUNCTION tickets_refuse_rewriting_history();
"""
BACKWARD = "DROP TRIGGER tickets_configurationevent_append_only ON tickets_configurationevent"


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0016_warning_of_the_answer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
