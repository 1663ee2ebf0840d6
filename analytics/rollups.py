"""Count whole days: what each measure comes to for each value of each dimension.

A day is always counted again as a whole, in one statement for each source; nothing is added to what was there before,
so nothing can drift.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from analytics.measures import SOURCES, Source, base, sums, sums_of_sums, unpivot

GROUPED = ("channel", "inbox", "topic", "team", "agent")


def _sums_by(dimensions: Sequence[str], beside: str, aggregates: str, pieces: str) -> str:
    """Return the statement that adds up pieces for each value of each dimension, and for all."""
    names, keys = (
        " ".join(f"WHEN grouping({one}) = 0 THEN {text.format(one)}" for one in dimensions)
        for text in ("'{}'", "{}::text")
    )
    sets = ", ".join([f"({beside})", *(f"({beside}, {one})" for one in dimensions)])
    return (
        f"SELECT {beside}, CASE {names} ELSE 'all' END AS dimension, CASE {keys} ELSE '' END AS key, {aggregates}"  # noqa: S608
        f" FROM ({pieces}) AS pieces GROUP BY GROUPING SETS ({sets})"
    )


def _except_agents(source: Source) -> str:
    """Leave out, for agents, the measures of which agents have their own part counted by another source."""
    elsewhere = {one.id for other in SOURCES if other.counts_agents for one in other.measures}
    twice = sorted(elsewhere & {one.id for one in source.measures})
    names = ", ".join(f"'{name}'" for name in twice)
    return f"AND NOT (g.dimension = 'agent' AND m.measure IN ({names}))" if twice else ""


def _statement(source: Source) -> str:
    """Return the statement that counts days: each row once, by all dimensions at a time, then the few sums of that.

    Rows with several tags, and people with several teams, are counted in each of these.
    """
    rows = base(source, source.measures, f"{source.day} = ANY(%s)")
    aggregates = sums(source.measures)
    if source.counts_agents:
        groups = f"SELECT day, 'agent' AS dimension, agent::text AS key, {aggregates} FROM base GROUP BY day, agent"  # noqa: S608
    else:
        several, one_of = ("team", "teams") if source.of_people else ("tag", "tags")
        whole = ", ".join(("day", *GROUPED))
        pieces = f"SELECT {whole}, {aggregates} FROM base GROUP BY {whole}"  # noqa: S608
        groups = f"""
          {_sums_by(GROUPED, "day", sums_of_sums(source.measures), pieces)}
          UNION ALL
          SELECT day, '{several}', one::text, {aggregates} FROM base CROSS JOIN LATERAL unnest({one_of}) AS t(one)
          GROUP BY day, one
        """  # noqa: S608
    own = "" if source.counts_agents else _except_agents(source)
    return f"""
        WITH base AS ({rows}), g AS ({groups})
        SELECT g.day, g.dimension, g.key, m.measure, m.numerator, m.denominator, coalesce(m.packed, ''::bytea) AS packed
        FROM g {unpivot(source.measures)} AND (g.dimension = 'all' OR g.key IS NOT NULL) {own}
    """  # noqa: S608 - made of constants of this app


STATEMENTS = {source.name: _statement(source) for source in SOURCES}
OPENINGS = "SELECT day, hour, channel, inbox, topic, team, count(*) AS opened FROM base GROUP BY 1, 2, 3, 4, 5, 6"
HOURS = f"""
    WITH base AS (
      SELECT opened_day AS day, opened_hour AS hour, channel, inbox, topic, opened_team AS team, tags
      FROM kpi_fact WHERE is_counted AND opened_day = ANY(%s)
    ), g AS (
      {_sums_by(GROUPED[:-1], "day, hour", "sum(opened) AS opened", OPENINGS)}
      UNION ALL
      SELECT day, hour, 'tag', one::text, count(*) FROM base CROSS JOIN LATERAL unnest(tags) AS t(one)
      GROUP BY day, hour, one
    )
    SELECT day, hour, dimension, key, opened::int FROM g WHERE key IS NOT NULL
"""  # noqa: S608 - made of constants of this app


INSERTS = {
    name: "INSERT INTO kpi_rollup (day, dimension, key, measure, numerator, denominator, packed)" + statement
    for name, statement in STATEMENTS.items()
} | {"hours": "INSERT INTO kpi_hour (day, hour, dimension, key, opened)" + HOURS}


def count_days(days: Sequence[dt.date]) -> None:
    """Count whole days again."""
    if not days:
        return
    wanted = list(days)
    with connection.cursor() as sql:
        sql.execute("DELETE FROM kpi_rollup WHERE day = ANY(%s)", [wanted])
        sql.execute("DELETE FROM kpi_hour WHERE day = ANY(%s)", [wanted])
    for name in INSERTS:
        insert(name, wanted)


def insert(name: str, days: Sequence[dt.date]) -> None:
    """Count one of the parts of days that nobody has counted yet."""
    with connection.cursor() as sql:
        sql.execute(INSERTS[name], [list(days)])


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
        sql.execute(HOURS, [wanted])
        for row in sorted(hours ^ set(sql.fetchall()), key=str):
            yield f"hour {row}"


def _values(packed: bytes) -> list[bytes]:
    """Return packed values in an order that does not depend on the rows' places in the table."""
    raw = bytes(packed)
    return sorted(raw[place : place + 4] for place in range(0, len(raw), 4))


def _brief(row: tuple[object, ...] | None) -> str:
    return "nothing" if row is None else f"{row[0]}/{row[1]}"
