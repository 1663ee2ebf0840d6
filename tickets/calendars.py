"""From the rows of business hours to the arithmetic: which calendar holds for a team, and what it computes."""

import zoneinfo
from functools import lru_cache

from tickets.business_time import BusinessTime, WeeklyHours
from tickets.models import BusinessHours, TeamHours


def hours_of_team(team_id: int) -> BusinessHours | None:
    """Return the hours a team keeps: its own, else the default ones; None where nobody set any. One or two queries."""
    own = TeamHours.objects.select_related("hours").filter(team_id=team_id).first()
    if own is not None:
        return own.hours
    return default_hours()


def default_hours() -> BusinessHours | None:
    """Return the hours of teams that have none of their own; None where nobody set any. One query."""
    return BusinessHours.objects.filter(is_default=True).first()


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
