"""Wake workers up; a wake-up that fails costs a few seconds of delay and nothing else.

What there is to do stands in PostgreSQL, and beat sweeps it. So nobody waits for the broker: the caller leaves the
task's name on a slip, and one thread per process publishes it. Many slips of one name are one wake-up. After an
error the thread rests for five seconds, and what was on the slips meanwhile is left to the sweep.
"""

import os
import threading
import time

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)
REST = 5.0
# A wake-up costs a few milliseconds of this process; of a busy one twenty a second are plenty.
SPACING = 0.05


class Waker:
    """One thread per process, and the names of the tasks it shall wake."""

    def __init__(self) -> None:
        self._pid = 0
        self._slips: set[str] = set()
        self._work = threading.Condition()
        self._resting_until = 0.0

    def publish(self, task: str) -> None:
        """Leave a slip; returns at once, whatever the broker does."""
        with self._work:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._slips.clear()
                threading.Thread(target=self._run, name="waker", daemon=True).start()
            self._slips.add(task)
            self._work.notify()

    def _run(self) -> None:
        while True:
            with self._work:
                while not self._slips:
                    self._work.wait()
                tasks = sorted(self._slips)
                self._slips.clear()
            if time.monotonic() < self._resting_until:
                continue
            for task in tasks:
                if not self._send(task):
                    self._resting_until = time.monotonic() + REST
                    break
            time.sleep(SPACING)

    @staticmethod
    def _send(task: str) -> bool:
        try:
            current_app.send_task(task, ignore_result=True, retry=False, expires=30)
        except Exception as error:  # noqa: BLE001 - kombu raises whatever its transports raise; the sweep finds the row
            log.warning("wake_up_not_published", task=task, error=type(error).__name__)
            return False
        return True


waker = Waker()


def publish(task: str) -> None:
    """Wake a task's worker now, outside any transaction."""
    waker.publish(task)


def wake(task: str) -> None:
    """Wake a task's worker once the transaction has committed."""
    transaction.on_commit(lambda: waker.publish(task))
