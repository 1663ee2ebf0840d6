"""What was said in one of Meta's messages, by its kind. Pure, no database.

Kinds that nobody has heard of become a placeholder that opens a ticket, because a customer wrote and somebody has to
look.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from channels_whatsapp.payload import MAX_ID, Json, as_object, as_objects, as_text, first_object
from tickets.inbound import InboundAttachment
from tickets.models import ContentType


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


def said_in(message: Json) -> Said:
    """Return the content of a message of any kind."""
    return KINDS.get(as_text(message.get("type")), _unsupported)(message)
