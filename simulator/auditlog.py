"""What happened, for auditors: an index into the journal per kind of entry."""

import asyncio
from array import array
from collections import defaultdict
from typing import Any

from simulator.journal import Journal, Record

LOG_KINDS = ("accepted_send", "webhook", "read", "typing", "inbound")
PRIVATE = frozenset(("k", "shown", "silent"))  # what only the journal needs


class AuditLog:
    """Where the entries of each kind stand in the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._offsets: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))

    def write(self, kind: str, record: dict[str, Any]) -> None:
        """Append an entry."""
        self.note(kind, self._journal.append({"k": kind, **record}))

    def note(self, kind: str, offset: int) -> None:
        """Take in an entry that stands in the journal already."""
        if kind in LOG_KINDS:
            self._offsets[kind].append(offset)

    async def entries(self, kind: str, since: int, limit: int) -> list[dict[str, Any]]:
        """Return entries of one kind from the given index on."""
        offsets = list(self._offsets[kind][since : since + limit])
        await self._journal.commit()
        found = await asyncio.to_thread(self._journal.read, offsets)
        return [{"index": since + number, "kind": kind, **public(record)} for number, record in enumerate(found)]

    def clear(self) -> None:
        """Forget every entry."""
        self._offsets.clear()


def public(record: Record) -> dict[str, Any]:
    """Leave out what only the journal needs."""
    return {key: value for key, value in record.items() if key not in PRIVATE}
