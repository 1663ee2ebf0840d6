"""Tell a contact that somebody has read what they wrote."""

import structlog

from channels_whatsapp.client import GraphClient, GraphError, NoAnswer, NothingSent, Rejected
from channels_whatsapp.encryption import Undecryptable
from channels_whatsapp.models import WhatsAppNumber
from tickets.models import Message, MessageKind

log = structlog.get_logger(__name__)


def mark_read(message_id: int, *, typing: bool = False) -> bool:
    """Show the blue ticks on an inbound message and all before it; a courtesy, so failing is no event.

    `typing` also shows that an answer is being written, for 25 seconds at most.
    """
    message = Message.objects.filter(pk=message_id, kind=MessageKind.INBOUND, external_id__isnull=False).first()
    number = WhatsAppNumber.objects.filter(inbox_id=message.inbox_id).first() if message else None
    if message is None or not message.external_id or number is None or number.paused_at is not None:
        return False
    client = GraphClient(phone_number_id=number.phone_number_id, access_token=number.access_token)
    try:
        client.mark_read(message.external_id, typing=typing)
    except (GraphError, Rejected, NothingSent, NoAnswer, Undecryptable) as error:
        log.info("read_receipt_not_sent", message=message_id, reason=type(error).__name__)
        return False
    return True
