"""From the bytes of a request to its single elements: messages, statuses and everything else. Pure, no database.

Tolerant by design: whatever Meta adds tomorrow comes out as an element of the lane `other` and is kept.
"""

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from channels_whatsapp.models import Lane, Unreadable
from channels_whatsapp.payload import Json, as_objects, as_text, parse_time
from channels_whatsapp.wire import match_contact, sender_key

# Meta's deepest known payload has about a dozen levels.
MAX_DEPTH = 32
MAX_DIGITS = 20
MAX_KEY = 200
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableBody(Exception):
    """The body holds nothing that can be split."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Element:
    """One message, one status or one other change, cut out of its request."""

    lane: Lane
    payload: Json
    phone_number_id: str = ""
    identity_key: str = ""
    provider_time: dt.datetime | None = None


def split(body: bytes) -> list[Element]:
    """Cut a request into its elements, in their order. Raises UnreadableBody."""
    document = read(body)
    entries = as_objects(document.get("entry")) if isinstance(document, dict) else []
    if not entries:
        raise UnreadableBody(Unreadable.NOT_AN_OBJECT)
    return [element for entry in entries for change in as_objects(entry.get("changes")) for element in _change(change)]


def read(body: bytes) -> Any:
    """Parse JSON and clean it of what PostgreSQL's text and jsonb cannot hold. Raises UnreadableBody.

    Of a repeated key the last counts. NaN and infinities become null, whole numbers of more than twenty digits text.
    """
    try:
        document = json.loads(body, parse_int=_whole, parse_float=_fraction, parse_constant=_nothing)
    except RecursionError:
        raise UnreadableBody(Unreadable.TOO_DEEP) from None
    except ValueError:
        raise UnreadableBody(Unreadable.NOT_JSON) from None
    return _clean(document, MAX_DEPTH)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS + digits.startswith("-") else digits


def _fraction(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _nothing(_name: str) -> None:
    return None


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict | list):
        if depth == 0:
            raise UnreadableBody(Unreadable.TOO_DEEP)
        if isinstance(value, list):
            return [_clean(item, depth - 1) for item in value]
        return {_clean_text(key): _clean(item, depth - 1) for key, item in value.items()}
    return value


def _clean_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else LONE_SURROGATE.sub("\ufffd", text)


def _change(change: Json) -> Iterator[Element]:
    field, value = as_text(change.get("field")), change.get("value")
    content: Json = value if isinstance(value, dict) else {}
    metadata = content.get("metadata")
    number = as_text(metadata.get("phone_number_id") if isinstance(metadata, dict) else None)[:64]
    messages, statuses = as_objects(content.get("messages")), as_objects(content.get("statuses"))
    # Meta's own fixtures lack the field at times; what is inside decides then.
    if field not in {"messages", ""} or not (messages or statuses):
        yield Element(lane=Lane.OTHER, phone_number_id=number, payload={"field": field, "value": value})
        return
    contacts = as_objects(content.get("contacts"))
    for message in messages:
        contact = match_contact(message, contacts)
        payload: Json = {"message": message, "contact": contact}
        if errors := as_objects(content.get("errors")):
            payload["errors"] = errors
        yield Element(
            lane=Lane.MESSAGE,
            phone_number_id=number,
            identity_key=_key(number, sender_key(message, contact)),
            provider_time=parse_time(message.get("timestamp")),
            payload=payload,
        )
    for status in statuses:
        # No order among statuses: the end is the same in any order, and a wait would let an early one hold others.
        yield Element(
            lane=Lane.STATUS,
            phone_number_id=number,
            provider_time=parse_time(status.get("timestamp")),
            payload={"status": status},
        )


def _key(number: str, sender: str) -> str:
    if not sender:
        return ""
    key = f"{number}:{sender}"
    return key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest()
