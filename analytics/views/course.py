"""The way of a figure day by day, beside the period before."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from analytics import charts
from analytics.charts import Value
from analytics.definitions import Kpi, Statistic, Unit
from analytics.results import Point, Result
from analytics.views import words

MOST_DOTS = 92
# A column of its own for each day would be a carpet.
DAILY_UP_TO = 120


@dataclass(frozen=True)
class Course:
    """A drawn line with its table."""

    chart: charts.Lines
    target: str
    key: list[dict[str, StrOrPromise]]
    head: str
    rows: list[list[str]]


def by_week(kpi: Kpi, days: int) -> bool:
    """Whether so many days are too many to tell apart; shares of distinct contacts do not add up to weeks."""
    return days > DAILY_UP_TO and kpi.statistic is not Statistic.DISTINCT


def course(kpi: Kpi, points: list[Point], before: list[Point], result: Result) -> Course | None:
    """Return the line of a figure; None when no day has a value."""
    if not any(point.value is not None for point in points):
        return None
    by_weeks = by_week(kpi, len(points))
    groups = words.weeks(points) if by_weeks else [[point] for point in points]
    factor = 100 if kpi.unit is Unit.SHARE else 1
    labels = [formats.date_format(group[0].day, words.day_format()) for group in groups]
    now = _values(kpi, points, weeks=by_weeks)
    series = [charts.Series(_(kpi.label), _times(now, factor))]
    if any(point.value is not None for point in before):
        earlier = _values(kpi, before, weeks=by_weeks)[: len(now)]
        earlier += [None] * (len(now) - len(earlier))
        series.insert(0, charts.Series(_("Period before"), _times(earlier, factor), "before"))
    else:
        earlier = [None] * len(now)
    goal = result.target
    low, high = (goal.low, goal.high) if goal else (None, None)
    line = low if low is not None else high
    axis = charts.Axis(
        lambda value: words.brief(kpi.unit, value / factor),
        zero=kpi.unit not in {Unit.SHARE, Unit.MEAN, Unit.POINTS},
        limit=100 if kpi.unit is Unit.SHARE else None,
        whole=kpi.unit is Unit.COUNT,
        stepped=charts.duration_step if kpi.unit is Unit.SECONDS else charts.nice_step,
    )
    drawn = charts.lines(
        series,
        labels,
        axis,
        target=None if line is None else line * factor,
        band=None if low is None or high is None else high * factor,
        height=240,
        filled=axis.zero,
        dotted=len(labels) <= MOST_DOTS,
    )
    return Course(
        chart=drawn,
        target=words.target_text(kpi, goal),
        key=[{"text": one.text, "tone": one.tone} for one in reversed(series)] if len(series) > 1 else [],
        head=_("Week from") if by_weeks else _("Day"),
        rows=[
            [label, words.write(kpi.unit, value), words.write(kpi.unit, was), words.number(_count(kpi, group))]
            for label, value, was, group in zip(labels, now, earlier, groups, strict=True)
        ],
    )


def _count(kpi: Kpi, group: list[Point]) -> int:
    return group[-1].n if kpi.statistic is Statistic.BALANCE else sum(point.n for point in group)


def _values(kpi: Kpi, points: list[Point], *, weeks: bool) -> list[Value]:
    if not weeks:
        return [point.value for point in points]
    if kpi.statistic is Statistic.BALANCE:
        return [week[-1].value for week in words.weeks(points)]
    if kpi.statistic is Statistic.COUNT:
        return [sum(point.value or 0 for point in week) for week in words.weeks(points)]
    return words.weekly(points)


def _times(values: list[Value], factor: int) -> list[Value]:
    return [None if value is None else value * factor for value in values]
