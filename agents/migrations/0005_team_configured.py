"""Teams know who changed them last, refuse forms made from an older version, and can be archived."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0004_api_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='team',
            name='archived_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Nothing is sent to it any more; its people keep its tickets.', null=True, verbose_name='archived at'),
        ),
        migrations.AddField(
            model_name='team',
            name='changed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at'),
        ),
        migrations.AddField(
            model_name='team',
            name='changed_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='team',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Rises with every change; a form made from an older one is refused.'),
        ),
    ]
