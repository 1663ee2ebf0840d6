"""What WhatsApp tells us about wishes of contacts: a switch in their app, and a refusal because of it."""

import datetime as dt

from django.db import transaction

from channels_whatsapp.payload import Json, as_objects, as_text, parse_time
from helpdesk import clock
from tickets import consent
from tickets.delivery import message_of
from tickets.inbound import DeliveryReport
from tickets.models import Contact, ContactIdentity, IdentityKind, Message, Wish, WishSource

# "User has stopped marketing messages."
OPTED_OUT = 131050
WISHES = {"stop": Wish.STOP, "resume": Wish.START}


def refused(*, contact_id: int) -> None:
    """Take WhatsApp's refusal for the contact's word, once."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
        if not consent.refuses(contact.pk):
            at = clock.now()
            consent.note(contact=contact, wish=Wish.STOP, source=WishSource.REFUSAL, occurred_at=at, at=at)


def refused_message(status: DeliveryReport) -> None:
    """Take a status that reports such a refusal likewise, also one that overtook the answer to the call."""
    message_id = message_of(status)
    if message_id is not None:
        refused(contact_id=Message.objects.values_list("conversation__contact_id", flat=True).get(pk=message_id))


def take_preferences(value: Json, *, inbox_id: int, received_at: dt.datetime) -> int:
    """Write down what contacts switched in their app; return how many of them we know."""
    known = 0
    for preference in as_objects(value.get("user_preferences")):
        wish = WISHES.get(as_text(preference.get("value")).lower())
        names = {
            IdentityKind.BSUID: as_text(preference.get("user_id")),
            IdentityKind.PHONE: as_text(preference.get("wa_id")).removeprefix("+"),
        }
        contact_id = _contact(inbox_id, names)
        if wish is None or contact_id is None:
            continue
        known += 1
        with transaction.atomic():
            contact = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
            at = clock.now()
            occurred_at = parse_time(preference.get("timestamp")) or received_at
            consent.note(contact=contact, wish=wish, source=WishSource.SETTING, occurred_at=occurred_at, at=at)
    return known


def _contact(inbox_id: int, names: dict[IdentityKind, str]) -> int | None:
    for kind, name in names.items():
        identity = ContactIdentity.objects.filter(inbox_id=inbox_id, kind=kind, value=name).first() if name else None
        if identity is not None:
            return identity.contact_id
    return None
