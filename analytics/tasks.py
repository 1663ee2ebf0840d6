"""The wake-ups of the reports."""

from celery import shared_task

from analytics import refresh as figures
from analytics import retention, reviews
from tickets.tasks import drain


@shared_task(name="analytics.tasks.refresh")
def refresh() -> None:
    """Bring the figures up to date."""
    drain(figures.refresh_next, task="analytics.tasks.refresh")


@shared_task(name="analytics.tasks.review")
def review() -> None:
    """Write the reviews that are due."""
    drain(reviews.write_next, task="analytics.tasks.review")


@shared_task(name="analytics.tasks.forget_work")
def forget_work() -> None:
    """Forget when agents were here and at what they worked, as long ago as the setting says."""
    drain(retention.forget_next, task="analytics.tasks.forget_work")
