"""Wakes the open phone pages when something changed."""

import asyncio
from collections import defaultdict

EVERYBODY = ""  # the key of pages that show the list of customers
MAX_WATCHERS = 200


class TooManyWatchers(Exception):
    """No further page can be kept up to date."""


class Hub:
    """Who looks at which phone."""

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._count = 0
        self.closed = False

    def join(self, wa_id: str) -> asyncio.Event:
        """Return an event that is set on every change of this phone. Raises TooManyWatchers."""
        if self.closed or self._count >= MAX_WATCHERS:
            raise TooManyWatchers
        event = asyncio.Event()
        self._watchers[wa_id].add(event)
        self._count += 1
        return event

    def leave(self, wa_id: str, event: asyncio.Event) -> None:
        """Stop waking."""
        self._watchers[wa_id].discard(event)
        self._count -= 1
        if not self._watchers[wa_id]:
            del self._watchers[wa_id]

    def watched(self, wa_id: str) -> bool:
        """Say whether the phone is open on a screen."""
        return bool(self._watchers.get(wa_id))

    def wake(self, wa_id: str) -> None:
        """Tell everybody who shows this phone."""
        for key in (wa_id, EVERYBODY):
            for event in self._watchers.get(key, ()):
                event.set()

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        for events in self._watchers.values():
            for event in events:
                event.set()
