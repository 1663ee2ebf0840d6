"""Words for what came of feedback."""

from django.db import migrations, models

from tickets.defaults import install_texts


def forward(apps, schema_editor):
    install_texts(get_model=apps.get_model, kinds=('feedback',))


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0026_bots'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='automatictext',
            name='tickets_text_kind_known',
        ),
        migrations.AlterField(
            model_name='automatictext',
            name='kind',
            field=models.CharField(choices=[('acknowledgement', 'Acknowledgement'), ('out_of_hours', 'Out of hours'), ('welcome', 'Welcome'), ('update', 'Handed over'), ('bot_hint', 'Way to a person'), ('feedback', 'What came of feedback')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='automatictext',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledgement', 'out_of_hours', 'welcome', 'update', 'bot_hint', 'feedback'])), name='tickets_text_kind_known'),
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
