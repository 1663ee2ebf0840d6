"""How often a bot may answer in vain, and what stands below each of its answers."""

from django.db import migrations, models

from tickets.defaults import install_texts


def forward(apps, schema_editor):
    install_texts(get_model=apps.get_model, kinds=('bot_hint',))


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0025_set_aside_checked'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='automatictext',
            name='tickets_text_kind_known',
        ),
        migrations.AddField(
            model_name='inbox',
            name='bot_replies_at_most',
            field=models.PositiveSmallIntegerField(db_default=2, default=2, help_text='When so many answers of a bot have not helped, the ticket is handed over to people.', verbose_name='answers of bots in a row'),
        ),
        migrations.AlterField(
            model_name='automatictext',
            name='kind',
            field=models.CharField(choices=[('acknowledgement', 'Acknowledgement'), ('out_of_hours', 'Out of hours'), ('welcome', 'Welcome'), ('update', 'Handed over'), ('bot_hint', 'Way to a person')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='automatictext',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledgement', 'out_of_hours', 'welcome', 'update', 'bot_hint'])), name='tickets_text_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='inbox',
            constraint=models.CheckConstraint(condition=models.Q(('bot_replies_at_most__gte', 1), ('bot_replies_at_most__lte', 10)), name='tickets_inbox_bots_end'),
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
