"""From the rows of business hours to the arithmetic: which calendar holds for a team, and what it computes.

Hours that change leave their old version behind: a clock is measured by the calendar that wrote its due time.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tickets import rulebook
from tickets.business_time import BusinessTime, WeeklyHours
from tickets.models import BusinessHours, BusinessHoursVersion, SlaClock


@dataclass(frozen=True)
class Ruler:
    """How a clock measures: in business time, or in wall time where there are no hours."""

    hours: BusinessHours | None
    version: int | None = None

    def after(self, begin: dt.datetime, seconds: float) -> dt.datetime | None:
        """Return when so many seconds have passed; None if never."""
        if self.hours is None:
            return begin + dt.timedelta(seconds=seconds)
        return calendar(self.hours, self.version).after(begin, seconds)

    def between(self, begin: dt.datetime, end: dt.datetime) -> float:
        """Return how many seconds lie between."""
        if self.hours is None:
            return (end - begin).total_seconds()
        return calendar(self.hours, self.version).seconds_between(begin, end)


def hours_of_team(team_id: int) -> BusinessHours | None:
    """Return the hours a team keeps: its own, else the default ones; None where nobody set any. One query."""
    return rulebook.current().hours_of_team(team_id)


def default_hours() -> BusinessHours | None:
    """Return the hours of teams that have none of their own; None where nobody set any. One query."""
    return rulebook.current().default_hours


def ruler_of(clock: SlaClock) -> Ruler:
    """Return what a clock is measured with: the hours as they were when its due time was written."""
    return Ruler(clock.hours, clock.hours_version)


def calendar(hours: BusinessHours, version: int | None = None) -> BusinessTime:
    """Return the calendar of these hours, as they are or were in a version; computed once per version and process."""
    return _calendar(hours.pk, version or hours.version)


def keep_version(hours_id: int) -> None:
    """Keep hours as they stand in the database, because they are about to change."""
    hours = BusinessHours.objects.get(pk=hours_id)
    BusinessHoursVersion.objects.get_or_create(
        hours=hours, version=hours.version, defaults={"definition": _definition(hours)}
    )


def _definition(hours: BusinessHours) -> dict[str, Any]:
    return {
        "zone": hours.time_zone,
        "intervals": [[one.weekday, one.begins, one.ends] for one in hours.intervals.all()],
        "holidays": [one.isoformat() for one in hours.holidays.values_list("date", flat=True)],
    }


@lru_cache(maxsize=64)
def _calendar(hours_id: int, version: int) -> BusinessTime:
    # In this order: who changes hours keeps their version in the same transaction, so a change between is noticed.
    definition = _definition(BusinessHours.objects.get(pk=hours_id))
    # A version that nobody kept is measured by the one that came after it.
    kept = BusinessHoursVersion.objects.filter(hours_id=hours_id, version__gte=version).order_by("version").first()
    definition = kept.definition if kept else definition
    days: dict[int, list[tuple[int, int]]] = {}
    for weekday, begins, ends in definition["intervals"]:
        days.setdefault(weekday, []).append((begins, ends))
    return BusinessTime(
        zone=zoneinfo.ZoneInfo(definition["zone"]),
        hours=WeeklyHours(days),
        holidays=frozenset(dt.date.fromisoformat(day) for day in definition["holidays"]),
    )
