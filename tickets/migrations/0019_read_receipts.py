"""Who was told what was read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0018_work_list_in_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='inbox',
            name='sends_read_receipts',
            field=models.BooleanField(db_default=True, default=True, help_text='Contacts see blue ticks when an agent works at their ticket.', verbose_name='shows contacts what was read'),
        ),
        migrations.CreateModel(
            name='ReadReceipt',
            fields=[
                ('conversation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='read_receipt', serialize=False, to='tickets.conversation')),
                ('is_told', models.BooleanField(db_default=False, default=False)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.message')),
            ],
            options={
                'verbose_name': 'read receipt',
                'verbose_name_plural': 'read receipts',
                'indexes': [models.Index(condition=models.Q(('is_told', False)), fields=['conversation'], name='tickets_readreceipt_due')],
            },
        ),
    ]
