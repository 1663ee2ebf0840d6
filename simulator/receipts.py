"""When a phone reports that a message was sent, delivered, read, or failed."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from functools import partial

from simulator.faults import FailNext
from simulator.state import Message

SENT, DELIVERED, READ_ON_SCREEN, READ_ALONE = 0.02, 0.15, 0.7, 1.2  # seconds after the step before
SHUFFLED = ("sent", "delivered", "read")
RESUME_WITHIN = 24 * 3600  # seconds: receipts of older sends are not made up after a restart

Emit = Callable[[Sequence[Message], str, FailNext | None], None]


class Receipts:
    """Timers for the receipts of accepted sends."""

    def __init__(self, emit: Emit, reads_at_once: Callable[[Message], bool], reads_alone: Callable[[Message], bool]):
        self._emit = emit
        self._reads_at_once = reads_at_once
        self._reads_alone = reads_alone
        self._timers: set[asyncio.TimerHandle] = set()

    def start(self, message: Message, failure: FailNext | None = None, *, shuffled: bool = False) -> None:
        """Begin the receipts of a message that was just accepted."""
        if failure is not None:
            self._after(SENT, lambda: self._emit([message], "failed", failure))
        elif message.silent:
            return
        elif message.type == "reaction":
            self._after(SENT, lambda: self._emit([message], "sent", None))
        elif shuffled:
            order = list(SHUFFLED)
            while tuple(order) == SHUFFLED:
                random.shuffle(order)
            for position, status in enumerate(order):
                self._after(SENT + position * SENT, partial(self._emit, [message], status, None))
        else:
            self._after(SENT, lambda: self.sent(message))

    def sent(self, message: Message) -> None:
        """Report `sent`; delivery follows."""
        self._emit([message], "sent", None)
        self._after(DELIVERED, lambda: self._delivered(message))

    def _delivered(self, message: Message) -> None:
        self._emit([message], "delivered", None)
        if self._reads_at_once(message):
            self._after(READ_ON_SCREEN, lambda: self.read([message]))
        elif self._reads_alone(message):
            self._after(READ_ALONE, lambda: self.read([message]))

    def read(self, messages: Sequence[Message]) -> None:
        """Report in one webhook that these messages have been seen."""
        if unread := [message for message in messages if message.status != "read" and not message.silent]:
            self._emit(unread, "read", None)

    def resume(self, message: Message) -> None:
        """Go on after a restart where the receipts of a message had stopped."""
        if message.mine or message.silent or time.time() - message.at > RESUME_WITHIN:
            return
        if message.status == "accepted":
            self.start(message)
        elif message.status == "sent" and message.type != "reaction":
            self._after(DELIVERED, lambda: self._delivered(message))
        elif message.status == "delivered" and self._reads_alone(message):
            self._after(READ_ALONE, lambda: self.read([message]))

    def clear(self) -> None:
        """Stop every timer."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)
