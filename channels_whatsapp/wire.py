"""Meta's JSON, cleaned and cut into single elements, to the dataclasses of the core. Pure, no database.

Nothing here trusts a type: every key may be missing or hold something else. Kinds that nobody has heard of become a
placeholder that opens a ticket, because a customer wrote and somebody has to look.
"""

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from tickets.inbound import (
    DeliveryReport,
    DeliveryStatus,
    Identity,
    InboundAttachment,
    InboundMessage,
)
from tickets.models import ContentType, IdentityKind

Json = dict[str, Any]
MAX_ID = 255
MAX_IDENTITY = 160
MAX_TEXT = 65_536
# Seconds that can be the time of a message: WhatsApp began in 2009.
EARLIEST, LATEST = 1_230_768_000, 4_102_444_800


class Unusable(Exception):
    """An element without its id or without a sender: nothing can be done with it until a person looks."""


class Ignored(Exception):
    """An element that is understood and needs nothing from us."""


def as_text(value: Any) -> str:
    """Return a text, or a whole number as text; anything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def as_object(value: Any) -> Json:
    """Return an object; anything else is empty."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any) -> list[Json]:
    """Return the objects of a list; a single object stands for a list of one, as some senders write it."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first_object(value: Any) -> Json:
    """Return the first object of a list; anything else is empty."""
    return next(iter(as_objects(value)), {})


def parse_time(value: Any) -> dt.datetime | None:
    """Return the moment of Meta's seconds (text or number); None when it is nonsense."""
    text = as_text(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and EARLIEST <= int(text) <= LATEST):
        return None
    return dt.datetime.fromtimestamp(int(text), dt.UTC)


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


# -- What was said -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Said:
    """The content of a message, whoever sent it and whenever."""

    content_type: ContentType
    text: str = ""
    content: Json = field(default_factory=dict)
    attachments: tuple[InboundAttachment, ...] = ()
    quoted: str = ""
    opens_ticket: bool = True


def _text(message: Json) -> Said:
    return Said(content_type=ContentType.TEXT, text=as_text(as_object(message.get("text")).get("body")))


def hex_digest(value: Any) -> str:
    """Return the SHA-256 that Meta writes in Base64 (webhooks) or hexadecimal (media call), as hexadecimal."""
    text = as_text(value)
    if len(text) == 64:
        return text.lower() if all(letter in "0123456789abcdefABCDEF" for letter in text) else ""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""


def _media(kind: str, content_type: ContentType) -> Callable[[Json], Said]:
    def parse(message: Json) -> Said:
        block = as_object(message.get(kind))
        media_id = as_text(block.get("id"))
        files: tuple[InboundAttachment, ...] = ()
        content: Json = {}
        if media_id and len(media_id) <= MAX_ID:
            files = (
                InboundAttachment(
                    provider_id=media_id,
                    media_type=as_text(block.get("mime_type")).split(";")[0].strip().lower(),
                    file_name=as_text(block.get("filename")),
                    sha256=hex_digest(block.get("sha256")),
                ),
            )
        else:
            # Damaged payloads have no id, and a file that Meta could not read has the reason beside it.
            content["error_code"] = as_text(first_object(message.get("errors")).get("code"))
        if block.get("voice") is True:
            content["voice"] = True
        return Said(content_type=content_type, text=as_text(block.get("caption")), content=content, attachments=files)

    return parse


def _location(message: Json) -> Said:
    block = as_object(message.get("location"))
    name, address = as_text(block.get("name")), as_text(block.get("address"))
    content: Json = {"name": name, "address": address}
    for key in ("latitude", "longitude"):
        value = block.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            content[key] = value
    place = ", ".join(part for part in (name, address) if part)
    if not place and "latitude" in content and "longitude" in content:
        place = f"{content['latitude']}, {content['longitude']}"
    return Said(content_type=ContentType.LOCATION, text=place, content=content)


