"""Wake-ups of the channel: each drains its rows for a bounded time, whoever else does the same."""

from celery import shared_task

from channels_whatsapp import inbound, media, receipts
from tickets.tasks import drain


@shared_task(name="channels_whatsapp.tasks.process_inbound")
def process_inbound() -> None:
    """Split stored requests and work their updates."""
    inbound.adopt()
    drain(inbound.process_next, task="channels_whatsapp.tasks.process_inbound")


@shared_task(name="channels_whatsapp.tasks.fetch_media")
def fetch_media() -> None:
    """Fetch the files of messages."""
    drain(media.fetch_next, task="channels_whatsapp.tasks.fetch_media")


@shared_task(name="channels_whatsapp.tasks.send_read_receipt")
def send_read_receipt(message_id: int) -> None:
    """Show a contact that their message was read."""
    receipts.mark_read(message_id)
