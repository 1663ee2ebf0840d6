"""The simulator's ASGI application: `uvicorn simulator.asgi:application --host 127.0.0.1 --port 8001`."""

import asyncio
import importlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from types import FrameType
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "simulator.settings"

import django
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_finished, request_started

from simulator import runtime
from simulator.config import Config, ConfigError, is_loopback, requested_bind
from simulator.engine import Simulator
from simulator.journal import JournalError

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

MAX_BODY = 101 * 1024 * 1024  # bytes
DROP = b"x-simulator-drop"
log = logging.getLogger("simulator")

django.setup(set_prefix=False)
# Without a database or a cache these receivers do nothing, but each would cost a change of thread per request.
# They connect when these two modules are first imported.
for module in ("django.core.cache", "django.db"):
    importlib.import_module(module)
request_started.receivers.clear()
request_finished.receivers.clear()


class Handler(ASGIHandler):
    """Django without a thread of its own for every request: no view here needs one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self.handle(scope, receive, send)


handle = Handler()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection, or start and stop the simulator."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        refusal = refuse(scope)
        if refusal is not None:
            await answer(send, *refusal)
        else:
            await handle(scope, receive, dropping(receive, send))


async def lifespan(receive: Receive, send: Send) -> None:
    """Start the simulator before the first connection and stop it after the last."""
    simulator: Simulator | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                simulator = start()
            except (ConfigError, JournalError, OSError) as problem:
                await send({"type": "lifespan.startup.failed", "message": f"The simulator cannot start: {problem}"})
                return
            await send({"type": "lifespan.startup.complete"})
        else:
            if simulator is not None:
                runtime.use(None)
                await simulator.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def start() -> Simulator:
    """Create the simulator of this process. Raises ConfigError, JournalError, OSError."""
    bind = requested_bind(sys.argv, os.environ)
    if not is_loopback(bind):
        raise ConfigError(f"It may listen on 127.0.0.1 only, not on {bind}.")
    simulator = Simulator(Config.from_environ(os.environ))
    simulator.start()
    runtime.use(simulator)
    end_streams_on_signals(simulator)
    return simulator


def end_streams_on_signals(simulator: Simulator) -> None:
    """Close the live pages when the process is told to stop: the server waits for open answers."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        previous = signal.getsignal(number)

        def stop(signum: int, frame: FrameType | None, previous: Any = previous) -> None:
            loop.call_soon_threadsafe(simulator.hub.close)
            if callable(previous):
                previous(signum, frame)

        try:
            signal.signal(number, stop)
        except ValueError:  # not in the main thread: whoever embeds the server ends it
            return


def refuse(scope: Scope) -> tuple[int, str] | None:
    """Return status and sentence when a connection may not be served."""
    server, client = scope.get("server"), scope.get("client")
    if server and not is_loopback(server[0]):
        return 403, "The simulator serves this machine only."
    if client and not is_loopback(client[0]):
        return 403, "The simulator serves this machine only."
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers:
        return 411, "The length of the body is required."
    if not length.isdigit() or int(length) > MAX_BODY:
        return 413, "The body is too large."
    return None


async def answer(send: Send, status: int, sentence: str) -> None:
    """Send a short text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})


def dropping(receive: Receive, send: Send) -> Send:
    """Return a send that cuts the connection, without a byte, for answers marked to be dropped."""
    dropped = False

    async def send_or_drop(message: Mapping[str, Any]) -> None:
        nonlocal dropped
        if message["type"] == "http.response.start" and any(name.lower() == DROP for name, _ in message["headers"]):
            dropped = True
            # uvicorn gives an application no way to hang up, but its request cycle, which owns `receive`, has one.
            transport = getattr(getattr(receive, "__self__", None), "transport", None)
            if transport is None:
                log.error("This server does not let the simulator drop a connection.")
            else:
                transport.abort()
        if not dropped:
            await send(message)

    return send_or_drop
