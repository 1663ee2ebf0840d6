"""Values of a foreign JSON, of which every key may be missing or hold something else. Pure, no database."""

import datetime as dt
from typing import Any

Json = dict[str, Any]
MAX_ID = 255
# Seconds that can be the time of a message: WhatsApp began in 2009.
EARLIEST, LATEST = 1_230_768_000, 4_102_444_800


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
