"""Wake-ups of the surveys: each drains its rows for a bounded time, whoever else does the same."""

from celery import shared_task

from surveys import invitations
from tickets.tasks import drain


@shared_task(name="surveys.tasks.invite")
def invite() -> None:
    """Write invitations for what was resolved."""
    drain(invitations.invite_next, task="surveys.tasks.invite")


@shared_task(name="surveys.tasks.send")
def send() -> None:
    """Send the surveys that are due."""
    drain(invitations.process_next, task="surveys.tasks.send")
