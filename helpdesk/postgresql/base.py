"""Give up on a server that is frozen or behind a dead network.

The server's own `statement_timeout` cannot ring there, and libpq waits for ever; a few such requests would hold every
thread. So each wait has an end here as well: just above the server's timeouts by default, short where a machine waits
for a 503. After such a silence one thread at a time looks whether the server is back; the others fail at once.
"""

import datetime as dt
import threading
import time
from contextvars import ContextVar
from typing import Any, Self, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import Buffer, PQGen
from psycopg.types.datetime import TimestamptzLoader

# Seconds for one answer of the server. The server's statement_timeout of 15 s rings before the default does.
patience: ContextVar[float] = ContextVar("patience", default=17.0)
# A silence of those who wait no longer than this means that the server is away, not that a statement is slow.
QUICK = 2.0
REST = 1.0


class Silence:
    """Remembers for this process that the server said nothing, and who may look again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away = False
        self._resting_until = 0.0

    def noticed(self) -> None:
        """Note that the server said nothing."""
        self._away = True
        self._resting_until = time.monotonic() + REST

    def ended(self) -> None:
        """Note that the server answers."""
        self._away = False

    def may_look(self) -> bool:
        """Say whether this thread may try to connect; while the server is away one may, after a rest."""
        if not self._away:
            return True
        with self._lock:
            if time.monotonic() < self._resting_until:
                return False
            self._resting_until = time.monotonic() + REST + QUICK
            return True


silence = Silence()
RV = TypeVar("RV")


class Connection(psycopg.Connection[Any]):
    """A connection whose every wait has an end."""

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Connect, unless the server was silent a moment ago. Raises psycopg.OperationalError."""
        if not silence.may_look():
            raise psycopg.OperationalError("the database did not answer a moment ago")
        begun = time.monotonic()
        try:
            made = super().connect(conninfo, **options)
        except psycopg.OperationalError:
            # A refusal comes at once and needs no rest.
            if time.monotonic() - begun > QUICK / 2:
                silence.noticed()
            else:
                silence.ended()
            raise
        silence.ended()
        return made

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server; close the connection when it says nothing. Raises psycopg.OperationalError."""
        limit = patience.get() if timeout is None else timeout
        begun = time.monotonic()
        try:
            return super().wait(gen, interval=interval, timeout=limit)
        except psycopg.OperationalError:
            if timeout is None and time.monotonic() - begun >= limit:
                # Whether it did what we asked for is unknown, and what it still answers would confuse the next one.
                self.pgconn.finish()
                if limit <= QUICK:
                    silence.noticed()
            raise


class _Driver:
    """The psycopg module with our connection."""

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)

    connect = staticmethod(Connection.connect)


class Moment(TimestamptzLoader):
    """Read a moment in UTC; several times as fast as psycopg, which can read every way of writing one."""

    timezone = dt.UTC  # Django asks for it

    def load(self, data: Buffer) -> dt.datetime:
        """Return the moment."""
        try:
            read = dt.datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).astimezone(dt.UTC)
        return read if read.tzinfo is dt.UTC else read.astimezone(dt.UTC)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper around such a connection."""

    Database: Any = _Driver()

    def get_new_connection(self, conn_params: Any) -> Any:
        """Connect, with our way to read moments."""
        made = super().get_new_connection(conn_params)
        made.adapters.register_loader("timestamptz", Moment)
        return made
