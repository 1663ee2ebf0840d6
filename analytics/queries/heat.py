"""When tickets are opened, by weekday and hour."""

import datetime as dt

from django.db import connection

from analytics import sums
from analytics.facts import zone
from analytics.measures import source_of
from analytics.periods import Period
from analytics.results import Heatmap
from analytics.scope import Filters
from helpdesk import clock


def heatmap(filters: Filters, period: Period) -> Heatmap:
    """Return when tickets are opened."""
    opened = [[0] * 24 for _ in range(7)]
    for (day, hour), number in opened_by_hour(filters, period).items():
        opened[day.weekday()][hour] += number
    return Heatmap(opened=opened, occurrences=hours_of(period))


def opened_by_hour(filters: Filters, period: Period) -> dict[tuple[dt.date, int], int]:
    """Return how many tickets were opened by local day and hour; hours without any are left out."""
    restricted = filters.restricted()
    with connection.cursor() as sql:
        if len(restricted) <= 1 and "agent" not in restricted and len(restricted.get("tag", ())) <= 1:
            dimension, keys = next(iter(restricted.items()), ("all", frozenset({""})))
            sql.execute(
                "SELECT day, hour, sum(opened) FROM kpi_hour WHERE dimension = %s AND key = ANY(%s)"
                " AND day BETWEEN %s AND %s GROUP BY day, hour",
                [dimension, sorted(keys), period.first, period.last],
            )
        else:
            condition, values = sums.conditions(source_of("volume"), filters)
            sql.execute(
                "SELECT opened_day, opened_hour, count(*) FROM kpi_fact f WHERE f.is_counted"  # noqa: S608
                " AND opened_day BETWEEN %s AND %s" + condition + " GROUP BY 1, 2",
                [period.first, period.last, *values],
            )
        return {(day, hour): int(number) for day, hour, number in sql.fetchall() if number}


def hours_of(period: Period) -> list[list[float]]:
    """Return how often each hour of the week came in a period: a skipped one less, one that came twice more.

    Hours that have not begun did not come; the present one did.
    """
    times = [[0.0] * 24 for _ in range(7)]
    now = clock.now()
    for day in period.days():
        begin, end = (moment.astimezone(dt.UTC) for moment in Period(day, day).moments())
        row = times[day.weekday()]
        if end - begin == dt.timedelta(hours=24):
            for hour in range(24):
                row[hour] += begin + dt.timedelta(hours=hour) <= now
            continue
        while (
            begin < end and begin.astimezone(zone()).replace(minute=0) <= now
        ):  # by half hours, by which some zones change their clocks
            row[begin.astimezone(zone()).hour] += 0.5
            begin += dt.timedelta(minutes=30)
    return times
