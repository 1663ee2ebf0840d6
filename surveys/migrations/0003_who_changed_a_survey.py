"""Surveys know who changed them last, and refuse forms made from an older version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0002_defaults'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='survey',
            name='changed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at'),
        ),
        migrations.AddField(
            model_name='survey',
            name='changed_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='survey',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Rises with every change; a form made from an older one is refused.'),
        ),
    ]
