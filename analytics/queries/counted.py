"""What days do not add up to: distinct contacts, and how often each score was given. Straight from the facts."""

from collections import defaultdict

from django.db import connection

from analytics import sums
from analytics.definitions import Kpi
from analytics.measures import Source, source_of
from analytics.periods import Period
from analytics.queries.totals import Sum
from analytics.scope import Filters
from analytics.windows import last_final_day


def source_of_contacts(kpi: Kpi) -> Source:
    """Return where the tickets of a figure about contacts come from."""
    return source_of("first_contact_resolution" if kpi.id == "repeat_contact_rate" else "volume")


def distinct(filters: Filters, kpi: Kpi, period: Period, by: str) -> dict[str, Sum]:
    """Count contacts straight from the facts, each once, or once a day by "day"."""
    source = source_of_contacts(kpi)
    last = min(period.last, last_final_day(kpi))
    hit = f"f.followed_at <= f.solved_at + interval '{kpi.window_days} days'"
    if kpi.id == "returning_contact_rate":
        hit = "f.is_returning"
    condition, values = sums.conditions(source, filters)
    key = {
        "all": "''",
        "day": source.day,  # a date: as text it would not be in the order of the index
        "channel": "f.channel",
        "topic": "f.topic::text",
        "inbox": "f.inbox::text",
        "tag": "tag::text",
    }.get(by)
    key = key or f"({source.team if by == 'team' else source.agent})::text"
    tags = "CROSS JOIN LATERAL unnest(f.tags) AS t(tag)" if by == "tag" else ""
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT {key} AS key, count(DISTINCT f.contact) FILTER (WHERE {hit}), count(DISTINCT f.contact)"  # noqa: S608
            f" FROM {source.table} {tags} WHERE f.is_counted AND {source.day} BETWEEN %s AND %s{condition}"
            " GROUP BY 1",
            [period.first, last, *values],
        )
        return {str(key): Sum(int(hits), int(all_)) for key, hits, all_ in sql.fetchall() if key is not None}


def scores(filters: Filters, period: Period) -> dict[str, dict[int, int]]:
    """Return how often each score was given, by kind of survey; the same answers that csat and nps count."""
    source = source_of("csat")
    condition, values = sums.conditions(source, filters)
    found: dict[str, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT x.survey, x.score, count(*) FROM {source.table} WHERE f.is_counted"  # noqa: S608
            f" AND {source.day} BETWEEN %s AND %s{condition} GROUP BY 1, 2",
            [period.first, period.last, *values],
        )
        for kind, score, count in sql.fetchall():
            found[kind][score] = count
    return found
