"""Bounds and types of what the control interface takes in."""

import re
import time
from typing import Any

from simulator.http import BadRequest

Json = dict[str, Any]
MAX_PHONES, MAX_MESSAGES = 5_000, 100_000
INBOUND_KEYS = frozenset(
    (
        "from",
        "name",
        "type",
        "text",
        "caption",
        "timestamp",
        "wamid",
        "context",
        "raw",
        "language",
        "hide_number",
    )
)
HISTORY_STATUSES = {"in": ("sent", "delivered", "read"), "out": ("sent", "delivered", "read", "failed")}


def number(value: object, name: str) -> str:
    """Return the digits of a phone number. Raises BadRequest."""
    digits = re.sub(r"[\s()+.-]", "", str(value)) if isinstance(value, str | int) else ""
    if not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 20):
        raise BadRequest(f"{name} must be a phone number of 5 to 20 digits.")
    return digits


def text(source: Json, key: str, limit: int, default: str = "") -> str:
    """Return an optional text. Raises BadRequest."""
    value = source.get(key)
    if value is None:
        return default
    if not isinstance(value, str) or len(value) > limit:
        raise BadRequest(f"{key} must be a text of at most {limit} characters.")
    return value


def moment(source: Json, key: str) -> float:
    """Return a time in Unix seconds; now when it is missing. Raises BadRequest."""
    value = source.get(key)
    if value is None:
        return time.time()
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRequest(f"{key} must be Unix seconds.") from error
    if isinstance(value, bool) or not 0 < seconds < 32_503_680_000:
        raise BadRequest(f"{key} must be Unix seconds.")
    return seconds


def inbound(body: Json) -> tuple[str, str, Json, float]:
    """Return (phone, name, message block, time) of what a customer writes. Raises BadRequest."""
    if unknown := set(body) - INBOUND_KEYS:
        raise BadRequest(f"There is nothing called {', '.join(sorted(unknown))}.")
    wa_id = number(body.get("from"), "from")
    kind = text(body, "type", 60, "text")
    if not re.fullmatch(r"[A-Za-z_]+", kind):
        raise BadRequest("type must be a word.")
    block: Json = {"type": kind}
    if wamid := text(body, "wamid", 512):
        block["id"] = wamid
    context = body.get("context")
    if context is not None:
        if not isinstance(context, dict):
            raise BadRequest("context must be an object.")
        block["context"] = context
    if kind == "text":
        block["text"] = {"body": text(body, "text", 65_536)}
    raw = body.get("raw")
    if raw is not None:
        if not isinstance(raw, dict):
            raise BadRequest("raw must be an object: the keys of the message that replace or join the built ones.")
        block.update(raw)
    if not isinstance(block.get("type"), str) or not isinstance(block.get("id", ""), str):
        raise BadRequest("type and id must be texts.")
    return wa_id, text(body, "name", 200), block, moment(body, "timestamp")


def history(body: Json) -> list[Json]:
    """Return journal entries for an imported history, oldest first. Raises BadRequest."""
    phones = body.get("phones")
    if not isinstance(phones, list) or len(phones) > MAX_PHONES:
        raise BadRequest(f"phones must be a list of at most {MAX_PHONES} phones.")
    entries: list[Json] = []
    for phone in phones:
        if not isinstance(phone, dict) or not isinstance(phone.get("messages", []), list):
            raise BadRequest("Each phone must be an object with wa_id, name and messages.")
        wa_id, name = number(phone.get("wa_id"), "wa_id"), text(phone, "name", 200)
        for message in phone.get("messages", []):
            entries.append({"wa_id": wa_id, "name": name, "message": past(message)})
            if len(entries) > MAX_MESSAGES:
                raise BadRequest(f"A history may hold at most {MAX_MESSAGES} messages.")
    entries.sort(key=lambda entry: entry["message"]["timestamp"])
    return entries


def past(message: object) -> Json:
    """Return one message of the past. Raises BadRequest."""
    if not isinstance(message, dict):
        raise BadRequest("Each message must be an object.")
    direction = message.get("direction")
    if direction not in HISTORY_STATUSES:
        raise BadRequest("direction must be in (from the customer) or out (from the business).")
    wamid = text(message, "wamid", 512)
    if not wamid:
        raise BadRequest("Each message needs its wamid.")
    status = text(message, "status", 20) or "read"
    if status not in HISTORY_STATUSES[direction]:
        raise BadRequest(f"status of a message that went {direction} cannot be {status}.")
    return {
        "direction": direction,
        "wamid": wamid,
        "type": text(message, "type", 60) or "text",
        "text": text(message, "text", 65_536),
        "timestamp": moment(message, "timestamp"),
        "status": status,
    }
