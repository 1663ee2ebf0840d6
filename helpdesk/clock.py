"""The one clock of the product: aware UTC, so that time can be told in one place."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_told: ContextVar[dt.datetime | None] = ContextVar("told", default=None)


def now() -> dt.datetime:
    """Return the present moment in UTC."""
    return _told.get() or dt.datetime.now(dt.UTC)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the same actions happen at another moment, for the history that the demo begins with."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
