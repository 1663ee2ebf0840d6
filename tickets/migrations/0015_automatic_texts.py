"""What the house says by itself, in German, French and English from the beginning."""

import django.db.models.deletion
import tickets.models.automatic_text
from django.conf import settings
from django.db import migrations, models

from tickets.defaults import install_texts


def forward(apps, schema_editor):
    install_texts(get_model=apps.get_model, kinds=('acknowledgement', 'out_of_hours', 'welcome', 'update'))


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0014_consent_is_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='inbox',
            name='acknowledges',
            field=models.BooleanField(db_default=True, default=True, help_text='Which texts it sends is decided under Texts.', verbose_name='says by itself that a message came in'),
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
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
