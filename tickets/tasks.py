"""Wake-ups of the core: each drains its queue of rows for a bounded time."""

import threading
import time
from collections.abc import Callable

from celery import shared_task

from agents import presence
from helpdesk import clock
from tickets import changes, delivery, focus, read_receipts, wake
from tickets.actions.assignment import ASSIGN_WAITING, assign_next
from tickets.actions.clocks import notice_next
from tickets.actions.lifecycle import close_next

SECONDS = 20.0


def drain(step: Callable[[], bool], *, task: str, seconds: float = SECONDS) -> int:
    """Repeat a step until it says that nothing is left, or until time is up and the task wakes itself again."""
    stop = time.monotonic() + seconds
    done = 0
    while step():
        done += 1
        if time.monotonic() >= stop:
            wake.publish(task)
            break
    return done


class Crew:
    """Those threads of this process that drain one queue of rows: a few, however many wake-ups come.

    One more would only take the interpreter from the others. A wake-up that finds the crew complete leaves word, and
    the first to find nothing left looks once more, so that no row waits for the sweep.
    """

    def __init__(self, most: int) -> None:
        """Take how many may drain at once."""
        self.most = most
        self._lock = threading.Lock()
        self._at_work = 0
        self._word_left = False

    def work(self, drain_all: Callable[[], object]) -> bool:
        """Drain until nothing is left and no word; return whether there was a place in the crew."""
        with self._lock:
            if self._at_work >= self.most:
                self._word_left = True
                return False
            self._at_work += 1
            self._word_left = False
        try:
            drain_all()
            while not self._may_leave():
                drain_all()
        except BaseException:
            with self._lock:
                self._at_work -= 1
            raise
        return True

    def _may_leave(self) -> bool:
        """Leave the crew, unless word was left meanwhile; in one step, so that no word comes between."""
        with self._lock:
            if self._word_left:
                self._word_left = False
                return False
            self._at_work -= 1
            return True


@shared_task(name="tickets.tasks.deliver")
def deliver() -> None:
    """Send what is due."""
    drain(delivery.deliver_next, task="tickets.tasks.deliver")


@shared_task(name="tickets.tasks.settle_unknown")
def settle_unknown() -> None:
    """Look after leases that ran out, deliveries of unknown fate, and reopen windows that ended."""
    drain(delivery.settle_next, task="tickets.tasks.settle_unknown")
    drain(close_next, task="tickets.tasks.settle_unknown")


@shared_task(name="tickets.tasks.notice_clocks")
def notice_clocks() -> None:
    """Warn and record breaches."""
    drain(notice_next, task="tickets.tasks.notice_clocks")


@shared_task(name=ASSIGN_WAITING)
def assign_waiting() -> None:
    """Give tickets that wait in the queue to people who have come or have room again."""
    drain(assign_next, task=ASSIGN_WAITING)


@shared_task(name=read_receipts.TELL_READ)
def tell_read() -> None:
    """Tell contacts what was read."""
    drain(read_receipts.tell_next, task=read_receipts.TELL_READ)


@shared_task(name="tickets.tasks.end_lapsed")
def end_lapsed() -> None:
    """End presence and focus of pages that are gone, at their last sign of life."""
    at = clock.now()
    presence.end_lapsed(at)
    focus.end_lapsed(at)


@shared_task(name="tickets.tasks.forget_changes")
def forget_changes() -> None:
    """Remove what all readers of the log of changes have read."""
    drain(changes.forget_next, task="tickets.tasks.forget_changes", seconds=5.0)
