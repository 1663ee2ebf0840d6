"""Moments that are told from the one at which the style guide is opened."""

import datetime as dt


def ago(now: dt.datetime, minutes: float) -> dt.datetime:
    """Return a moment in the past."""
    return now - dt.timedelta(minutes=minutes)
