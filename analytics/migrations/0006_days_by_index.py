"""Indexes by which every part of a day is found; built, and the old one dropped, without stopping anybody."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('analytics', '0005_unanswered'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(condition=models.Q(('acknowledged_day__isnull', False)), fields=['acknowledged_day'], name='kpi_fact_acknowledged'),
        ),
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(condition=models.Q(('missed_day__isnull', False)), fields=['missed_day'], name='kpi_fact_missed'),
        ),
        AddIndexConcurrently(
            model_name='fact',
            index=models.Index(fields=['solved_day', 'solved_agent'], name='kpi_fact_solved_by'),
        ),
        RemoveIndexConcurrently(model_name='fact', name='kpi_fact_solved'),
    ]
