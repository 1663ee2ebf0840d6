"""From the event loop to Django's few threads: nobody outside may hold a thread, and machines always get an answer.

A thread is taken only once the whole body is here, so a body that drips holds a socket and nothing else. A webhook is
answered within two seconds even while every thread waits for a database that says nothing; whether it is stored after
all does not matter then, because Meta sends it again and a copy has no effect.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from helpdesk.postgresql.base import patience

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LIVE = "/healthz/live"
MACHINES = ("/webhooks/", "/healthz/")
BODY_SECONDS = 20.0
MACHINE_SECONDS = 1.75
# Seconds that one answer of the database may take. Locks are waited for at most five seconds.
MACHINE_PATIENCE = 1.0
PAGE_PATIENCE = 6.0


class Late(Exception):
    """The body did not come in time."""


class Gone(Exception):
    """The client went away before its body was here."""


class Bridge:
    """Wraps the application that runs in threads."""

    def __init__(self, app: App, *, max_body: int) -> None:
        """Take the application and the size up to which a body is gathered; it decides about larger ones."""
        self._app = app
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        # WSGI cannot tell underscores in a header's name from dashes.
        scope = {**scope, "headers": [pair for pair in scope["headers"] if b"_" not in pair[0]]}
        if scope["path"] == LIVE and scope["method"] in {"GET", "HEAD"}:
            await answer(send, 200, b"ok")
            return
        try:
            body = await self._gather(scope, receive)
        except Late:
            await answer(send, 408, b"the body did not arrive in time")
            return
        except Gone:
            return
        if scope["path"].startswith(MACHINES):
            await self._in_time(scope, once(body), send)
        else:
            patience.set(PAGE_PATIENCE)
            await self._app(scope, once(body), send)

    async def _gather(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body; of one that is too large nothing, or as much as shows that it is."""
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced[:20]) > self._max_body:
            return b""
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while size <= self._max_body:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Gone
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            raise Late from None
        return b"".join(parts)

    async def _in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a machine; say 503 when that takes too long, and let the thread come to its own end."""
        patience.set(MACHINE_PATIENCE)
        begun = late = False

        async def send_in_time(message: Message) -> None:
            nonlocal begun
            if not late:
                begun = True
                await send(message)

        work = asyncio.ensure_future(self._app(scope, receive, send_in_time))
        await asyncio.wait({work}, timeout=MACHINE_SECONDS)
        if not work.done() and not begun:
            late = True
            await answer(send, 503, b"busy", (b"retry-after", b"5"))
        await work


def once(body: bytes) -> Receive:
    """Return a receive that hands over this body, then says that the client is gone."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return left.pop() if left else {"type": "http.disconnect"}

    return receive


async def answer(send: Send, status: int, text: bytes, *headers: tuple[bytes, bytes]) -> None:
    """Send a short text that nobody keeps; an unread body behind it is not waited for."""
    fixed = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    closing = [(b"connection", b"close")] if status == 408 else []
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *closing, *headers]})
    await send({"type": "http.response.body", "body": text})
