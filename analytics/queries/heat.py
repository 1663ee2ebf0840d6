"""When tickets are opened, by weekday and hour."""

import datetime as dt
from itertools import pairwise
from typing import Any

from analytics import sums
from analytics.database import fetch
from analytics.facts import zone
from analytics.measures import source_of
from analytics.periods import Period
from analytics.results import Heatmap
from analytics.scope import Filters
from helpdesk import clock

HOUR = dt.timedelta(hours=1)


def heatmap(filters: Filters, period: Period) -> Heatmap:
    """Return when tickets are opened."""
    opened = [[0] * 24 for _ in range(7)]
    for weekday, hour, number in _counted(filters, period, "extract(isodow FROM {day})::int - 1"):
        opened[weekday][hour] = number
    return Heatmap(opened=opened, occurrences=hours_of(period))


def opened_by_hour(filters: Filters, period: Period) -> dict[tuple[dt.date, int], int]:
    """Return how many tickets were opened by local day and hour; hours without any are left out."""
    return {(day, hour): number for day, hour, number in _counted(filters, period, "{day}") if number}


def _counted(filters: Filters, period: Period, group: str) -> list[tuple[Any, int, int]]:
    """Return rows of days in a group, hour and number of tickets."""
    restricted = filters.restricted()
    if len(restricted) <= 1 and "agent" not in restricted and len(restricted.get("tag", ())) <= 1:
        dimension, keys = next(iter(restricted.items()), ("all", frozenset({""})))
        return fetch(
            f"SELECT {group.format(day='day')}, hour, sum(opened)::bigint FROM kpi_hour"  # noqa: S608
            " WHERE dimension = %s AND key = ANY(%s) AND day BETWEEN %s AND %s GROUP BY 1, 2",
            [dimension, sorted(keys), period.first, period.last],
        )
    condition, values = sums.conditions(source_of("volume"), filters)
    return fetch(
        f"SELECT {group.format(day='f.opened_day')}, f.opened_hour, count(*) FROM kpi_fact f"  # noqa: S608
        " WHERE f.is_counted AND f.opened_day BETWEEN %s AND %s" + condition + " GROUP BY 1, 2",
        [period.first, period.last, *values],
    )


def hours_of(period: Period) -> list[list[float]]:
    """Return how often each hour of the week came in a period: a skipped one less, one that came twice more.

    Hours that have not begun did not come; the present one did.
    """
    times = [[0.0] * 24 for _ in range(7)]
    now, here, midnight = clock.now(), zone(), dt.time(0)
    days = [*period.days(), period.last + dt.timedelta(days=1)]
    moments = [dt.datetime.combine(day, midnight, here).astimezone(dt.UTC) for day in days]
    for day, (begin, end) in zip(days, pairwise(moments), strict=False):
        row = times[day.weekday()]
        if end - begin == 24 * HOUR:
            for hour in range(24 if end <= now else max(0, (now - begin) // HOUR + 1)):
                row[hour] += 1
            continue
        # By half hours, by which some zones change their clocks.
        at = begin
        while at < end and at.astimezone(here).replace(minute=0) <= now:
            row[at.astimezone(here).hour] += 0.5
            at += dt.timedelta(minutes=30)
    return times
