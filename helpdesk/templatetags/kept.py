"""Pieces of a page that are rendered once for all who see the same: rows of the queue, lines of a conversation.

The key is what a piece is given, compared by value, with the language and the time zone it is read in. Nothing has to
be declared out of date: whatever changes makes another key. What was not asked for longest is forgotten first.
"""

import datetime as dt
import functools
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from helpdesk.templatetags.durations import age, countdown, share_left

register = template.Library()

# About 1.5 kB each.
PIECES = 4096


def frozen(value: Any) -> Any:
    """Return a value that can be a key; the types are part of it, because safe markup is not the same as its text."""
    if isinstance(value, dict):
        return tuple([(name, frozen(part)) for name, part in value.items()])
    if isinstance(value, list | tuple):
        return tuple([frozen(part) for part in value])
    return str(value) if isinstance(value, Promise) else (value.__class__, value)


class Piece:
    """A template with its values; two are equal when they look the same."""

    __slots__ = ("_hash", "key", "name", "values")

    def __init__(self, name: str, values: dict[str, Any], *, now: dt.datetime | None = None, words: Any = ()) -> None:
        """Take what the template is given; the moment counts only by the `words` that it leads to."""
        self.name = name
        self.values = values if now is None else {**values, "now": now}
        self.key = (name, translation.get_language(), timezone.get_current_timezone_name(), frozen(values), words)
        self._hash = hash(self.key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Piece) and self.key == other.key

    def render(self) -> SafeString:
        """Return the markup."""
        return mark_safe(render_to_string(f"components/{self.name}.html", self.values))  # noqa: S308


@functools.lru_cache(maxsize=PIECES)
def _remembered(piece: Piece) -> SafeString:
    return piece.render()


def _markup(piece: Piece) -> SafeString:
    """Return the markup; nothing is remembered while templates are being worked on."""
    return piece.render() if settings.DEBUG else _remembered(piece)


@register.simple_tag
def kept(which: str, **values: Any) -> SafeString:
    """Render a component that depends on nothing but its parameters, which may be dictionaries of plain values."""
    return _markup(Piece(which, values))


@register.simple_tag
def kept_queue_row(row: dict[str, Any], now: dt.datetime, *, current: bool = False) -> SafeString:
    """Render components/queue_row.html; anew when its age or its countdown reads differently."""
    due, started = row["sla"].get("due"), row["sla"].get("started")
    words = (age(row["at"], now), due and countdown(due, now), due and share_left(due, started, now))
    return _markup(Piece("queue_row", {"row": row, "current": current}, now=now, words=words))
