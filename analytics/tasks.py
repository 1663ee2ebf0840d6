"""The wake-up of the reports."""

from celery import shared_task

from analytics import refresh as figures
from tickets.tasks import drain


@shared_task(name="analytics.tasks.refresh")
def refresh() -> None:
    """Bring the figures up to date."""
    drain(figures.refresh_next, task="analytics.tasks.refresh")
