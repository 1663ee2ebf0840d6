"""The wake-ups of the reports."""

from celery import shared_task

from analytics import refresh as figures
from analytics import reviews
from tickets.tasks import drain


@shared_task(name="analytics.tasks.refresh")
def refresh() -> None:
    """Bring the figures up to date."""
    drain(figures.refresh_next, task="analytics.tasks.refresh")


@shared_task(name="analytics.tasks.review")
def review() -> None:
    """Write the reviews that are due."""
    drain(reviews.write_next, task="analytics.tasks.review")
