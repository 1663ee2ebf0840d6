"""Ask for figures. Pages, CSV files and the API all come through here, so they show the same numbers.

    from analytics import queries
    from analytics.periods import Period
    from analytics.scope import Filters

    period = Period.last_days(30)
    reader = queries.Reader(request.user, Filters(teams=frozenset({3})))   # PermissionDenied for who may read nothing
    result = reader.kpi("first_response_time", period)                     # a Result
    reader.series("first_response_time", period)                           # a Point for each day
    reader.breakdown("first_response_time", "agent", period)               # [(key, Result)], keys as text
    reader.heatmap(period); reader.backlog(period); reader.tickets_behind("csat", period)
    queries.overview(request.user, period, Filters())                      # a whole page in at most 15 queries

Words of a KPI stand in `analytics.definitions` as English source texts: `gettext(KPIS[id].label)`. Rates are shares
from 0 to 1, durations seconds. `variant="business"` asks for business seconds. A rate with a window (first contact
resolution, reopenings) counts the days that are final; what is younger stands apart in `provisional`. The local days
of the workspace (settings.TIME_ZONE) are the only days there are.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection
from django.db.models import QuerySet

from agents.models import User
from analytics import formulas, sums
from analytics.definitions import HEADLINES, KPIS, Kpi, Statistic, Target, Unit
from analytics.facts import zone
from analytics.measures import source_of
from analytics.models import KpiTarget, Watermark
from analytics.periods import Period, today
from analytics.results import Ages, Heatmap, Overview, Point, Provisional, Result
from analytics.scope import Filters, within
from helpdesk import clock
from tickets.models import Ticket

AGENT_KPIS = (
    "first_response_time",
    "resolution_time",
    "handling_time",
    "utilisation",
    "csat",
    "first_contact_resolution",
)


# What a sum of whole numbers has to be multiplied by: scores are kept in thousandths, presence in seconds.
SCALE = {"csat_mean": 0.001, "productivity": 3600.0}


@dataclass
class _Sum:
    """Rows of one measure, added up."""

    numerator: int = 0
    denominator: int = 0
    pieces: list[bytes] = field(default_factory=list)

    def add(self, row: sums.Row) -> None:
        """Take one row in."""
        self.numerator += row.numerator
        self.denominator += row.denominator
        self.pieces.append(row.packed)

    @cached_property
    def packed(self) -> bytes:
        """The single values."""
        return b"".join(self.pieces)


class Reader:
    """Answers questions of one person under one set of filters. Raises PermissionDenied for who may read nothing."""

    def __init__(self, viewer: User, filters: Filters | None = None, *, from_facts: bool = False) -> None:
        self.viewer = viewer
        self.filters = within(viewer, filters or Filters())
        self._from_facts = from_facts

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The targets that hold: those of the workspace, else the definitions'."""
        own = {row.kpi: Target(row.low, row.high) for row in KpiTarget.objects.all()}
        return {kpi.id: own.get(kpi.id) or kpi.target for kpi in KPIS.values() if own.get(kpi.id) or kpi.target}  # type: ignore[misc]

    @cached_property
    def as_of(self) -> dt.datetime | None:
        """Up to when everything is in the figures."""
        return Watermark.objects.values_list("as_of", flat=True).first()

    # -- Questions -------------------------------------------------------------------------------

    def kpi(self, kpi_id: str, period: Period, *, variant: str = "") -> Result:
        """Return one figure with the one of the period before. Raises KeyError for an unknown one."""
        return self.kpis([kpi_id], period, variant=variant)[kpi_id]

    def kpis(self, ids: Sequence[str], period: Period, *, variant: str = "") -> dict[str, Result]:
        """Return several figures, with one query for all that the rollups hold."""
        return {
            kpi_id: found.get("", self._empty(KPIS[kpi_id], period))
            for kpi_id, found in self._results(ids, period, "all", variant).items()
        }

    def breakdown(self, kpi_id: str, dimension: str, period: Period, *, variant: str = "") -> dict[str, Result]:
        """Return a figure for each key of a dimension: channel, inbox, team, agent or tag.

        Raises KeyError for a dimension that the figure does not have.
        """
        if dimension not in KPIS[kpi_id].dimensions:
            raise KeyError(dimension)
        return self._results([kpi_id], period, dimension, variant)[kpi_id]

    def series(self, kpi_id: str, period: Period, *, variant: str = "") -> list[Point]:
        """Return a figure for each day."""
        kpi = KPIS[kpi_id]
        if kpi.statistic is Statistic.DISTINCT:
            return [self._point(kpi, day, self._distinct(kpi, Period(day, day))) for day in period.days()]
        if kpi.statistic is Statistic.BALANCE:
            return self._balances(period)
        rows = self._read([_measure(kpi, variant)], period.first, period.last, "all")
        return self._points(kpi, period, rows)

    def heatmap(self, period: Period) -> Heatmap:
        """Return when tickets are opened."""
        restricted = self.filters.restricted()
        opened = [[0] * 24 for _ in range(7)]
        with connection.cursor() as sql:
            if len(restricted) <= 1 and "agent" not in restricted and len(restricted.get("tag", ())) <= 1:
                dimension, keys = next(iter(restricted.items()), ("all", frozenset({""})))
                sql.execute(
                    "SELECT day, hour, sum(opened) FROM kpi_hour WHERE dimension = %s AND key = ANY(%s)"
                    " AND day BETWEEN %s AND %s GROUP BY day, hour",
                    [dimension, sorted(keys), period.first, period.last],
                )
            else:
                condition, values = sums.conditions(source_of("volume"), self.filters)
                sql.execute(
                    "SELECT opened_day, opened_hour, count(*) FROM kpi_fact f WHERE f.is_counted"  # noqa: S608
                    " AND opened_day BETWEEN %s AND %s" + condition + " GROUP BY 1, 2",
                    [period.first, period.last, *values],
                )
            for day, hour, number in sql.fetchall():
                opened[day.weekday()][hour] += int(number)
        return Heatmap(opened=opened, occurrences=hours_of(period))

    def scores(self, period: Period) -> dict[str, dict[int, int]]:
        """Return how often each score was given, by kind of survey; the same answers that csat and nps count."""
        source = source_of("csat")
        condition, values = sums.conditions(source, self.filters)
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

    def ages(self) -> Ages:
        """Return how old the tickets are that are open now. One query, on the tickets themselves."""
        condition, values = _present_conditions(self.filters)
        now = clock.now()
        with connection.cursor() as sql:
            sql.execute(
                "SELECT count(*) FILTER (WHERE age < interval '1 day'),"  # noqa: S608
                " count(*) FILTER (WHERE age >= interval '1 day' AND age < interval '3 days'),"
                " count(*) FILTER (WHERE age >= interval '3 days' AND age < interval '7 days'),"
                " count(*) FILTER (WHERE age >= interval '7 days'), min(opened_at),"
                " count(waiting_since), min(waiting_since)"
                " FROM (SELECT t.*, %s - t.opened_at AS age FROM tickets_ticket t"
                " JOIN tickets_conversation v ON v.id = t.conversation_id JOIN tickets_inbox i ON i.id = v.inbox_id"
                " JOIN tickets_contact c ON c.id = v.contact_id"
                " WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND NOT c.is_test" + condition + ") AS t",
                [now, *values],
            )
            row = sql.fetchone()
        assert row is not None  # noqa: S101 - aggregates return a row
        return Ages(
            under_1_day=row[0],
            under_3_days=row[1],
            under_7_days=row[2],
            older=row[3],
            oldest_opened_at=row[4],
            waiting=row[5],
            waiting_since=row[6],
        )

    def tickets_behind(self, kpi_id: str, period: Period, *, measure: str = "") -> QuerySet[Ticket]:
        """Return the tickets that a figure counts, as far as the viewer may open them.

        Raises KeyError for a figure that is not made of tickets.
        """
        about_agents = self.filters.agents is not None
        source = source_of(measure or _measure(KPIS[kpi_id]), for_agents=about_agents)
        if source.of_people:
            raise KeyError(kpi_id)
        one = next(known for known in source.measures if known.id == (measure or _measure(KPIS[kpi_id])))
        condition, values = sums.conditions(source, self.filters)
        visible = Ticket.objects.visible_to(self.viewer)
        if kpi_id == "backlog":
            text = (
                "tickets_ticket.id IN (SELECT f.ticket_id FROM kpi_step x JOIN kpi_fact f ON f.ticket_id = x.fact_id"  # noqa: S608
                " WHERE f.is_counted AND x.day <= %s" + condition + " GROUP BY f.ticket_id HAVING sum(x.delta) > 0)"
            )
            return visible.extra(where=[text], params=[period.last, *values])  # noqa: S610
        last = min(period.last, today() - dt.timedelta(days=1)) if kpi_id == "missed_chats" else period.last
        text = (
            f"tickets_ticket.id IN (SELECT f.ticket_id FROM {source.table} WHERE f.is_counted"  # noqa: S608
            f" AND ({one.denominator}) IS NOT NULL AND {source.day} BETWEEN %s AND %s" + condition + ")"
        )
        return visible.extra(where=[text], params=[period.first, last, *values])  # noqa: S610

    # -- How answers are made ----------------------------------------------------------------------

    def _read(self, measures: Sequence[str], first: dt.date, last: dt.date, by: str) -> list[sums.Row]:
        return sums.read(measures, first, last, self.filters, by, facts=self._from_facts)

    def _results(self, ids: Sequence[str], period: Period, by: str, variant: str = "") -> dict[str, dict[str, Result]]:
        """Return figures by KPI and key."""
        found: dict[str, dict[str, Result]] = {}
        plain = {}
        for kpi_id in ids:
            kpi = KPIS[kpi_id]
            if not kpi.available:
                found[kpi_id] = {}
            elif kpi.statistic is Statistic.DISTINCT:
                found[kpi_id] = self._distinct_results(kpi, period, by)
            elif kpi.statistic is Statistic.BALANCE:
                found[kpi_id] = self._balance_results(kpi, period, by)
            else:
                plain[_measure(kpi, variant)] = kpi
        rows = self._read(list(plain), period.previous.first, period.last, by) if plain else []
        for measure, kpi in plain.items():
            found[kpi.id] = self._summed(kpi, period, [row for row in rows if row.measure == measure])
        return found

    def _summed(self, kpi: Kpi, period: Period, rows: Iterable[sums.Row]) -> dict[str, Result]:
        now: dict[str, _Sum] = defaultdict(_Sum)
        young: dict[str, _Sum] = defaultdict(_Sum)
        before: dict[str, _Sum] = defaultdict(_Sum)
        for row in rows:
            if not self._counts(kpi, row.day):
                continue
            if row.day not in period:
                before[row.key].add(row)
            elif self._is_final(kpi, row.day):
                now[row.key].add(row)
            else:
                young[row.key].add(row)
        return {
            key: self._result(kpi, period, now[key], young.get(key), before[key])
            for key in sorted(now.keys() | young.keys() | before.keys())
        }

    @staticmethod
    def _counts(kpi: Kpi, day: dt.date) -> bool:
        """Whether a day is in the figure at all: a window that ends today may still be saved."""
        return kpi.id != "missed_chats" or day < today()

    @staticmethod
    def _is_final(kpi: Kpi, day: dt.date) -> bool:
        return not kpi.window_days or day < today() - dt.timedelta(days=kpi.window_days)

    def _result(self, kpi: Kpi, period: Period, now: _Sum, young: _Sum | None, before: _Sum) -> Result:
        value, previous = _value(kpi, now), _value(kpi, before)
        target = self.targets.get(kpi.id)
        duration = kpi.unit is Unit.SECONDS
        provisional = None
        if young is not None:
            final_from = period.last + dt.timedelta(days=kpi.window_days + 1)
            provisional = Provisional(value=_value(kpi, young), n=young.denominator, final_from=final_from)
        return Result(
            kpi=kpi.id,
            period=period,
            value=value,
            n=now.denominator if kpi.statistic is not Statistic.COUNT else now.numerator,
            numerator=now.numerator,
            denominator=now.denominator,
            median=formulas.percentile(now.packed, 0.5) if duration else None,
            p90=formulas.percentile(now.packed, 0.9) if duration else None,
            mean=formulas.rate(now.numerator, now.denominator) if duration else None,
            interval=formulas.wilson(now.numerator, now.denominator)
            if kpi.anchor != "presence" and kpi.unit is Unit.SHARE
            else None,
            previous=previous,
            previous_n=before.denominator if kpi.statistic is not Statistic.COUNT else before.numerator,
            trend=_trend(kpi, value, previous),
            target=target,
            status=formulas.status(value, target, kpi.better),
            provisional=provisional,
            as_of=self.as_of,
            definition_version=kpi.version,
            packed=now.packed,
        )

    def _empty(self, kpi: Kpi, period: Period) -> Result:
        return self._result(kpi, period, _Sum(), None, _Sum())

    def _points(self, kpi: Kpi, period: Period, rows: Iterable[sums.Row]) -> list[Point]:
        by_day: dict[dt.date, _Sum] = defaultdict(_Sum)
        for row in rows:
            if row.day in period and self._counts(kpi, row.day):
                by_day[row.day].add(row)
        return [self._point(kpi, day, by_day.get(day, _Sum())) for day in period.days()]

    def _point(self, kpi: Kpi, day: dt.date, total: _Sum) -> Point:
        n = total.numerator if kpi.statistic is Statistic.COUNT else total.denominator
        return Point(day=day, value=_value(kpi, total), n=n, is_final=self._is_final(kpi, day))

    # -- Open tickets ------------------------------------------------------------------------------

    def _balance_results(self, kpi: Kpi, period: Period, by: str) -> dict[str, Result]:
        rows = self._read(["backlog"], dt.date.min, period.last, by)
        keys = {row.key for row in rows} | ({""} if by == "all" else set())
        found = {}
        for key in sorted(keys):
            value = sum(row.numerator for row in rows if row.key == key)
            previous = sum(row.numerator for row in rows if row.key == key and row.day < period.first)
            if value or previous or by == "all":
                target = self.targets.get(kpi.id)
                found[key] = Result(
                    kpi=kpi.id,
                    period=period,
                    value=value,
                    n=value,
                    numerator=value,
                    denominator=None,
                    previous=previous,
                    previous_n=previous,
                    trend=_trend(kpi, value, previous),
                    target=target,
                    status=formulas.status(value, target, kpi.better),
                    as_of=self.as_of,
                    definition_version=kpi.version,
                )
        return found

    def _balances(self, period: Period) -> list[Point]:
        rows = self._read(["backlog"], dt.date.min, period.last, "all")
        level = sum(row.numerator for row in rows if row.day < period.first)
        change = {row.day: row.numerator for row in rows}
        points = []
        for day in period.days():
            if day > today():
                points.append(Point(day=day, value=None, n=0))
                continue
            level += change.get(day, 0)
            points.append(Point(day=day, value=level, n=level))
        return points

    # -- Distinct contacts -------------------------------------------------------------------------

    def _distinct_results(self, kpi: Kpi, period: Period, by: str) -> dict[str, Result]:
        found = {}
        now, before = self._distinct_by(kpi, period, by), self._distinct_by(kpi, period.previous, by)
        for key in sorted(now.keys() | before.keys()):
            found[key] = self._result(kpi, period, now.get(key, _Sum()), None, before.get(key, _Sum()))
        return found

    def _distinct(self, kpi: Kpi, period: Period) -> _Sum:
        return self._distinct_by(kpi, period, "all").get("", _Sum())

    def _distinct_by(self, kpi: Kpi, period: Period, by: str) -> dict[str, _Sum]:
        """Count contacts, each once, straight from the facts."""
        source = source_of("first_contact_resolution" if kpi.id == "repeat_contact_rate" else "volume")
        last = min(period.last, today() - dt.timedelta(days=kpi.window_days + 1)) if kpi.window_days else period.last
        hit = f"f.followed_at <= f.solved_at + interval '{kpi.window_days} days'"
        if kpi.id == "returning_contact_rate":
            hit = "f.is_returning"
        condition, values = sums.conditions(source, self.filters)
        key = {"all": "''", "channel": "f.channel", "inbox": "f.inbox::text", "tag": "tag::text"}.get(by)
        key = key or f"({source.team if by == 'team' else source.agent})::text"
        tags = "CROSS JOIN LATERAL unnest(f.tags) AS t(tag)" if by == "tag" else ""
        with connection.cursor() as sql:
            sql.execute(
                f"SELECT {key} AS key, count(DISTINCT f.contact) FILTER (WHERE {hit}), count(DISTINCT f.contact)"  # noqa: S608
                f" FROM {source.table} {tags} WHERE f.is_counted AND {source.day} BETWEEN %s AND %s{condition}"
                " GROUP BY 1",
                [period.first, last, *values],
            )
            return {key: _Sum(int(hits), int(all_)) for key, hits, all_ in sql.fetchall() if key is not None}


