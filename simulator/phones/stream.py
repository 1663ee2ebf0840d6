"""Server-sent events that keep an open page up to date."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator

from django.template.loader import render_to_string
from django.utils import translation

from simulator.engine import Simulator
from simulator.live import EVERYBODY
from simulator.phones import presentation
from simulator.state import Phone

HEARTBEAT = 15.0  # seconds
SETTLE = 0.15  # seconds in which further changes of the list join one update
EPOCH = secrets.token_hex(4)  # revisions start anew with the process


def event(name: str, data: str, identity: str = "") -> bytes:
    """Return one event of the stream."""
    lines = [f"id: {identity}"] if identity else []
    lines += [f"event: {name}", *(f"data: {line}" for line in data.splitlines() or [""])]
    return ("\n".join(lines) + "\n\n").encode()


def position(revision: int) -> str:
    """Return the id of the newest state that a page has seen."""
    return f"{EPOCH}-{revision}"


def revision_of(identity: str) -> int:
    """Return the revision in such an id, or 0 when it is from another life of the process."""
    epoch, _, revision = identity.partition("-")
    return int(revision) if epoch == EPOCH and revision.isascii() and revision.isdigit() else 0


async def chat(simulator: Simulator, phone: Phone, after: int, language: str) -> AsyncIterator[bytes]:
    """Yield what changes on one phone, until the page goes away. Raises TooManyWatchers at the first step."""
    woken = simulator.hub.join(phone.wa_id)
    try:
        yield b"retry: 1000\n\n"
        simulator.opened(phone.wa_id)
        typing: bool | None = None
        failing: bool | None = None
        while not simulator.hub.closed:
            woken.clear()
            seen, after = after, simulator.world.revision
            phone = simulator.world.phones.get(phone.wa_id, phone)
            with translation.override(language):
                changed = presentation.bubbles(simulator, phone, seen)
            for shown in changed:
                yield event("bubble", presentation.render_bubble(shown, language), position(after))
            was_typing, typing = typing, presentation.typing(phone)
            if typing is not was_typing:
                yield event("typing", str(int(typing)))
            was_failing, failing = failing, simulator.faults.fail_next is not None
            if failing is not was_failing:
                yield event("failing", str(int(failing)))
            patience = min(HEARTBEAT, max(0.1, phone.typing_until - time.time())) if typing else HEARTBEAT
            try:
                await asyncio.wait_for(woken.wait(), patience)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        simulator.hub.leave(phone.wa_id, woken)


async def customers(simulator: Simulator, language: str) -> AsyncIterator[bytes]:
    """Yield the list of customers whenever it changes. Raises TooManyWatchers at the first step."""
    woken = simulator.hub.join(EVERYBODY)
    try:
        yield b"retry: 1000\n\n"
        while not simulator.hub.closed:
            woken.clear()
            with translation.override(language):
                context = {"customers": presentation.customers(simulator)}
                yield event("customers", render_to_string("simulator/customers.html", context))
            try:
                await asyncio.wait_for(woken.wait(), HEARTBEAT)
                await asyncio.sleep(SETTLE)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        simulator.hub.leave(EVERYBODY, woken)
