"""Tell open pages that something changed: ids only, after commit, and never in anybody's way.

Frames carry no content. A page that hears of a change asks for the fragment with its own permissions.
Sending runs on a thread of its own with an event loop, because the caller is a web or worker thread in the middle
of its work; what cannot be sent within a second is dropped, and pages compare versions every thirty seconds.
"""

import asyncio
import os
import threading
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.db import transaction

from tickets.models import Ticket

log = structlog.get_logger(__name__)
EVERYTHING = "everything"
DEADLINE = 1.0
MAX_UNDER_WAY = 200


def team_group(team_id: int) -> str:
    """Name the group of those who work in a team."""
    return f"team-{team_id}"


def ticket_group(ticket_id: int) -> str:
    """Name the group of those who look at a ticket."""
    return f"ticket-{ticket_id}"


class Sender:
    """One event loop in one daemon thread per process."""

    def __init__(self) -> None:
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._under_way = 0

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._pid = os.getpid()
                self._under_way = 0
                threading.Thread(target=self._loop.run_forever, name="live", daemon=True).start()
            return self._loop

    async def _send(self, groups: tuple[str, ...], frame: dict[str, Any]) -> None:
        layer = get_channel_layer()
        assert layer is not None  # noqa: S101 - settings wire one
        try:
            async with asyncio.timeout(DEADLINE):
                for group in groups:
                    await layer.group_send(group, {"type": "live.frame", "frame": frame})
        except Exception as error:  # noqa: BLE001 - Valkey may be away in many ways; pages poll versions then
            log.warning("live_frame_dropped", error=type(error).__name__)
        finally:
            self._under_way -= 1

    def send(self, groups: tuple[str, ...], frame: dict[str, Any]) -> None:
        """Send a frame to groups without waiting for it."""
        loop = self._running_loop()
        if self._under_way >= MAX_UNDER_WAY:
            return
        self._under_way += 1
        asyncio.run_coroutine_threadsafe(self._send(groups, frame), loop)


sender = Sender()


def announce(ticket: Ticket, *, also_teams: tuple[int, ...] = ()) -> None:
    """Tell, after commit, everybody who may see this ticket that it has a new version."""
    frame = {"type": "ticket", "ticket": ticket.pk, "version": ticket.version, "team": ticket.team_id}
    teams = {ticket.team_id, *also_teams}
    groups = (EVERYTHING, ticket_group(ticket.pk), *(team_group(team) for team in sorted(teams)))
    transaction.on_commit(lambda: sender.send(groups, frame))
