"""Pieces of a page that are rendered once for all who see the same: rows of the queue, lines of a conversation.

The key is what a piece is given, compared by value, with the language and the time zone it is read in. Nothing has to
be declared out of date: whatever changes makes another key. What was not asked for longest is forgotten first.
What differs each time and changes nothing else, such as the token of a form, is filled in afterwards.
"""

import functools
import secrets
from collections.abc import Callable
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# About 1.5 kB each.
PIECES = 4096
# Stand in a piece for what is filled in afterwards; nobody outside of this process can guess them, or write them.
BLANKS = {name: f"blank-{secrets.token_hex(16)}" for name in ("csrf_token", "next_url")}


def frozen(value: Any) -> Any:
    """Return a value that can be a key; the types are part of it, because safe markup is not the same as its text."""
    if isinstance(value, dict):
        return tuple([(name, frozen(part)) for name, part in value.items()])
    if isinstance(value, list | tuple):
        return tuple([frozen(part) for part in value])
    return str(value) if isinstance(value, Promise) else (value.__class__, value)


class Piece:
    """A template and what it is given; two are equal when they look the same."""

    __slots__ = ("_hash", "key", "make", "name")

    def __init__(self, name: str, key: Any, make: Callable[[], dict[str, Any]]) -> None:
        """Take what decides about the looks, and what makes the values when they are needed."""
        self.name = name
        self.make: Callable[[], dict[str, Any]] | None = make
        self.key = (name, translation.get_language(), timezone.get_current_timezone_name(), key)
        self._hash = hash(self.key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Piece) and self.key == other.key

    def render(self) -> SafeString:
        """Return the markup, once; what it was made of need not be remembered."""
        assert self.make is not None  # noqa: S101 - nobody renders a piece twice
        values, self.make = self.make(), None
        path = self.name if "/" in self.name else f"components/{self.name}"
        return mark_safe(render_to_string(f"{path}.html", values))  # noqa: S308


@functools.lru_cache(maxsize=PIECES)
def _remembered(piece: Piece) -> SafeString:
    return piece.render()


def kept_as(name: str, key: Any, make: Callable[[], dict[str, Any]]) -> SafeString:
    """Render a component whose looks the key decides, in the present language and zone.

    Its values are made only where nothing is remembered; nothing is while templates are being worked on.
    """
    piece = Piece(name, key, make)
    return piece.render() if settings.DEBUG else _remembered(piece)


@register.simple_tag
def kept(which: str, **values: Any) -> SafeString:
    """Render a component that depends on nothing but its parameters, which may be dictionaries of plain values.

    `which` may be the path of another template below `templates/`, without its ending. Of `BLANKS`, which no other
    parameter depends on, each page has its own.
    """
    filled = {name: values[name] for name in BLANKS if name in values}
    values |= {name: BLANKS[name] for name in filled}
    markup = kept_as(which, frozen(values), lambda: values)
    for name, value in filled.items():
        # A blank stands where a template would have escaped the value.
        markup = mark_safe(markup.replace(BLANKS[name], conditional_escape(value)))  # noqa: S308
    return markup