def _measure(kpi: Kpi, variant: str = "") -> str:
    """Return the measure of a figure. Raises KeyError for a variant that it does not have."""
    if variant and not (variant == "business" and kpi.business):
        raise KeyError(variant)
    return f"{kpi.id}.{variant}" if variant else kpi.id


def _value(kpi: Kpi, total: _Sum) -> float | None:
    match kpi.statistic:
        case Statistic.MEDIAN:
            return formulas.percentile(total.packed, 0.5)
        case Statistic.COUNT:
            return total.numerator
        case Statistic.NET:
            return formulas.net_score(total.numerator, total.denominator)
        case _:
            value = formulas.rate(total.numerator, total.denominator)
            return None if value is None else value * SCALE.get(kpi.id, 1)


def _trend(kpi: Kpi, value: float | None, previous: float | None) -> float | None:
    if value is None or previous is None:
        return None
    if kpi.unit in {Unit.SHARE, Unit.POINTS}:
        return value - previous
    return (value - previous) / previous if previous else None


def _present_conditions(filters: Filters) -> tuple[str, list[list[str]]]:
    """Return filters as a condition on tickets as they are now."""
    column = {
        "channel": "i.channel = ANY(%s)",
        "inbox": "i.id::text = ANY(%s)",
        "team": "t.team_id::text = ANY(%s)",
        "agent": "t.assignee_id::text = ANY(%s)",
        "tag": "t.id IN (SELECT g.ticket_id FROM tickets_ticket_tags g WHERE g.tag_id::text = ANY(%s))",
    }
    restricted = filters.restricted()
    text = "".join(f" AND {column[dimension]}" for dimension in restricted)
    return text, [sorted(keys) for keys in restricted.values()]


