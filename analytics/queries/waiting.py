"""Who waits for a first answer now: what the first response time cannot say, because nobody has answered yet."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from analytics.definitions import Target
from analytics.queries.tickets import OPEN, conditions
from analytics.scope import Filters
from helpdesk import clock


@dataclass(frozen=True)
class Waiting:
    """Open tickets without a reply of a person; `late` of them wait longer than the target of first responses."""

    count: int
    late: int
    oldest_ticket: int | None
    oldest_since: dt.datetime | None


def waiting(filters: Filters, target: Target | None) -> Waiting:
    """Return who waits now. One query, over the open tickets and the facts that have no reply."""
    condition, values = conditions(filters)
    now = clock.now()
    limit = now - dt.timedelta(seconds=target.high) if target and target.high is not None else None
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*), count(*) FILTER (WHERE f.began_at < %s),"  # noqa: S608
            " (array_agg(t.id ORDER BY f.began_at, t.id))[1], min(f.began_at)"
            " FROM tickets_ticket t JOIN kpi_fact f ON f.ticket_id = t.id"
            f" WHERE {OPEN} AND f.is_counted AND f.began_at IS NOT NULL AND f.replied_at IS NULL" + condition,
            [limit, *values],
        )
        row = sql.fetchone()
    assert row is not None  # noqa: S101 - aggregates return a row
    return Waiting(*row)
