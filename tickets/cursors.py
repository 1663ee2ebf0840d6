"""Where a page of the work list ended, as it stands in an address."""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from tickets.worklist import NEVER, STRETCHES


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where a page of the list ended. It carries its moment, so that groups do not shift between two pages."""

    at: dt.datetime
    key: tuple[Any, ...]

    def encode(self) -> str:
        """Return the cursor as it stands in an address."""
        text = json.dumps([self.at.isoformat(), *[_plain(part) for part in self.key]])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor | None":
        """Return the cursor of an address; None for anything else, so that a mangled link shows the first page."""
        try:
            raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            at, *key = raw
            begun = _moment(at)
            if begun.year >= NEVER.year:
                return None
            if len(key) == 2:
                return cls(at=begun, key=(_moment(key[0]), int(key[1])))
            group, priority, due, opened, pk = key
            if int(group) not in range(len(STRETCHES)):
                return None
            return cls(at=begun, key=(int(group), int(priority), _moment(due), _moment(opened), int(pk)))
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, UnicodeDecodeError):
            return None


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at


def _plain(part: Any) -> Any:
    return part.isoformat() if isinstance(part, dt.datetime) else part
