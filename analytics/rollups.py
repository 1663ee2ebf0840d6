"""Count whole days: what each measure comes to for each value of each dimension.

A day is always counted again as a whole, in one statement for each source; nothing is added to what was there before,
so nothing can drift.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from analytics.measures import SOURCES, Source, base, sums, unpivot

GROUPED = ("channel", "inbox", "topic", "team", "agent")
DIMENSION = " ".join(["CASE", *(f"WHEN grouping({one}) = 0 THEN '{one}'" for one in GROUPED), "ELSE 'all' END"])
KEY = " ".join(["CASE", *(f"WHEN grouping({one}) = 0 THEN {one}" for one in GROUPED), "ELSE '' END"])
SETS = ", ".join(["(day)", *(f"(day, {one})" for one in GROUPED)])


def _except_agents(source: Source) -> str:
    """Leave out, for agents, the measures of which agents have their own part counted by another source."""
    elsewhere = {one.id for other in SOURCES if other.counts_agents for one in other.measures}
    twice = sorted(elsewhere & {one.id for one in source.measures})
    names = ", ".join(f"'{name}'" for name in twice)
    return f"AND NOT (g.dimension = 'agent' AND m.measure IN ({names}))" if twice else ""


def _statement(source: Source) -> str:
    rows = base(source, source.measures, f"{source.day} = ANY(%s)")
    aggregates = sums(source.measures)
    if source.counts_agents:
        groups = f"SELECT day, 'agent' AS dimension, agent AS key, {aggregates} FROM base GROUP BY day, agent"  # noqa: S608
    else:
        groups = f"""
          SELECT day, {DIMENSION} AS dimension, {KEY} AS key, {aggregates} FROM base
          GROUP BY GROUPING SETS ({SETS})
          UNION ALL
          SELECT day, 'tag', tag::text, {aggregates} FROM base CROSS JOIN LATERAL unnest(tags) AS t(tag)
          GROUP BY day, tag
          UNION ALL
          SELECT day, 'team', shared::text, {aggregates} FROM base CROSS JOIN LATERAL unnest(teams) AS t(shared)
          GROUP BY day, shared
        """  # noqa: S608
    own = "" if source.counts_agents else _except_agents(source)
    return f"""
        WITH base AS ({rows}), g AS ({groups})
        SELECT g.day, g.dimension, g.key, m.measure, m.numerator, m.denominator, coalesce(m.packed, ''::bytea) AS packed
        FROM g {unpivot(source.measures)} AND (g.dimension = 'all' OR g.key IS NOT NULL) {own}
    """  # noqa: S608 - made of constants of this app


STATEMENTS = {source.name: _statement(source) for source in SOURCES}
HOURS = """
    SELECT day, hour, dimension, key, count(*) AS opened FROM (
      SELECT opened_day AS day, opened_hour AS hour, d.dimension, d.key
      FROM kpi_fact f CROSS JOIN LATERAL (
        VALUES ('all', ''), ('channel', f.channel), ('inbox', f.inbox::text), ('topic', f.topic::text),
          ('team', f.opened_team::text)
      ) AS d(dimension, key)
      WHERE f.is_counted AND f.opened_day = ANY(%s) AND d.key IS NOT NULL
      UNION ALL
      SELECT opened_day, opened_hour, 'tag', tag::text FROM kpi_fact f CROSS JOIN LATERAL unnest(f.tags) AS t(tag)
      WHERE f.is_counted AND f.opened_day = ANY(%s)
    ) AS openings GROUP BY day, hour, dimension, key
"""


def count_days(days: Sequence[dt.date]) -> None:
    """Count whole days again."""
    if not days:
        return
    wanted = list(days)
    with connection.cursor() as sql:
        sql.execute("DELETE FROM kpi_rollup WHERE day = ANY(%s)", [wanted])
        for statement in STATEMENTS.values():
            sql.execute(
                "INSERT INTO kpi_rollup (day, dimension, key, measure, numerator, denominator, packed)" + statement,
                [wanted],
            )
        sql.execute("DELETE FROM kpi_hour WHERE day = ANY(%s)", [wanted])
        sql.execute("INSERT INTO kpi_hour (day, hour, dimension, key, opened)" + HOURS, [wanted, wanted])


def differences(days: Sequence[dt.date]) -> Iterator[str]:
    """Yield a line for everything in which stored days differ from the same days counted again; writes nothing."""
    wanted = list(days)
    with connection.cursor() as sql:
        sql.execute(
            "SELECT day, dimension, key, measure, numerator, denominator, packed FROM kpi_rollup WHERE day = ANY(%s)",
            [wanted],
        )
        stored = {row[:4]: (*row[4:6], _values(row[6])) for row in sql.fetchall()}
        counted: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for statement in STATEMENTS.values():
            sql.execute(statement, [wanted])
            counted |= {row[:4]: (*row[4:6], _values(row[6])) for row in sql.fetchall()}
        for place in sorted(stored.keys() | counted.keys(), key=str):
            if stored.get(place) != counted.get(place):
                yield f"{place}: stored {_brief(stored.get(place))}, counted {_brief(counted.get(place))}"
        sql.execute("SELECT day, hour, dimension, key, opened FROM kpi_hour WHERE day = ANY(%s)", [wanted])
        hours = set(sql.fetchall())
        sql.execute(HOURS, [wanted, wanted])
        for row in sorted(hours ^ set(sql.fetchall()), key=str):
            yield f"hour {row}"


def _values(packed: bytes) -> list[bytes]:
    """Return packed values in an order that does not depend on the rows' places in the table."""
    raw = bytes(packed)
    return sorted(raw[place : place + 4] for place in range(0, len(raw), 4))


def _brief(row: tuple[object, ...] | None) -> str:
    return "nothing" if row is None else f"{row[0]}/{row[1]}"
