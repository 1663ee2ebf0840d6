"""What a calendar looks like and how it counts, for hours that are stored and for hours that are being written."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.actions.hours import HoursPlan
from tickets.business_time import DAY_MINUTES, BusinessTime, WeeklyHours

MONDAY = dt.date(2024, 1, 1)


def calendar_of(plan: HoursPlan) -> BusinessTime:
    """Return the arithmetic of planned hours."""
    days: dict[int, list[tuple[int, int]]] = {}
    for weekday, begins, ends in plan.week:
        days.setdefault(weekday, []).append((begins, ends))
    zone = zoneinfo.ZoneInfo(plan.time_zone)
    return BusinessTime(zone=zone, hours=WeeklyHours(days), holidays=frozenset(date for date, _name in plan.holidays))


def workspace_zone() -> zoneinfo.ZoneInfo:
    """Return the zone of the installation, for what has no hours."""
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def moment(at: dt.datetime, zone: dt.tzinfo) -> str:
    """Write a moment of the near future with its day: “Mon 23 Nov, 09:30”."""
    return formats.date_format(at.astimezone(zone), pgettext("date format: weekday, date and time", "D j M, H:i"))


def minutes_text(minutes: int) -> str:
    """Write a time of day; the end of the day is 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(frozen=True)
class Day:
    """A weekday as a bar: stretches are percent of the day (begin, width)."""

    name: str
    short: str
    text: str
    stretches: list[tuple[float, float]]


def week_of(calendar: BusinessTime) -> list[Day]:
    """Return the seven days; a night shift is drawn on both of its days and written on its first."""
    found = []
    for weekday, name in WEEKDAYS.items():
        own = [f"{minutes_text(begins)}–{minutes_text(ends)}" for begins, ends in calendar.hours.days.get(weekday, ())]
        drawn = calendar.hours.of(MONDAY + dt.timedelta(days=weekday))
        found.append(
            Day(
                name=str(name),
                short=str(WEEKDAYS_ABBR[weekday]),
                text=", ".join(own) or _("Closed"),
                stretches=[
                    (round(100 * begins / DAY_MINUTES, 2), round(100 * (ends - begins) / DAY_MINUTES, 2))
                    for begins, ends in drawn
                ],
            )
        )
    return found


def standing(calendar: BusinessTime, at: dt.datetime) -> dict[str, Any]:
    """Return whether it is open at a moment, and when it opens next."""
    opening = calendar.next_opening(at)
    return {
        "is_open": opening == at,
        "opens": moment(opening, calendar.zone) if opening is not None and opening != at else "",
        "week": week_of(calendar),
        "next_holiday": min(
            (day for day in calendar.holidays if day >= at.astimezone(calendar.zone).date()), default=None
        ),
        "holiday_count": len(calendar.holidays),
    }


def next_friday_evening(at: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """Return an example's moment as a field of a form writes it: the coming Friday, 18:00."""
    today = at.astimezone(zone).date()
    friday = today + dt.timedelta(days=(4 - today.weekday()) % 7)
    return f"{friday.isoformat()}T18:00"
