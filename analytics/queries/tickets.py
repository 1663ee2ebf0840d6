"""The tickets themselves: those that a figure counts, and those that are open now."""

import datetime as dt

from django.db import connection
from django.db.models import QuerySet

from agents.models import User
from analytics import sums
from analytics.definitions import KPIS, Statistic
from analytics.measures import source_of
from analytics.periods import Period
from analytics.queries import counted
from analytics.queries.totals import measure_of
from analytics.results import Ages
from analytics.scope import Filters
from analytics.windows import last_final_day
from helpdesk import clock
from tickets.models import Ticket

OPEN = "t.status IN ('new', 'open', 'pending', 'on_hold')"


def tickets_behind(
    viewer: User, filters: Filters, kpi_id: str, period: Period, *, measure: str = ""
) -> QuerySet[Ticket]:
    """Return the tickets that a figure counts, as far as the viewer may open them.

    Raises KeyError for a figure that is not made of tickets.
    """
    kpi, name = KPIS[kpi_id], measure or measure_of(KPIS[kpi_id])
    if kpi.statistic is Statistic.DISTINCT:
        source, taking_part = counted.source_of_contacts(kpi), "1"
    else:
        source = source_of(name, for_agents=filters.agents is not None)
        taking_part = next(known.denominator for known in source.measures if known.id == name)
    if source.of_people:
        raise KeyError(kpi_id)
    condition, values = sums.conditions(source, filters)
    visible = Ticket.objects.visible_to(viewer)
    if kpi_id == "backlog":
        text = (
            "tickets_ticket.id IN (SELECT f.ticket_id FROM kpi_step x JOIN kpi_fact f ON f.ticket_id = x.fact_id"  # noqa: S608
            " WHERE f.is_stock AND x.day <= %s" + condition + " GROUP BY f.ticket_id HAVING sum(x.delta) > 0)"
        )
        return visible.extra(where=[text], params=[period.last, *values])  # noqa: S610
    # What is not final yet stands beside the figure, not in it.
    last = min(period.last, last_final_day(kpi))
    text = (
        f"tickets_ticket.id IN (SELECT f.ticket_id FROM {source.table} WHERE f.is_counted"  # noqa: S608
        f" AND ({taking_part}) IS NOT NULL AND {source.day} BETWEEN %s AND %s" + condition + ")"
    )
    return visible.extra(where=[text], params=[period.first, last, *values])  # noqa: S610


def ages(filters: Filters) -> Ages:
    """Return how old the tickets of the backlog are that are open now. One query, on indexes alone.

    What does not count there has an index of its own; the facts of all others lie here and there in a large table.
    """
    condition, values = conditions(filters)
    now = clock.now()
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*) FILTER (WHERE t.opened_at > %s), count(*) FILTER (WHERE t.opened_at > %s),"  # noqa: S608
            " count(*) FILTER (WHERE t.opened_at > %s), count(*), min(t.opened_at) FROM tickets_ticket t"
            f" WHERE {OPEN} AND NOT EXISTS (SELECT FROM kpi_fact f WHERE f.ticket_id = t.id AND NOT f.is_stock)"
            + condition,
            [*(now - dt.timedelta(days=days) for days in (1, 3, 7)), *values],
        )
        row = sql.fetchone()
    assert row is not None  # noqa: S101 - aggregates return a row
    under_1, under_3, under_7, all_, oldest = row
    return Ages(
        under_1_day=under_1,
        under_3_days=under_3 - under_1,
        under_7_days=under_7 - under_3,
        older=all_ - under_7,
        oldest_opened_at=oldest,
    )


def conditions(filters: Filters) -> tuple[str, list[list[str]]]:
    """Return filters as a condition on tickets as they are now."""
    conversations = "t.conversation_id IN (SELECT v.id FROM tickets_conversation v"
    column = {
        "channel": f"{conversations} JOIN tickets_inbox i ON i.id = v.inbox_id WHERE i.channel = ANY(%s))",
        "inbox": f"{conversations} WHERE v.inbox_id::text = ANY(%s))",
        "topic": "t.id IN (SELECT f.ticket_id FROM kpi_fact f WHERE f.topic::text = ANY(%s))",
        "team": "t.team_id::text = ANY(%s)",
        "agent": "t.assignee_id::text = ANY(%s)",
        "tag": "t.id IN (SELECT g.ticket_id FROM tickets_ticket_tags g WHERE g.tag_id::text = ANY(%s))",
    }
    restricted = filters.restricted()
    text = "".join(f" AND {column[dimension]}" for dimension in restricted)
    return text, [sorted(keys) for keys in restricted.values()]
