"""Indexes from which figures about contacts are read; built, and the old one dropped, without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('analytics', '0009_not_stock'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(condition=models.Q(('is_counted', True)), fields=['opened_day', 'contact'], include=('is_returning',), name='kpi_fact_opened_with'),
        ),
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(condition=models.Q(('is_counted', True), ('solved_day__isnull', False)), fields=['solved_day', 'contact'], include=('followed_at', 'solved_at'), name='kpi_fact_solved_with'),
        ),
        RemoveIndexConcurrently(model_name='fact', name='kpi_fact_opened'),
    ]