def _contacts(message: Json) -> Said:
    cards: list[Json] = []
    for card in as_objects(message.get("contacts")):
        phones = [as_text(phone.get("phone")) for phone in as_objects(card.get("phones"))]
        name = as_text(as_object(card.get("name")).get("formatted_name"))
        cards.append({"name": name, "phones": [phone for phone in phones if phone]})
    lines = [", ".join(filter(None, [card["name"], *card["phones"]])) for card in cards]
    return Said(content_type=ContentType.CONTACTS, text="\n".join(filter(None, lines)), content={"cards": cards})


def _button(message: Json) -> Said:
    block = as_object(message.get("button"))
    label, payload = as_text(block.get("text")), as_text(block.get("payload"))
    return Said(
        content_type=ContentType.CHOICE,
        text=label or payload,
        content={"choice": {"id": payload or label, "title": label or payload}},
    )


def _interactive(message: Json) -> Said:
    block = as_object(message.get("interactive"))
    kind = as_text(block.get("type"))
    if kind in {"button_reply", "list_reply"}:
        reply = as_object(block.get(kind))
        title = as_text(reply.get("title"))
        return Said(
            content_type=ContentType.CHOICE,
            text=title,
            content={"choice": {"id": as_text(reply.get("id")), "title": title}},
        )
    if kind == "nfm_reply":
        reply = as_object(block.get(kind))
        return Said(
            content_type=ContentType.CHOICE,
            text=as_text(reply.get("body")),
            content={"form": as_text(reply.get("response_json"))},
        )
    return _unsupported(message)


def _order(message: Json) -> Said:
    return Said(
        content_type=ContentType.UNSUPPORTED,
        text=as_text(as_object(message.get("order")).get("text")),
        content={"provider_type": "order"},
    )


def _unsupported(message: Json) -> Said:
    """Record that something came that cannot be shown; what it was called, never what it held."""
    inner = as_text(as_object(message.get("unsupported")).get("type"))
    content = {"provider_type": (inner or as_text(message.get("type")) or "unknown")[:64]}
    if code := as_text(first_object(message.get("errors")).get("code")):
        content["error_code"] = code
    return Said(content_type=ContentType.UNSUPPORTED, content=content)


def _reaction(message: Json) -> Said:
    """A reaction concerns nobody's queue; without an emoji it takes an earlier one back."""
    block = as_object(message.get("reaction"))
    emoji = as_text(block.get("emoji"))[:64]
    return Said(
        content_type=ContentType.UNSUPPORTED,
        text=emoji,
        content={"provider_type": "reaction", "emoji": emoji},
        quoted=as_text(block.get("message_id")),
        opens_ticket=False,
    )


def _edit(message: Json) -> Said:
    block = as_object(message.get("edit"))
    inner = as_object(block.get("message"))
    kind = as_text(inner.get("type"))
    inside = as_object(inner.get(kind)) if kind else {}
    return Said(
        content_type=ContentType.UNSUPPORTED,
        text=as_text(inside.get("body")) or as_text(inside.get("caption")),
        content={"provider_type": "edit"},
        quoted=as_text(block.get("original_message_id")),
        opens_ticket=False,
    )


def _revoke(message: Json) -> Said:
    return Said(
        content_type=ContentType.UNSUPPORTED,
        content={"provider_type": "revoke"},
        quoted=as_text(as_object(message.get("revoke")).get("original_message_id")),
        opens_ticket=False,
    )


def _notice(message: Json) -> Said:
    """A notice of the system, such as a changed number. Its sentence names old and new number and is not kept."""
    kind = as_text(as_object(message.get("system")).get("type")) or as_text(message.get("type"))
    return Said(content_type=ContentType.UNSUPPORTED, content={"provider_type": kind[:64]}, opens_ticket=False)


KINDS: dict[str, Callable[[Json], Said]] = {
    "text": _text,
    "image": _media("image", ContentType.IMAGE),
    "video": _media("video", ContentType.VIDEO),
    "audio": _media("audio", ContentType.AUDIO),
    "voice": _media("voice", ContentType.AUDIO),
    "document": _media("document", ContentType.DOCUMENT),
    "sticker": _media("sticker", ContentType.STICKER),
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _notice,
    "request_welcome": _notice,
}


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
    said = KINDS.get(as_text(message.get("type")), _unsupported)(message)
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
