"""Sums of measures by day: from the rollups where they can answer, else from the facts; the answer is the same."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection

from analytics.database import fetch
from analytics.measures import Source, base, source_of, sums, unpivot
from analytics.scope import Filters

COLUMN = {"channel": "channel"} | {name: f"{name}::text" for name in ("inbox", "topic", "team", "agent", "tag")}


ONE_DAY = dt.timedelta(days=1)
# For each measure the days, in order, at which sums must be kept apart.
Cuts = Mapping[str, Sequence[dt.date]]


class Row(NamedTuple):
    """What a measure comes to for one key of the dimension asked for ("" for all): on one day, or from that day on."""

    day: dt.date
    key: str
    measure: str
    numerator: int
    denominator: int
    packed: bytes


def read(
    measures: Sequence[str],
    first: dt.date,
    last: dt.date,
    filters: Filters,
    by: str = "all",
    *,
    facts: bool = False,
    cuts: Cuts | None = None,
    bare: Collection[str] = (),
) -> list[Row]:
    """Return the sums of some measures for each day; one query from the rollups, one for each source from the facts.

    With cuts, days may be added up already: those before the first cut, between two, and from the last on. Then the
    single values of bare measures may be missing.
    """
    for_agents = by == "agent" or filters.agents is not None
    found: list[Row] = []
    rolled_up = [one for one in measures if not facts and _rolled_up(one, filters, by)]
    if rolled_up:
        dimension, keys = _place(filters, by)
        if cuts is None:
            found.extend(_each_day(rolled_up, first, last, dimension, keys, by))
        else:
            parts = [part for one in rolled_up for part in _parts(one, first, last, cuts[one])]
            found.extend(_added_up(parts, dimension, keys, by, bare))
    by_source: dict[str, list[str]] = defaultdict(list)
    for one in sorted(set(measures) - set(rolled_up)):
        by_source[source_of(one, for_agents=for_agents).name].append(one)
    for wanted in by_source.values():
        found.extend(_from_facts(source_of(wanted[0], for_agents=for_agents), wanted, first, last, filters, by))
    return found


def _rolled_up(measure: str, filters: Filters, by: str) -> bool:
    """Whether one dimension of the rollups holds the answer.

    A ticket may have several tags and an agent several teams: their rows overlap and must not be added up.
    """
    restricted = filters.restricted()
    if not restricted:
        return True
    if len(restricted) > 1:
        return False
    (dimension, keys) = next(iter(restricted.items()))
    overlaps = dimension == "tag" or (dimension == "team" and source_of(measure).of_people)
    return (by == "all" and (not overlaps or len(keys) == 1)) or (by == dimension and not overlaps)


def _place(filters: Filters, by: str) -> tuple[str, list[str] | None]:
    """Return the dimension of the rollups that holds the answer, and its keys; None for all of them."""
    restricted = filters.restricted()
    dimension, keys = next(iter(restricted.items())) if restricted else (by, None)
    return dimension, None if keys is None else sorted(keys)


def _each_day(
    measures: Sequence[str], first: dt.date, last: dt.date, dimension: str, keys: list[str] | None, by: str
) -> list[Row]:
    rows = fetch(
        "SELECT day, key, measure, numerator, denominator, packed FROM kpi_rollup"
        " WHERE dimension = %s AND measure = ANY(%s) AND day BETWEEN %s AND %s"
        " AND (%s::text[] IS NULL OR key = ANY(%s))",
        [dimension, list(measures), first, last, keys, keys],
    )
    return _rows(rows, keep_key=by != "all")


class Part(NamedTuple):
    """Days of a measure that are added up."""

    measure: str
    first: dt.date
    last: dt.date


def _parts(measure: str, first: dt.date, last: dt.date, cuts: Sequence[dt.date]) -> list[Part]:
    begins = [first, *(day for day in cuts if first < day <= last), last + ONE_DAY]
    return [Part(measure, begin, end - ONE_DAY) for begin, end in pairwise(begins)]


def _added_up(
    parts: Sequence[Part], dimension: str, keys: list[str] | None, by: str, bare: Collection[str]
) -> list[Row]:
    """Add up days in the order in which the index has them: nothing is sorted, and only values asked for are read."""
    rows = fetch(
        "SELECT p.first, g.key, p.measure, g.numerator, g.denominator, g.packed"
        " FROM unnest(%s::text[], %s::date[], %s::date[], %s::boolean[]) AS p(measure, first, last, valued)"
        " CROSS JOIN LATERAL (SELECT key, sum(numerator) AS numerator, sum(denominator) AS denominator,"
        "   coalesce(string_agg(CASE WHEN p.valued THEN packed END, ''::bytea), ''::bytea) AS packed"
        "  FROM kpi_rollup WHERE dimension = %s AND measure = p.measure AND day BETWEEN p.first AND p.last"
        "   AND (%s::text[] IS NULL OR key = ANY(%s)) GROUP BY key) AS g",
        [*map(list, zip(*parts, strict=True)), [part.measure not in bare for part in parts], dimension, keys, keys],
    )
    return _rows(rows, keep_key=by != "all")


def _from_facts(
    source: Source, measures: Sequence[str], first: dt.date, last: dt.date, filters: Filters, by: str
) -> list[Row]:
    wanted = [one for one in source.measures if one.id in measures]
    condition, values = conditions(source, filters)
    key = "''" if by == "all" else COLUMN[by]
    tags = "CROSS JOIN LATERAL unnest(tags) AS t(tag)" if by == "tag" else ""
    if by == "team" and source.of_people:
        key, tags = "shared::text", "CROSS JOIN LATERAL unnest(teams) AS t(shared)"
    statement = f"""
        WITH base AS ({base(source, wanted, f"{source.day} BETWEEN %s AND %s" + condition)}), g AS (
          SELECT day, {key} AS key, {sums(wanted)} FROM base {tags} GROUP BY 1, 2
        )
        SELECT g.day, g.key, m.measure, m.numerator, m.denominator, coalesce(m.packed, ''::bytea)
        FROM g {unpivot(wanted)} AND g.key IS NOT NULL
    """  # noqa: S608 - made of constants of this app
    with connection.cursor() as sql:
        sql.execute(statement, [first, last, *values])
        rows = _rows(sql.fetchall(), keep_key=True)
    if by == "team" and filters.teams is not None:
        # Somebody of the teams asked for may be in others too, about which nobody asked.
        return [row for row in rows if int(row.key) in filters.teams]
    return rows


def conditions(source: Source, filters: Filters) -> tuple[str, list[Any]]:
    """Return filters as a condition on a source's rows, and its values."""
    column = {
        "channel": "f.channel = ANY(%s)",
        "inbox": "f.inbox::text = ANY(%s)",
        "topic": "f.topic::text = ANY(%s)",
        "team": f"({source.team})::text = ANY(%s)",
        "agent": f"({source.agent})::text = ANY(%s)",
        "tag": "f.tags && %s::bigint[]",
    }
    if source.of_people:
        nowhere = "FALSE AND %s::text[] IS NULL"
        column |= dict.fromkeys(("channel", "inbox", "topic", "tag"), nowhere)
        column["team"] = "x.teams && %s::bigint[]"
    restricted = filters.restricted()
    text = "".join(f" AND {column[dimension]}" for dimension in restricted)
    return text, [
        [int(key) for key in keys] if "bigint[]" in column[name] else sorted(keys) for name, keys in restricted.items()
    ]


def _rows(rows: Iterable[tuple[Any, ...]], *, keep_key: bool) -> list[Row]:
    return [
        Row(day, key if keep_key else "", measure, int(numerator), int(denominator), bytes(packed))
        for day, key, measure, numerator, denominator, packed in rows
    ]
