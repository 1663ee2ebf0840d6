"""Up to when records of work are kept, and what stays of them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0006_days_by_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptWork',
            fields=[
                ('ticket_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('agents', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('seconds', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                'verbose_name': 'kept work',
                'verbose_name_plural': 'kept work',
                'db_table': 'kpi_kept_work',
            },
        ),
        migrations.AddField(
            model_name='watermark',
            name='work_from',
            field=models.DateField(help_text='The first day of which presence and focus are still there to be counted.', null=True),
        ),
    ]
