"""The busiest hours of a period, and the busiest sixty minutes wherever they begin."""

import datetime as dt
import math
from dataclasses import dataclass

from django.db import connection

from analytics import sums
from analytics.measures import source_of
from analytics.periods import Period
from analytics.queries.heat import hours_of, opened_by_hour
from analytics.scope import Filters

BUSIEST = 0.05


@dataclass(frozen=True)
class Peaks:
    """The busiest five per cent of the hours of a period."""

    hours: int
    least: int  # tickets in the quietest of them
    tickets: int
    share: float  # of all tickets
    most: int  # tickets in the busiest sixty minutes
    most_from: dt.datetime


def peaks(filters: Filters, period: Period) -> Peaks | None:
    """Return the peaks of a period; None when nobody wrote. Two queries, the second over a few days alone."""
    opened = opened_by_hour(filters, period)
    if not opened:
        return None
    number = max(1, math.ceil(BUSIEST * sum(map(sum, hours_of(period)))))
    top = sorted(opened.values(), reverse=True)[:number]
    most, most_from = _rolling(filters, opened)
    return Peaks(
        hours=len(top),
        least=top[-1],
        tickets=sum(top),
        share=sum(top) / sum(opened.values()),
        most=most,
        most_from=most_from,
    )


def _rolling(filters: Filters, opened: dict[tuple[dt.date, int], int]) -> tuple[int, dt.datetime]:
    """Return the most tickets within sixty minutes. Only where neighbouring hours hold as many can they be found."""
    least = max(opened.values())
    counts = {day.toordinal() * 24 + hour: count for (day, hour), count in opened.items()}
    # Three hours by the clock, because one may be skipped when the clocks change.
    near = {at for at in counts if sum(counts.get(at + later, 0) for later in range(3)) >= least}
    days = sorted({dt.date.fromordinal((at + later) // 24) for at in near for later in range(3)})
    condition, values = sums.conditions(source_of("volume"), filters)
    with connection.cursor() as sql:
        # Both ends of a range count, so it ends a microsecond early.
        sql.execute(
            "SELECT f.opened_at, count(*) OVER (ORDER BY f.opened_at"  # noqa: S608
            " RANGE BETWEEN CURRENT ROW AND interval '59 minutes 59.999999 seconds' FOLLOWING) AS number"
            " FROM kpi_fact f WHERE f.is_counted AND f.opened_day = ANY(%s)"
            + condition
            + " ORDER BY 2 DESC, 1 LIMIT 1",
            [days, *values],
        )
        row = sql.fetchone()
    assert row is not None  # noqa: S101 - there are tickets in these hours
    return int(row[1]), row[0]
