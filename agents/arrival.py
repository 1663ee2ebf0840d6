"""Somebody opens a page: that is a sign of life, and the frame of the page says how they stand and what is unread."""

import datetime as dt
from typing import NamedTuple

from django.db import connection

from agents import notify, presence
from agents.models import User


class Arrival(NamedTuple):
    """The state in which a page was opened, and how many alerts wait there, counted no further than 100."""

    state: str
    unread: int


NOBODY = Arrival("", 0)
QUESTION = f"SELECT ({presence.JUST_SEEN}), ({notify.UNREAD})"


def of(user: User, at: dt.datetime) -> Arrival:
    """Note that this person opened a page; one question in most cases."""
    # In SQL, because every page asks.
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, {"user": user.pk, "just_now": at - presence.WRITE_EVERY})
        state, unread = cursor.fetchone() or (None, 0)
    if state is None:
        presence.beat(user.pk, at)
        state = presence.state_of(user.pk, at)
    return Arrival(str(state), int(unread))
