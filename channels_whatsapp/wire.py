"""Meta's JSON, cleaned and cut into single elements, to the dataclasses of the core. Pure, no database.

Nothing here trusts a type: values are read with `channels_whatsapp/payload.py`, what was said with
`channels_whatsapp/content.py`.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import phonenumbers

from channels_whatsapp.content import said_in
from channels_whatsapp.payload import MAX_ID, Json, as_object, as_text, first_object, parse_time
from tickets.inbound import DeliveryReport, DeliveryStatus, Identity, InboundMessage
from tickets.models import IdentityKind

MAX_IDENTITY = 160
MAX_TEXT = 65_536


class Unusable(Exception):
    """An element without its id or without a sender: nothing can be done with it until a person looks."""


class Ignored(Exception):
    """An element that is understood and needs nothing from us."""


# -- Who wrote ---------------------------------------------------------------------------------------


def _digits(value: Any) -> str:
    text = as_text(value).removeprefix("+")
    return text if text.isascii() and text.isdigit() and 5 <= len(text) <= 20 else ""


def match_contact(message: Json, contacts: list[Json]) -> Json | None:
    """Find the card of a message's sender: by number, else by user id, else the only one there is."""
    phone, user_id = _digits(message.get("from")), as_text(message.get("from_user_id"))
    if phone:
        for card in contacts:
            if _digits(card.get("wa_id")) == phone:
                return card
    if user_id:
        for card in contacts:
            if as_text(card.get("user_id")) == user_id:
                return card
    return contacts[0] if len(contacts) == 1 else None


def _names(message: Json, contact: Json | None) -> tuple[str, str]:
    """Return the business-scoped user id and the number of a sender, either of which may be empty."""
    card = contact or {}
    user_id = as_text(message.get("from_user_id")) or as_text(card.get("user_id"))
    phone = _digits(message.get("from")) or _digits(card.get("wa_id"))
    return (user_id if len(user_id) <= MAX_IDENTITY else ""), phone


def sender_key(message: Json, contact: Json | None) -> str:
    """Return one text that names the sender, the user id where there is one; empty when nothing does."""
    user_id, phone = _names(message, contact)
    return user_id or phone


def format_phone(digits: str) -> str:
    """Write a number for people: in groups where it is a valid one, else with a plus sign."""
    if not digits:
        return ""
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return "+" + digits
    if not phonenumbers.is_valid_number(number):
        return "+" + digits
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


# -- What they wrote ---------------------------------------------------------------------------------


def parse_message(payload: Json, *, inbox_id: int, received_at: dt.datetime) -> InboundMessage:
    """Turn one message into what the core takes in. Raises Unusable, Ignored."""
    message = as_object(payload.get("message"))
    contact = as_object(payload.get("contact"))
    external_id = as_text(message.get("id"))
    if not external_id or len(external_id) > MAX_ID:
        raise Unusable("no id")
    if message.get("group_id"):
        raise Ignored("group")
    user_id, phone = _names(message, contact)
    identities = tuple(
        Identity(kind=kind, value=value)
        for kind, value in ((IdentityKind.BSUID, user_id), (IdentityKind.PHONE, phone))
        if value
    )
    if not identities:
        raise Unusable("no sender")
    said = said_in(message)
    sent_at = parse_time(message.get("timestamp")) or received_at
    return InboundMessage(
        inbox_id=inbox_id,
        external_id=external_id,
        identities=identities,
        occurred_at=min(sent_at, received_at),
        content_type=said.content_type,
        text=said.text[:MAX_TEXT],
        content=said.content,
        attachments=said.attachments,
        contact_name=as_text(as_object(contact.get("profile")).get("name")).strip(),
        contact_phone=format_phone(phone),
        quoted_external_id=(said.quoted or as_text(as_object(message.get("context")).get("id")))[:MAX_ID],
        opens_ticket=said.opens_ticket,
        opens_window=said.opens_ticket,
    )


# -- What became of ours -----------------------------------------------------------------------------


def _token(value: Any) -> str:
    """Return our token if it is one; other programs on the same number put other things there."""
    try:
        return str(uuid.UUID(as_text(value)))
    except ValueError:
        return ""


def parse_status(
    payload: Json, *, inbox_id: int, received_at: dt.datetime, explain: Callable[[str], str]
) -> DeliveryReport:
    """Turn one status into a report; `explain` words an error code for the agent. Raises Unusable, Ignored."""
    status = as_object(payload.get("status"))
    external_id = as_text(status.get("id"))
    if not external_id or len(external_id) > MAX_ID:
        raise Unusable("no id")
    try:
        kind = DeliveryStatus(as_text(status.get("status")))
    except ValueError:
        raise Ignored("status of no interest") from None
    code = as_text(first_object(status.get("errors")).get("code")) if kind == DeliveryStatus.FAILED else ""
    return DeliveryReport(
        inbox_id=inbox_id,
        external_id=external_id,
        status=kind,
        occurred_at=min(parse_time(status.get("timestamp")) or received_at, received_at),
        token=_token(status.get("biz_opaque_callback_data")),
        error_code=code,
        error_text=explain(code) if kind == DeliveryStatus.FAILED else "",
    )
