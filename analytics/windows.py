"""After how many days the values of a day are final."""

import datetime as dt
import math

from django.db.models import Max

from analytics.definitions import Kpi
from analytics.periods import today
from tickets.models import Inbox

ONE_DAY = dt.timedelta(days=1)


def window_days(kpi: Kpi) -> int:
    """Return the days of the definition; whether a ticket stays resolved is known when its number no longer reopens.

    One query for that figure, none for all others.
    """
    if kpi.id != "reopen_rate":
        return kpi.window_days
    longest = Inbox.objects.aggregate(longest=Max("reopen_window"))["longest"] or dt.timedelta()
    return max(kpi.window_days, math.ceil(longest / ONE_DAY))


def final_before(kpi: Kpi) -> dt.date:
    """Return the first day that is not final."""
    return today() - window_days(kpi) * ONE_DAY if kpi.window_days else dt.date.max


def last_final_day(kpi: Kpi) -> dt.date:
    """Return the last day that is in the value of a figure; a chat may be saved until its day is over."""
    if kpi.id == "missed_chats":
        return today() - ONE_DAY
    return final_before(kpi) - ONE_DAY if kpi.window_days else dt.date.max
