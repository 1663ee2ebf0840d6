"""Pages by key: a page begins behind the last row of the one before, so new rows never shift it; nothing is counted."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from agents.api.fields import Input

M = TypeVar("M", bound=Model)
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_KEY = 2**63


class PageQuery(Input):
    """What every list understands."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT, help_text="Rows of a page, 200 at most."
    )
    cursor = serializers.CharField(max_length=300, required=False, help_text="From “next” of the page before.")


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: the order, its value there, and its key."""

    order: str
    value: dt.datetime | None
    pk: int

    def encode(self) -> str:
        """Return it as an opaque word."""
        parts = [self.order, self.value.isoformat() if self.value else None, self.pk]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str, order: str) -> "Cursor":
        """Read a word. Raises ValidationError when it is none of ours, or of another order."""
        try:
            padded = word.encode("ascii") + b"=" * (-len(word) % 4)
            found, raw, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            value = parse_datetime(raw) if isinstance(raw, str) else None
        except (binascii.Error, ValueError, TypeError, RecursionError):
            found, raw, value, pk = None, None, None, None
        timed = order.lstrip("-") != "id"
        known = found == order and type(pk) is int and 0 <= pk < MAX_KEY
        if not known or timed is (value is None) or (value is not None and value.tzinfo is None):
            text = _("This cursor belongs to another list or another order; begin without one.")
            raise serializers.ValidationError({"cursor": [text]})
        return cls(order, value, pk)


@dataclass(frozen=True)
class Page:
    """Rows, and where the next ones are."""

    rows: Sequence[Any]
    next: Cursor | None


def page(rows: QuerySet[M], *, order: str, limit: int, cursor: str | None) -> Page:
    """Return one page of rows in this order ("id", "-id", or the name of a time column); one query."""
    name = order.lstrip("-")
    back = order.startswith("-")
    beyond, direction = ("lt", "-") if back else ("gt", "")
    if cursor:
        last = Cursor.decode(cursor, order)
        after = Q(**{f"pk__{beyond}": last.pk})
        if name != "id":
            # Both conditions on the time, so that an index on it is used.
            after = Q(**{f"{name}__{beyond}e": last.value}) & (Q(**{f"{name}__{beyond}": last.value}) | after)
        rows = rows.filter(after)
    keys = [f"{direction}pk"] if name == "id" else [order, f"{direction}pk"]
    found = list(rows.order_by(*keys)[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last_row = found[limit - 1]
    value = None if name == "id" else getattr(last_row, name)
    return Page(found[:limit], Cursor(order, value, last_row.pk))


def next_url(request: Request, cursor: Cursor) -> str:
    """Return the address of the next page: this one with another cursor."""
    query = request.query_params.copy()
    query["cursor"] = cursor.encode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


@cache
def page_of(row: Callable[..., serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the serializer of a page of such rows, for the schema."""
    name = getattr(row, "__name__", "Row").removesuffix("Serializer")
    fields = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True, help_text="The next page; null behind the last row."),
    }
    return type(f"{name}PageSerializer", (serializers.Serializer,), fields)
