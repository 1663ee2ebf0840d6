"""The one socket of a page: it hears which tickets changed, and says which one is looked at.

Frames carry ids only; a page that hears of a change fetches the fragment with its own permissions. Whoever
changes somebody's account, role or teams tells their sockets, which ask at once what their person may still hear; every
few seconds they ask by themselves, whatever was changed and however, and say that their person is here.
"""

import asyncio
import random
import secrets
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error
from django.utils.crypto import constant_time_compare
from redis.exceptions import RedisError

from agents.live import person_group
from agents.models import Membership, User
from agents.presence import beat
from helpdesk import clock
from tickets import focus, presence, read_receipts, wake
from tickets.actions.assignment import ASSIGN_WAITING
from tickets.live import EVERYTHING, team_group, ticket_group
from tickets.models import Ticket

BEAT_SECONDS = 8.0
MAX_FRAME = 2000
# However often a page says that its ticket is before somebody's eyes, it is written no more often than this.
FOCUS_SECONDS = 2.0
# Close codes of our own: log in again; do not come back soon.
SIGNED_OUT = 4401


def groups_of(session_key: str) -> tuple[int, frozenset[str]] | None:
    """Return whose session this is and which groups they belong in; None when they may not be here any more."""
    session = SessionStore(session_key)
    user = User.objects.filter(pk=session.get(SESSION_KEY, 0), is_active=True).first()
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    if user.sees_everything:
        return user.pk, frozenset({EVERYTHING, person_group(user.pk)})
    teams = Membership.objects.filter(user=user).values_list("team_id", flat=True)
    return user.pk, frozenset({person_group(user.pk), *(team_group(team) for team in teams)})


def renew(session_key: str) -> tuple[int, frozenset[str]] | None:
    """Ask whose session this is, and note that they are here."""
    found = groups_of(session_key)
    if found is not None and beat(found[0], clock.now()):
        wake.publish(ASSIGN_WAITING)
    return found


def look_at(user_id: int, ticket_id: int, *, composing: bool) -> None:
    """Note that somebody works at a ticket now, and has read what stands there."""
    if focus.beat(user_id, ticket_id, composing=composing, at=clock.now()):
        read_receipts.note(ticket_id)


def look_away(user_id: int, ticket_id: int) -> None:
    """Note that somebody closed a ticket."""
    focus.settle(ticket_id, clock.now(), user_id=user_id)


def may_read(user_id: int, ticket_id: int) -> bool:
    """Say whether this person may look at this ticket."""
    user = User.objects.filter(pk=user_id).first()
    return user is not None and Ticket.objects.visible_to(user).filter(pk=ticket_id).exists()


