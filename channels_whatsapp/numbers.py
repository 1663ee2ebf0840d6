"""What is done to a business number: connect it, pause it, let it go on."""

import structlog
from django.db import transaction

from channels_whatsapp.encryption import Secret
from channels_whatsapp.inbound import adopt
from channels_whatsapp.models import WhatsAppNumber
from channels_whatsapp.webhook import TASK
from helpdesk import clock
from tickets.models import Inbox
from tickets.wake import wake

log = structlog.get_logger(__name__)


@transaction.atomic
def save_number(number: WhatsAppNumber, *, new_token: str = "") -> WhatsAppNumber:
    """Write a number, with a new access token if one is given; what came for it before is taken in now.

    A new token ends a pause. Raises IntegrityError when the number or the inbox is taken.
    """
    if new_token:
        number.access_token = Secret.of(new_token)
        number.paused_at, number.paused_reason = None, ""
    number.save()
    adopted = adopt()
    wake(TASK)
    log.info("number_saved", number=number.pk, inbox=number.inbox_id, adopted=adopted)
    return number


def connect_number(
    *, inbox: Inbox, phone_number_id: str, waba_id: str, display_number: str, access_token: str
) -> WhatsAppNumber:
    """Let an inbox speak for a number, or renew how it does. Raises IntegrityError when another inbox has it."""
    number = WhatsAppNumber.objects.filter(inbox=inbox).first() or WhatsAppNumber(inbox=inbox)
    number.phone_number_id = phone_number_id
    number.waba_id = waba_id
    number.display_number = display_number
    return save_number(number, new_token=access_token)


def pause(number: WhatsAppNumber, *, reason: str) -> bool:
    """Stop sending through a number that WhatsApp has turned away; False when it was paused already."""
    changed = WhatsAppNumber.objects.filter(pk=number.pk, paused_at__isnull=True).update(
        paused_at=clock.now(), paused_reason=reason[:32]
    )
    if changed:
        # Once per pause, however many messages meet the same wall.
        log.error("number_paused", number=number.pk, reason=reason)
    return bool(changed)


def resume(number: WhatsAppNumber) -> bool:
    """Send through a number again; False when it was not paused."""
    paused = WhatsAppNumber.objects.filter(pk=number.pk, paused_at__isnull=False)
    return bool(paused.update(paused_at=None, paused_reason=""))
