"""Who looks at which ticket, and who is writing: kept in Valkey with an expiry, lost without harm.

A socket renews its entry while it is open; what a dead process leaves behind expires by itself. Members of the sets
are "user:socket", so that one person with two tabs stays until the second is closed.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import redis
import redis.asyncio
import structlog
from django.conf import settings

from agents.models import User

log = structlog.get_logger(__name__)
VIEWING_FOR = 25.0
WRITING_FOR = 7.0
TIMEOUT = 0.5


def _key(kind: str, ticket_id: int) -> str:
    return f"presence:{kind}:{ticket_id}"


@dataclass(frozen=True)
class Here:
    """The keys of the people at a ticket."""

    viewing: frozenset[int] = frozenset()
    writing: frozenset[int] = frozenset()

    def without(self, user_id: int) -> "Here":
        """Return everybody else."""
        return Here(self.viewing - {user_id}, self.writing - {user_id})


def _people(members: Iterable[bytes]) -> frozenset[int]:
    return frozenset(int(member.split(b":", 1)[0]) for member in members)


# -- From the event loop: sockets come and go --------------------------------------------------------

_clients: dict[int, tuple[asyncio.AbstractEventLoop, redis.asyncio.Redis]] = {}


def _client() -> redis.asyncio.Redis:
    """Return the client of the running loop; connections belong to the loop they were opened in."""
    loop = asyncio.get_running_loop()
    known = _clients.get(id(loop))
    if known is None or known[0] is not loop:
        for key, (other, _client_of_other) in list(_clients.items()):
            if other.is_closed():
                del _clients[key]
        client = redis.asyncio.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
        known = _clients[id(loop)] = (loop, client)
    return known[1]


async def _bounded(work: Callable[[redis.asyncio.Redis], Awaitable[Any]]) -> Any:
    try:
        async with asyncio.timeout(TIMEOUT * 2):
            return await work(_client())
    except (redis.RedisError, OSError, TimeoutError) as error:
        log.warning("presence_unavailable", error=type(error).__name__)
        return None


async def arrive(ticket_id: int, user_id: int, socket: str) -> None:
    """Say, or say again, that somebody looks at a ticket."""

    async def work(client: redis.asyncio.Redis) -> None:
        pipe = client.pipeline(transaction=False)
        pipe.zadd(_key("viewing", ticket_id), {f"{user_id}:{socket}": time.time() + VIEWING_FOR})
        pipe.expire(_key("viewing", ticket_id), int(VIEWING_FOR) + 5)
        await pipe.execute()

    await _bounded(work)


async def leave(ticket_id: int, user_id: int, socket: str) -> None:
    """Say that a socket no longer looks at a ticket."""

    async def work(client: redis.asyncio.Redis) -> None:
        pipe = client.pipeline(transaction=False)
        for kind in ("viewing", "writing"):
            pipe.zrem(_key(kind, ticket_id), f"{user_id}:{socket}")
        await pipe.execute()

    await _bounded(work)


async def write(ticket_id: int, user_id: int, socket: str, *, writing: bool) -> None:
    """Say that somebody types, or has stopped."""

    async def work(client: redis.asyncio.Redis) -> None:
        pipe = client.pipeline(transaction=False)
        member = f"{user_id}:{socket}"
        if writing:
            pipe.zadd(_key("writing", ticket_id), {member: time.time() + WRITING_FOR})
            pipe.expire(_key("writing", ticket_id), int(WRITING_FOR) + 5)
        else:
            pipe.zrem(_key("writing", ticket_id), member)
        await pipe.execute()

    await _bounded(work)


async def here(ticket_id: int) -> Here:
    """Return who is at a ticket."""

    async def work(client: redis.asyncio.Redis) -> Here:
        now = time.time()
        pipe = client.pipeline(transaction=False)
        for kind in ("viewing", "writing"):
            pipe.zrangebyscore(_key(kind, ticket_id), now, "+inf")
        viewing, writing = await pipe.execute()
        return Here(_people(viewing), _people(writing))

    return await _bounded(work) or Here()


# -- From a request: who else is here ----------------------------------------------------------------

_lock = threading.Lock()
_sync: dict[str, redis.Redis] = {}


def _sync_client() -> redis.Redis:
    with _lock:
        client = _sync.get(settings.REDIS_URL)
        if client is None:
            client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
            _sync[settings.REDIS_URL] = client
        return client


def others(ticket_id: int, user: User) -> list[dict[str, Any]]:
    """Return who else is at a ticket, those who write first; nobody when Valkey is away."""
    now = time.time()
    try:
        pipe = _sync_client().pipeline(transaction=False)
        for kind in ("viewing", "writing"):
            pipe.zrangebyscore(_key(kind, ticket_id), now, "+inf")
        viewing, writing = cast("list[list[bytes]]", pipe.execute())
    except (redis.RedisError, OSError):
        return []
    at = Here(_people(viewing), _people(writing)).without(user.pk)
    if not at.viewing and not at.writing:
        return []
    people = User.objects.filter(pk__in=at.viewing | at.writing, is_active=True)
    return sorted(
        (
            {
                "name": person.short_name,
                "full_name": person.name,
                "key": person.name,
                "doing": "writing" if person.pk in at.writing else "viewing",
            }
            for person in people
        ),
        key=lambda one: (one["doing"] != "writing", one["name"]),
    )
