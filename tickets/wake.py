"""Wake workers up; a wake-up that fails costs a few seconds of delay and nothing else.

What there is to do stands in PostgreSQL, and beat sweeps it. So publishing is bounded in time and every error
is swallowed. After an error the circuit stays open for five seconds: with a frozen broker one request is slow,
the others are not.
"""

import threading
import time

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)
OPEN_FOR = 5.0


class Circuit:
    """Remember that the broker is away, so that nobody waits for it."""

    def __init__(self, open_for: float = OPEN_FOR) -> None:
        self.open_for = open_for
        self._open_until = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Say whether it is worth trying; only one caller tries again when the time is up."""
        with self._lock:
            now = time.monotonic()
            if now < self._open_until:
                return False
            if self._open_until:
                self._open_until = now + self.open_for
            return True

    def succeeded(self) -> None:
        """Close the circuit."""
        with self._lock:
            self._open_until = 0.0

    def failed(self) -> None:
        """Open the circuit."""
        with self._lock:
            self._open_until = time.monotonic() + self.open_for


circuit = Circuit()


def publish(task: str) -> bool:
    """Publish one wake-up now; return whether the broker took it. Never raises, takes about a second at most."""
    if not circuit.allows():
        return False
    try:
        current_app.send_task(task, ignore_result=True, retry=False, expires=30)
    except Exception as error:  # noqa: BLE001 - kombu raises whatever its transports raise; the sweep finds the row
        circuit.failed()
        log.warning("wake_up_not_published", task=task, error=type(error).__name__)
        return False
    circuit.succeeded()
    return True


def wake(task: str) -> None:
    """Publish a wake-up once the transaction has committed."""
    transaction.on_commit(lambda: publish(task))
