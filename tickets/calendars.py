"""From the rows of business hours to the arithmetic: which calendar holds for a team, and what it computes."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from tickets import rulebook
from tickets.business_time import BusinessTime, WeeklyHours
from tickets.models import BusinessHours


@dataclass(frozen=True)
class Ruler:
    """How a clock measures: in business time, or in wall time where there are no hours."""

    hours: BusinessHours | None

    def after(self, begin: dt.datetime, seconds: float) -> dt.datetime | None:
        """Return when so many seconds have passed; None if never."""
        if self.hours is None:
            return begin + dt.timedelta(seconds=seconds)
        return calendar(self.hours).after(begin, seconds)

    def between(self, begin: dt.datetime, end: dt.datetime) -> float:
        """Return how many seconds lie between."""
        if self.hours is None:
            return (end - begin).total_seconds()
        return calendar(self.hours).seconds_between(begin, end)


def hours_of_team(team_id: int) -> BusinessHours | None:
    """Return the hours a team keeps: its own, else the default ones; None where nobody set any. One query."""
    return rulebook.current().hours_of_team(team_id)


def default_hours() -> BusinessHours | None:
    """Return the hours of teams that have none of their own; None where nobody set any. One query."""
    return rulebook.current().default_hours


def calendar(hours: BusinessHours) -> BusinessTime:
    """Return the calendar of these hours; computed once per version and process."""
    return _calendar(hours.pk, hours.version)


@lru_cache(maxsize=64)
def _calendar(hours_id: int, version: int) -> BusinessTime:
    del version  # part of the key only
    hours = BusinessHours.objects.get(pk=hours_id)
    days: dict[int, list[tuple[int, int]]] = {}
    for interval in hours.intervals.all():
        days.setdefault(interval.weekday, []).append((interval.begins, interval.ends))
    return BusinessTime(
        zone=zoneinfo.ZoneInfo(hours.time_zone),
        hours=WeeklyHours(days),
        holidays=frozenset(hours.holidays.values_list("date", flat=True)),
    )