def hours_of(period: Period) -> list[list[float]]:
    """Return how often each hour of the week came in a period: a skipped one less, one that came twice more."""
    times = [[0.0] * 24 for _ in range(7)]
    for day in period.days():
        begin, end = (moment.astimezone(dt.UTC) for moment in Period(day, day).moments())
        row = times[day.weekday()]
        if end - begin == dt.timedelta(hours=24):
            for hour in range(24):
                row[hour] += 1
            continue
        while begin < end:  # by half hours, by which some zones change their clocks
            row[begin.astimezone(zone()).hour] += 0.5
            begin += dt.timedelta(minutes=30)
    return times


def overview(viewer: User, period: Period, filters: Filters | None = None) -> Overview:
    """Return all that the front page shows. Raises PermissionDenied for who may read nothing."""
    reader = Reader(viewer, filters)
    summed = [kpi for kpi in HEADLINES if KPIS[kpi].statistic is not Statistic.BALANCE]
    sla = [f"sla_compliance.{metric}" for metric in ("first_response", "next_response", "resolution")]
    rows = reader._read([*summed, *sla], period.previous.first, period.last, "all")
    results, series = {}, {}
    for kpi_id in HEADLINES:
        kpi = KPIS[kpi_id]
        if kpi_id in summed:
            mine = [row for row in rows if row.measure == kpi_id]
            results[kpi_id] = reader._summed(kpi, period, mine).get("", reader._empty(kpi, period))
            series[kpi_id] = reader._points(kpi, period, mine)
        else:
            results[kpi_id] = reader._balance_results(kpi, period, "all")[""]
            series[kpi_id] = reader._balances(period)
    by_agent = reader._results(AGENT_KPIS, period, "agent")
    agents: dict[str, dict[str, Result]] = defaultdict(dict)
    for kpi_id, found in by_agent.items():
        for key, result in found.items():
            agents[key][kpi_id] = result
    promise = KPIS["sla_compliance"]
    return Overview(
        period=period,
        results=results,
        series=series,
        heatmap=reader.heatmap(period),
        ages=reader.ages(),
        agents=dict(agents),
        channels=reader.breakdown("volume", "channel", period),
        inboxes=reader.breakdown("volume", "inbox", period),
        tags=reader.breakdown("volume", "tag", period),
        sla={name: reader._points(promise, period, [row for row in rows if row.measure == name]) for name in sla},
        as_of=reader.as_of,
    )