class AgentConsumer(AsyncJsonWebsocketConsumer):
    """One tab of one agent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id = 0
        self.session_key = ""
        self.joined: frozenset[str] = frozenset()
        self.watched: int | None = None
        self.focused = False
        self.focus_again = 0.0
        self.last_seen = presence.Here()
        self.beat: asyncio.Task[None] | None = None
        self.looking_after = asyncio.Lock()
        self.socket = secrets.token_hex(4)

    async def connect(self) -> None:
        """Let those in who are logged in."""
        self.session_key = getattr(self.scope.get("session"), "session_key", None) or ""
        found = await database_sync_to_async(renew)(self.session_key) if self.session_key else None
        await self.accept()
        if found is None:
            await self.close(SIGNED_OUT)
            return
        self.user_id, groups = found
        await self._join(groups)
        self.beat = asyncio.create_task(self._keep_beating())
        await self.send_json({"type": "hello"})

    async def disconnect(self, code: int) -> None:
        """Leave without a trace."""
        del code
        if self.beat is not None:
            self.beat.cancel()
        await self._unwatch()
        await self._join(frozenset())

    async def _join(self, groups: frozenset[str]) -> None:
        for group in groups - self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.joined - groups:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.joined = groups

    # -- What the page says --------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Ignore what is no small JSON object; a page of ours sends nothing else."""
        if text_data is None or bytes_data is not None or len(text_data) > MAX_FRAME:
            return
        with suppress(ValueError, RecursionError):
            await super().receive(text_data=text_data, **kwargs)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Take one frame of the page."""
        del kwargs
        if not isinstance(content, dict):
            return
        ticket_id = content.get("ticket")
        if content.get("type") == "unwatch":
            await self._unwatch()
        elif not isinstance(ticket_id, int) or not 0 < ticket_id < 2**62:
            return
        elif content.get("type") == "watch":
            await self._watch(ticket_id)
        elif content.get("type") == "typing" and ticket_id == self.watched:
            await presence.write(ticket_id, self.user_id, self.socket, writing=content.get("on") is not False)
            await self._tell_watchers(ticket_id)
        elif content.get("type") == "focus" and ticket_id == self.watched:
            await self._look_at(ticket_id, composing=content.get("composing") is True)

    async def _look_at(self, ticket_id: int, *, composing: bool) -> None:
        """Let the time count as work at this ticket; without the database it does not count, and no more."""
        moment = asyncio.get_running_loop().time()
        if moment < self.focus_again:
            return
        self.focused, self.focus_again = True, moment + FOCUS_SECONDS
        with suppress(Error):
            await database_sync_to_async(look_at)(self.user_id, ticket_id, composing=composing)

    async def _watch(self, ticket_id: int) -> None:
        if ticket_id == self.watched:
            return
        await self._unwatch()
        if not await database_sync_to_async(may_read)(self.user_id, ticket_id):
            return
        self.watched = ticket_id
        await self.channel_layer.group_add(ticket_group(ticket_id), self.channel_name)
        await presence.arrive(ticket_id, self.user_id, self.socket)
        await self._tell_watchers(ticket_id)
        await self._look_around()

    async def _unwatch(self) -> None:
        if self.watched is None:
            return
        ticket_id, self.watched = self.watched, None
        if self.focused:
            self.focused, self.focus_again = False, 0.0
            with suppress(Error):
                await database_sync_to_async(look_away)(self.user_id, ticket_id)
        await self.channel_layer.group_discard(ticket_group(ticket_id), self.channel_name)
        await presence.leave(ticket_id, self.user_id, self.socket)
        await self._tell_watchers(ticket_id)
        self.last_seen = presence.Here()

    async def _tell_watchers(self, ticket_id: int) -> None:
        with suppress(Exception):
            await self.channel_layer.group_send(ticket_group(ticket_id), {"type": "live.presence", "ticket": ticket_id})

    # -- What the page hears -------------------------------------------------------------------------

    async def live_frame(self, event: dict[str, Any]) -> None:
        """Pass a change on."""
        await self.send_json(event["frame"])

    async def live_presence(self, event: dict[str, Any]) -> None:
        """Look who is here, when somebody came, went, or began to write."""
        if event["ticket"] == self.watched:
            await self._look_around()

    async def live_access(self, event: dict[str, Any]) -> None:
        """Ask at once what the person may still hear, because somebody changed it."""
        del event
        with suppress(Error, RedisError, OSError):
            if not await self._look_after():
                await self.close(SIGNED_OUT)

    async def _look_around(self) -> None:
        """Tell the page when the others at its ticket are not those it knows."""
        if self.watched is None:
            return
        here = (await presence.here(self.watched)).without(self.user_id)
        if here != self.last_seen:
            self.last_seen = here
            await self.send_json({"type": "presence", "ticket": self.watched})

    async def _keep_beating(self) -> None:
        """Check and renew for as long as the socket is open; the moments of many sockets are spread."""
        while True:
            await asyncio.sleep(BEAT_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load
            # Without the database or Valkey nobody can be asked; it is asked again.
            with suppress(Error, RedisError, OSError):
                if not await self._look_after():
                    await self.close(SIGNED_OUT)
                    return

    async def _look_after(self) -> bool:
        """Let the person hear and see what they may now; return whether they may be here at all."""
        # One after the other: what was asked earlier must not be applied later.
        async with self.looking_after:
            found = await database_sync_to_async(renew)(self.session_key)
            if found is None or found[0] != self.user_id:
                return False
            await self._join(found[1])
        if self.watched is None:
            return True
        if await database_sync_to_async(may_read)(self.user_id, self.watched):
            await presence.arrive(self.watched, self.user_id, self.socket)
            await self._look_around()
        else:
            await self._unwatch()
        return True
