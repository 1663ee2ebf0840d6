"""Tell a contact that somebody has read what they wrote."""

import structlog

from channels_whatsapp.client import GraphClient, GraphError, NoAnswer, NothingSent, Rejected
from channels_whatsapp.encryption import Undecryptable
from channels_whatsapp.models import WhatsAppNumber
from tickets.models import Message, MessageKind

log = structlog.get_logger(__name__)


def mark_read(message: Message) -> bool:
    """Show the blue ticks on an inbound message and all before it; a courtesy, so failing is no event."""
    number = WhatsAppNumber.objects.filter(inbox_id=message.inbox_id, paused_at__isnull=True).first()
    if message.kind != MessageKind.INBOUND or not message.external_id or number is None:
        return False
    client = GraphClient(phone_number_id=number.phone_number_id, access_token=number.access_token)
    try:
        client.mark_read(message.external_id)
    except (GraphError, Rejected, NothingSent, NoAnswer, Undecryptable) as error:
        log.info("read_receipt_not_sent", message=message.pk, reason=type(error).__name__)
        return False
    return True
