"""Business time as it was promised: versions of business hours are kept, because tickets remember the version."""

import datetime as dt
import zoneinfo
from functools import lru_cache

from django.db.models import Exists, OuterRef

from analytics.models import CalendarVersion
from tickets.business_time import BusinessTime, WeeklyHours
from tickets.models import BusinessHours


def archive() -> None:
    """Keep the present version of all business hours; one query when nothing is new."""
    known = CalendarVersion.objects.filter(hours=OuterRef("pk"), version=OuterRef("version"))
    for hours in BusinessHours.objects.filter(~Exists(known)).prefetch_related("intervals", "holidays"):
        definition = {
            "zone": hours.time_zone,
            "intervals": [[one.weekday, one.begins, one.ends] for one in hours.intervals.all()],
            "holidays": [holiday.date.isoformat() for holiday in hours.holidays.all()],
        }
        CalendarVersion.objects.get_or_create(
            hours=hours.pk, version=hours.version, defaults={"definition": definition}
        )


@lru_cache(maxsize=64)
def _calendar(hours: int, version: int) -> BusinessTime | None:
    versions = CalendarVersion.objects.filter(hours=hours)
    # A version that nobody kept is measured by the one that came after it.
    kept = versions.filter(version__gte=version).order_by("version").first() or versions.order_by("-version").first()
    if kept is None:
        return None
    days: dict[int, list[tuple[int, int]]] = {}
    for weekday, begins, ends in kept.definition["intervals"]:
        days.setdefault(weekday, []).append((begins, ends))
    return BusinessTime(
        zone=zoneinfo.ZoneInfo(kept.definition["zone"]),
        hours=WeeklyHours(days),
        holidays=frozenset(dt.date.fromisoformat(day) for day in kept.definition["holidays"]),
    )


def business_seconds(hours: tuple[int, int] | None, begin: dt.datetime, end: dt.datetime) -> float:
    """Return the business seconds between two moments; all seconds where nobody set hours."""
    calendar = _calendar(*hours) if hours else None
    if calendar is None:
        return (end - begin).total_seconds()
    return calendar.seconds_between(begin, end)
