"""Tokens of programs that answer by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_notifications_in_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='is_bot',
            field=models.BooleanField(db_default=False, default=False, help_text='Its program answers contacts by itself; no person stands behind what it says.', verbose_name="a bot's"),
        ),
    ]
