"""Answers questions of one person under one set of filters."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from django.db.models import QuerySet

from agents.models import User
from analytics import formulas, sums, targets
from analytics.definitions import KPIS, Kpi, Statistic, Target, Unit
from analytics.models import Watermark
from analytics.periods import Period, today
from analytics.queries import counted, heat, peaks, tickets, waiting
from analytics.queries.peaks import Peaks
from analytics.queries.totals import Sum, counts, measure_of, trend, value_of
from analytics.queries.waiting import Waiting
from analytics.results import Ages, Heatmap, Point, Provisional, Result
from analytics.scope import Filters, within
from analytics.windows import final_before
from tickets.models import Ticket


class Reader:
    """Answers questions of one person under one set of filters. Raises PermissionDenied for who may read nothing."""

    def __init__(self, viewer: User, filters: Filters | None = None, *, from_facts: bool = False) -> None:
        self.viewer = viewer
        self.filters = within(viewer, filters or Filters())
        self._from_facts = from_facts
        self._final: dict[str, dt.date] = {}

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The targets that hold: those of the workspace, else the definitions'."""
        return targets.current()

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
        """Return a figure for each key of a dimension: channel, inbox, topic, team, agent or tag.

        Raises KeyError for a dimension that the figure does not have.
        """
        if dimension not in KPIS[kpi_id].dimensions:
            raise KeyError(dimension)
        return self._results([kpi_id], period, dimension, variant)[kpi_id]

    def series(self, kpi_id: str, period: Period, *, variant: str = "") -> list[Point]:
        """Return a figure for each day."""
        kpi = KPIS[kpi_id]
        if kpi.statistic is Statistic.DISTINCT:
            each = counted.distinct(self.filters, kpi, period, "day")
            first_young = self._final_before(kpi)
            return [self._point(kpi, day, each.get(day.isoformat(), Sum()), first_young) for day in period.days()]
        if kpi.statistic is Statistic.BALANCE:
            return self._balances(period, self._steps(period))
        rows = self._read([measure_of(kpi, variant)], period.first, period.last, "all")
        return self._points(kpi, period, rows)

    def heatmap(self, period: Period) -> Heatmap:
        """Return when tickets are opened."""
        return heat.heatmap(self.filters, period)

    def scores(self, period: Period) -> dict[str, dict[int, int]]:
        """Return how often each score was given, by kind of survey; the same answers that csat and nps count."""
        return counted.scores(self.filters, period)

    def peaks(self, period: Period) -> Peaks | None:
        """Return the busiest hours; None when nobody wrote."""
        return peaks.peaks(self.filters, period)

    def waiting(self) -> Waiting:
        """Return who waits for a first answer now, and how many of them beyond the target."""
        return waiting.waiting(self.filters, self.targets.get("first_response_time"))

    def ages(self) -> Ages:
        """Return how old the tickets are that are open now. One query, on the tickets themselves."""
        return tickets.ages(self.filters)

    def tickets_behind(self, kpi_id: str, period: Period, *, measure: str = "") -> QuerySet[Ticket]:
        """Return the tickets that a figure counts, as far as the viewer may open them.

        Raises KeyError for a figure that is not made of tickets.
        """
        return tickets.tickets_behind(self.viewer, self.filters, kpi_id, period, measure=measure)

    # -- How answers are made ----------------------------------------------------------------------

    def _read(
        self,
        measures: Sequence[str],
        first: dt.date,
        last: dt.date,
        by: str,
        cuts: sums.Cuts | None = None,
        bare: Collection[str] = (),
    ) -> list[sums.Row]:
        return sums.read(measures, first, last, self.filters, by, facts=self._from_facts, cuts=cuts, bare=bare)

    def _results(
        self, ids: Sequence[str], period: Period, by: str, variant: str = "", *, compared: bool = True
    ) -> dict[str, dict[str, Result]]:
        """Return figures by KPI and key; not compared, they are values alone, without the period before."""
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
                plain[measure_of(kpi, variant)] = kpi
        apart = {measure: self._apart(kpi, period) for measure, kpi in plain.items()}
        bare = set() if compared else {name for name, kpi in plain.items() if kpi.statistic is not Statistic.MEDIAN}
        first = period.previous.first if compared else period.first
        rows = self._read(list(plain), first, period.last, by, apart, bare) if plain else []
        for measure, kpi in plain.items():
            found[kpi.id] = self._summed(kpi, period, [row for row in rows if row.measure == measure])
        return found

    def _summed(self, kpi: Kpi, period: Period, rows: Iterable[sums.Row]) -> dict[str, Result]:
        now: dict[str, Sum] = defaultdict(Sum)
        young: dict[str, Sum] = defaultdict(Sum)
        before: dict[str, Sum] = defaultdict(Sum)
        first_young = self._final_before(kpi)
        for row in rows:
            if not counts(kpi, row.day):
                continue
            if row.day < first_young:
                (now if row.day in period else before)[row.key].add(row)
            elif row.day in period:
                young[row.key].add(row)
        return {
            key: self._result(kpi, period, now[key], young.get(key), before[key])
            for key in sorted(now.keys() | young.keys() | before.keys())
        }

    def _apart(self, kpi: Kpi, period: Period) -> list[dt.date]:
        """Return the days that are not like those before them: of the period, not final, not counted at all."""
        young = today() if kpi.id == "missed_chats" else self._final_before(kpi)
        return sorted({period.first, young})

    def _final_before(self, kpi: Kpi) -> dt.date:
        if kpi.id not in self._final:
            self._final[kpi.id] = final_before(kpi)
        return self._final[kpi.id]

    def _result(self, kpi: Kpi, period: Period, now: Sum, young: Sum | None, before: Sum) -> Result:
        value, previous = value_of(kpi, now), value_of(kpi, before)
        target = self.targets.get(kpi.id)
        duration = kpi.unit is Unit.SECONDS
        provisional = None
        if young is not None:
            days = (today() - self._final_before(kpi)).days
            final_from = period.last + dt.timedelta(days=days + 1)
            provisional = Provisional(value=value_of(kpi, young), n=young.denominator, final_from=final_from)
        return Result(
            kpi=kpi.id,
            period=period,
            value=value,
            n=now.denominator if kpi.statistic is not Statistic.COUNT else now.numerator,
            numerator=now.numerator,
            denominator=now.denominator,
            median=now.median if duration else None,
            p90=now.p90 if duration else None,
            mean=formulas.rate(now.numerator, now.denominator) if duration else None,
            interval=formulas.wilson(now.numerator, now.denominator)
            if kpi.anchor != "presence" and kpi.unit is Unit.SHARE
            else None,
            previous=previous,
            previous_n=before.denominator if kpi.statistic is not Statistic.COUNT else before.numerator,
            trend=trend(kpi, value, previous),
            target=target,
            status=formulas.status(value, target, kpi.better),
            provisional=provisional,
            as_of=self.as_of,
            definition_version=kpi.version,
            packed=now.packed,
        )

    def _empty(self, kpi: Kpi, period: Period) -> Result:
        return self._result(kpi, period, Sum(), None, Sum())

    def _points(self, kpi: Kpi, period: Period, rows: Iterable[sums.Row]) -> list[Point]:
        by_day: dict[dt.date, Sum] = defaultdict(Sum)
        for row in rows:
            if row.day in period and counts(kpi, row.day):
                by_day[row.day].add(row)
        first_young, nothing = self._final_before(kpi), Sum()
        return [self._point(kpi, day, by_day.get(day, nothing), first_young) for day in period.days()]

    def _point(self, kpi: Kpi, day: dt.date, total: Sum, first_young: dt.date) -> Point:
        n = total.numerator if kpi.statistic is Statistic.COUNT else total.denominator
        return Point(day=day, value=value_of(kpi, total), n=n, is_final=day < first_young)

    # -- Open tickets ------------------------------------------------------------------------------

    def _steps(self, period: Period) -> list[sums.Row]:
        return self._read(["backlog"], dt.date.min, period.last, "all")

    def _balance_results(
        self, kpi: Kpi, period: Period, by: str, rows: Sequence[sums.Row] | None = None
    ) -> dict[str, Result]:
        if rows is None:
            rows = self._read(["backlog"], dt.date.min, period.last, by, {"backlog": [period.first]})
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
                    trend=trend(kpi, value, previous),
                    target=target,
                    status=formulas.status(value, target, kpi.better),
                    as_of=self.as_of,
                    definition_version=kpi.version,
                )
        return found

    def _balances(self, period: Period, rows: Sequence[sums.Row]) -> list[Point]:
        level = sum(row.numerator for row in rows if row.day < period.first)
        change = Counter[dt.date]()
        for row in rows:  # several on one day, where several keys were asked for
            change[row.day] += row.numerator
        points = []
        last = today()
        for day in period.days():
            if day > last:
                points.append(Point(day=day, value=None, n=0))
                continue
            level += change[day]
            points.append(Point(day=day, value=level, n=level))
        return points

    # -- Distinct contacts -------------------------------------------------------------------------

    def _distinct_results(self, kpi: Kpi, period: Period, by: str) -> dict[str, Result]:
        found = {}
        now, before = (
            counted.distinct(self.filters, kpi, period, by),
            counted.distinct(self.filters, kpi, period.previous, by),
        )
        for key in sorted(now.keys() | before.keys()):
            found[key] = self._result(kpi, period, now.get(key, Sum()), None, before.get(key, Sum()))
        return found
