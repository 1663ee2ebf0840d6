"""Wake-ups of the channel: each drains its rows for a bounded time, whoever else does the same."""

import structlog
from celery import shared_task

from channels_whatsapp import inbound, media, templates
from channels_whatsapp.models import WhatsAppNumber
from tickets.faults import describe
from tickets.tasks import Crew, drain

log = structlog.get_logger(__name__)


# Enough to work on while one waits for a lock or for the database.
crew = Crew(4)


@shared_task(name="channels_whatsapp.tasks.process_inbound")
def process_inbound() -> None:
    """Split stored requests and work their updates."""
    crew.work(_drain_inbound)


def _drain_inbound() -> None:
    inbound.adopt()
    drain(inbound.process_next, task="channels_whatsapp.tasks.process_inbound")


@shared_task(name="channels_whatsapp.tasks.fetch_media")
def fetch_media() -> None:
    """Fetch the files of messages."""
    drain(media.fetch_next, task="channels_whatsapp.tasks.fetch_media")


@shared_task(name="channels_whatsapp.tasks.fetch_templates")
def fetch_templates() -> None:
    """Learn which templates are approved, account by account."""
    accounts: set[str] = set()
    for number in WhatsAppNumber.objects.filter(paused_at__isnull=True).exclude(waba_id=""):
        if number.waba_id in accounts:
            continue
        accounts.add(number.waba_id)
        try:
            templates.synchronise(number)
        except Exception as error:  # noqa: BLE001 - one account that cannot be asked must not keep the others waiting
            log.warning("templates_not_fetched", number=number.pk, error=describe(error))
