"""Send frames to open pages: ids only, on a thread of its own, and never in anybody's way.

Sending runs on an event loop in a daemon thread, because the caller is a web or worker thread in the middle of its
work; what cannot be sent within a second is dropped, and pages ask for themselves every thirty seconds.
"""

import asyncio
import os
import threading
from collections.abc import Iterable
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.db import transaction

log = structlog.get_logger(__name__)
DEADLINE = 1.0
MAX_UNDER_WAY = 200


def person_group(user_id: int) -> str:
    """Name the group of one person's pages."""
    return f"person-{user_id}"


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

    async def _send(self, groups: tuple[str, ...], event: dict[str, Any]) -> None:
        layer = get_channel_layer()
        assert layer is not None  # noqa: S101 - settings wire one
        try:
            async with asyncio.timeout(DEADLINE):
                for group in groups:
                    await layer.group_send(group, event)
        except Exception as error:  # noqa: BLE001 - Valkey may be away in many ways; pages poll versions then
            log.warning("live_frame_dropped", error=type(error).__name__)
        finally:
            self._under_way -= 1

    def send(self, groups: tuple[str, ...], frame: dict[str, Any]) -> None:
        """Send a frame to groups without waiting for it."""
        self.tell(groups, {"type": "live.frame", "frame": frame})

    def tell(self, groups: tuple[str, ...], event: dict[str, Any]) -> None:
        """Let the sockets of groups know something, without waiting for it."""
        loop = self._running_loop()
        if self._under_way >= MAX_UNDER_WAY:
            return
        self._under_way += 1
        asyncio.run_coroutine_threadsafe(self._send(groups, event), loop)


sender = Sender()


def announce_access(people: Iterable[int]) -> None:
    """Let, after commit, these people's sockets ask at once what they may still hear; else they ask every few seconds.

    For whoever changes a membership, a role, a password or an account, or ends a session.
    """
    groups = tuple(person_group(user_id) for user_id in sorted(set(people)))
    if groups:
        transaction.on_commit(lambda: sender.tell(groups, {"type": "live.access"}))


def announce_alerts(people: Iterable[int]) -> None:
    """Tell, after commit, these people's pages that there is something new for them."""
    groups = tuple(person_group(user_id) for user_id in sorted(set(people)))
    if groups:
        transaction.on_commit(lambda: sender.send(groups, {"type": "alerts"}))
