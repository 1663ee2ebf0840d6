"""Say what went wrong in a log that holds no personal data."""

import traceback
from pathlib import Path

FRAMES = 6


def describe(error: BaseException) -> str:
    """Return what was raised and where, without its message.

    PostgreSQL quotes the whole row in the errors of constraints, and with it what a customer wrote.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-FRAMES:]))
    return f"{type(error).__name__} at {where}"
