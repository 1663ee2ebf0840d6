"""Wake-ups of the channel: each drains its rows for a bounded time, whoever else does the same."""

from celery import shared_task

from channels_whatsapp import inbound
from tickets.tasks import drain


@shared_task(name="channels_whatsapp.tasks.process_inbound")
def process_inbound() -> None:
    """Split stored requests and work their updates."""
    inbound.adopt()
    drain(inbound.process_next, task="channels_whatsapp.tasks.process_inbound")
