"""The one clock of the product: aware UTC, so that tests can travel through time in one place."""

import datetime as dt


def now() -> dt.datetime:
    """Return the present moment in UTC."""
    return dt.datetime.now(dt.UTC)
