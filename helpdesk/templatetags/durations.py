"""Times as agents read them: ages, durations and countdowns, in the words of the page's language."""

import datetime as dt
from dataclasses import dataclass

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agents.bidi import isolated
from helpdesk import clock

register = template.Library()

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Below this a countdown shows seconds.
TICKING = 15 * MINUTE


@dataclass(frozen=True)
class Countdown:
    """What an SLA chip or a reply window shows: words, share of the time that is left, and the absolute time."""

    text: str
    share: int
    at: str


def seconds_of(value: dt.timedelta | float) -> int:
    """Return whole seconds of a duration given as timedelta or as seconds."""
    return int(value.total_seconds()) if isinstance(value, dt.timedelta) else int(value)


@register.filter
def duration(value: dt.timedelta | float | None) -> str:
    """Say how long: “50 s”, “4 min”, “3 h 20 min”, “2 days”."""
    return "–" if value is None else isolated(_duration(max(seconds_of(value), 0)))


def _duration(seconds: int) -> str:
    if seconds < MINUTE:
        return _("%(seconds)d s") % {"seconds": seconds}
    if seconds < HOUR:
        return _("%(minutes)d min") % {"minutes": seconds // MINUTE}
    if seconds < DAY:
        hours, minutes = divmod(seconds // MINUTE, 60)
        if not minutes:
            return _("%(hours)d h") % {"hours": hours}
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    days = seconds // DAY
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


@register.filter
def iso(at: dt.datetime | None) -> str:
    """Write a moment for machines, in its own zone; several times cheaper than the filter date."""
    return at.isoformat(timespec="seconds") if at else ""


def aged(at: dt.datetime, now: dt.datetime) -> tuple[int, int]:
    """Return unit and number of what `age` says; the unit 0 stands for the date itself."""
    seconds = max(seconds_of(now - at), 0)
    for unit, end in ((1, MINUTE), (MINUTE, HOUR), (HOUR, DAY), (DAY, 7 * DAY)):
        if seconds < end:
            return unit, 0 if unit == 1 else seconds // unit
    return 0, 0


@register.filter
def age(at: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """Say how old, as short as a queue row needs it: “now”, “9m”, “3h”, “2d”, then the date."""
    if at is None:
        return ""
    unit, number = aged(at, now or clock.now())
    if unit == 1:
        return pgettext("age of a message", "now")
    if unit == MINUTE:
        return pgettext("age in minutes", "%(minutes)dm") % {"minutes": number}
    if unit == HOUR:
        return pgettext("age in hours", "%(hours)dh") % {"hours": number}
    if unit == DAY:
        return pgettext("age in days", "%(days)dd") % {"days": number}
    return formats.date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")


def counted_down(due: dt.datetime, now: dt.datetime) -> tuple[int, int]:
    """Return what decides about the words of `countdown`, beside the moment itself."""
    left = seconds_of(due - now)
    if left < 0:
        return aged(due, now)
    return (-1, left) if left < TICKING else (-2, left // MINUTE if left < 12 * HOUR else 0)


@register.filter
def countdown(due: dt.datetime, now: dt.datetime | None = None) -> str:
    """Say what is left: “4:12” under 15 minutes, then minutes and hours, then weekday and time; or how late it is."""
    left = seconds_of(due - (now or clock.now()))
    if left < 0:
        return _("Overdue %(age)s") % {"age": age(due, now)}
    if left < TICKING:
        return f"{left // MINUTE}:{left % MINUTE:02d}"
    if left < 12 * HOUR:
        return duration(left)
    return formats.date_format(timezone.localtime(due), "D, H:i")


def share_left(due: dt.datetime, started: dt.datetime | None, now: dt.datetime) -> int:
    """Return how much of a time is left, in percent; without a start all of it."""
    if started is None or due <= started:
        return 100
    return max(0, min(100, round(100 * (due - now) / (due - started))))


@register.simple_tag
def time_left(due: dt.datetime, started: dt.datetime | None = None, now: dt.datetime | None = None) -> Countdown:
    """Describe a deadline; without a start the ring is full."""
    moment = now or clock.now()
    share = share_left(due, started, moment)
    return Countdown(
        text=countdown(due, moment), share=share, at=formats.date_format(timezone.localtime(due), "DATETIME_FORMAT")
    )


@register.simple_tag
def window_left(closes_at: dt.datetime, now: dt.datetime | None = None) -> str:
    """Say how long a reply window stays open; it is read in hours and minutes up to its end."""
    return duration(closes_at - (now or clock.now()))


@register.filter
def day(at: dt.datetime, now: dt.datetime | None = None) -> str:
    """Name the day of a message: today, yesterday, the weekday, then the date."""
    date = timezone.localdate(at)
    days = (timezone.localdate(now or clock.now()) - date).days
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if 1 < days < 7:
        return formats.date_format(date, "l")
    return formats.date_format(date, "DATE_FORMAT")
