"""Figures in words: values, changes and targets as people read them, in the language of the page."""

import math
from dataclasses import dataclass
from functools import lru_cache

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agents.bidi import isolated
from analytics.charts import Sparkline, sparkline
from analytics.definitions import KPIS, Better, Kpi, Statistic, Target, Unit
from analytics.results import Point, Result

MINUTE, HOUR, DAY = 60, 3600, 86400
NO_BREAK = "\N{NO-BREAK SPACE}"


def duration(seconds: float) -> str:
    """Write seconds in the two largest units that say something; the line does not break in it."""
    return isolated(_duration(round(seconds)).replace(" ", NO_BREAK))


def _duration(whole: int) -> str:
    if whole < MINUTE:
        return _("%(seconds)d s") % {"seconds": whole}
    if whole < HOUR:
        minutes, rest = divmod(whole, MINUTE)
        if rest and minutes < 10:
            return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
        return _("%(minutes)d min") % {"minutes": minutes}
    if whole < DAY:
        hours, minutes = divmod(whole // MINUTE, 60)
        if not minutes:
            return _("%(hours)d h") % {"hours": hours}
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    days, hours = divmod(whole // HOUR, 24)
    if not hours:
        return _("%(days)d d") % {"days": days}
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}


def day_format() -> str:
    """Return how the language of the page writes a day below a chart."""
    return pgettext("date format: day and month", "j M")


def number(value: float, places: int = 0) -> str:
    """Write a number as the language of the page does, rounded; Django's own formats cut the rest off."""
    return _number(round(value, places) + 0.0, places, translation.get_language())


@lru_cache(maxsize=8192)  # a page shows hundreds of numbers, most of them small and the same as on the last one
def _number(value: float, places: int, language: str | None) -> str:
    del language
    return formats.number_format(value, decimal_pos=places, force_grouping=True)


def percent(share: float, places: int = 1) -> str:
    """Write a share as per cent."""
    return (_("%(percent)s %%") % {"percent": number(share * 100, places)}).replace(" ", NO_BREAK)


def brief(unit: Unit, value: float) -> str:
    """Write a value of an axis or a target: without places that say nothing."""
    if unit is Unit.SHARE:
        return percent(value, 0 if math.isclose(value * 100, round(value * 100), abs_tol=0.04) else 1)
    if unit in {Unit.MEAN, Unit.PER_HOUR}:
        return number(value, 0 if math.isclose(value, round(value), abs_tol=0.004) else 2)
    if unit is Unit.COUNT:
        return number(value, 0 if math.isclose(value, round(value), abs_tol=0.04) else 1)
    return write(unit, value)


def write(unit: Unit, value: float | None) -> str:
    """Write a value of a unit; a dash for none."""
    if value is None:
        return "–"
    match unit:
        case Unit.SECONDS:
            return duration(value)
        case Unit.SHARE:
            return percent(value)
        case Unit.POINTS:
            return f"{round(value):+d}".replace("-", "−")
        case Unit.COUNT:
            return number(value)
        case _:
            return number(value, 2)


@dataclass(frozen=True)
class Change:
    """How a value differs from the one of the period before."""

    text: str
    was: str
    icon: str
    tone: str
    said: str


def change(kpi: Kpi, result: Result) -> Change | None:
    """Return the change, good or bad by the direction that is wanted; None where there is nothing to compare."""
    if result.trend is None or result.value is None or result.previous is None:
        return None
    if kpi.unit in {Unit.SECONDS, Unit.COUNT, Unit.MEAN, Unit.PER_HOUR}:
        text = percent(abs(result.trend), 0)
    elif kpi.unit is Unit.SHARE:
        text = (_("%(points)s pts") % {"points": number(abs(result.trend) * 100, 1)}).replace(" ", NO_BREAK)
    else:
        text = number(abs(result.trend))
    rising = result.trend > 0
    flat = math.isclose(result.trend, 0, abs_tol=0.0005)
    good = (rising and kpi.better is Better.HIGHER) or (not rising and kpi.better is Better.LOWER)
    tone = "quiet" if flat or kpi.better in {Better.NEITHER, Better.BAND} else "good" if good else "bad"
    was = write(kpi.unit, result.previous)
    said = _("up") if rising else _("down")
    return Change(text, was, "minus" if flat else "arrow-up" if rising else "arrow-down", tone, said)


def bounds(kpi: Kpi, target: Target | None) -> str:
    """Return the ends of a target in words; empty where none is set."""
    if target is None:
        return ""
    low = brief(kpi.unit, target.low) if target.low is not None else ""
    high = brief(kpi.unit, target.high) if target.high is not None else ""
    return _("%(low)s to %(high)s") % {"low": low, "high": high} if low and high else low or high


def target_text(kpi: Kpi, target: Target | None) -> str:
    """Return the words of a target; empty where none is set."""
    ends = bounds(kpi, target)
    return _("Target %(value)s") % {"value": ends} if ends else ""


def shown(kpi: Kpi, result: Result | None) -> str:
    """Return a value of a table: a dash for none, and for a rate of too few."""
    return "–" if result is None or result.too_few else write(kpi.unit, result.value)


@dataclass(frozen=True)
class Tile:
    """One figure with all that makes it believable."""

    id: str
    label: str
    formula: str
    version: int
    value: str
    few: bool
    is_empty: bool
    detail: str
    change: Change | None
    target: str
    status: str
    line: Sparkline | None
    available: bool
    has_tickets: bool  # else it is made of people's time, with nothing to open behind it


def detail(kpi: Kpi, result: Result) -> str:
    """Return what stands behind a value: how many, and for durations the slow end."""
    if not result.n:
        if result.provisional is None or not result.provisional.n:
            return ""
        return _("So far %(value)s of %(count)s; final from %(day)s") % {
            "value": write(kpi.unit, result.provisional.value),
            "count": number(result.provisional.n),
            "day": formats.date_format(result.provisional.final_from, "SHORT_DATE_FORMAT"),
        }
    if kpi.anchor == "presence":  # counted in seconds
        return _("%(time)s available") % {"time": duration(result.n)}
    many = ngettext("%(count)s value", "%(count)s values", result.n) % {"count": number(result.n)}
    if kpi.unit is Unit.SECONDS and result.p90 is not None:
        return _("%(many)s · 90 %% within %(slow)s") % {"many": many, "slow": duration(result.p90)}
    if kpi.statistic in {Statistic.COUNT, Statistic.BALANCE}:
        return ""
    if result.provisional is not None:
        rest = write(kpi.unit, result.provisional.value)
        return _("%(many)s · youngest days so far %(value)s") % {"many": many, "value": rest}
    return many


def tile(result: Result, series: list[Point]) -> Tile:
    """Return a result as its tile."""
    kpi = KPIS[result.kpi]
    goal = result.target
    line_goal = (goal.low if goal.low is not None else goal.high) if goal else None
    values = weekly(series) if len(series) > 60 else [point.value for point in series]
    few = result.too_few
    return Tile(
        id=kpi.id,
        label=_(kpi.label),
        formula=_(kpi.formula),
        version=kpi.version,
        value="–" if few else write(kpi.unit, result.value),
        few=few and kpi.available and result.n > 0,
        is_empty=not result.n and result.value is None and not (result.provisional and result.provisional.n),
        detail=detail(kpi, result) if kpi.available else "",
        change=None if few else change(kpi, result),
        target=target_text(kpi, goal),
        status="none" if few else result.status,
        line=sparkline(values, line_goal),
        available=kpi.available,
        has_tickets=kpi.available and kpi.anchor != "presence",
    )


def weeks(series: list[Point]) -> list[list[Point]]:
    """Return the whole weeks of a series, counted back from its last day; days that make no week are left out."""
    return [series[begin : begin + 7] for begin in range(len(series) % 7, len(series), 7)]


def weekly(series: list[Point]) -> list[float | None]:
    """Return one value for each whole week: the mean of its days weighed by how many observations each has."""
    found: list[float | None] = []
    for days in weeks(series):
        week = [point for point in days if point.value is not None]
        weight = sum(point.n for point in week)
        found.append(sum((point.value or 0) * point.n for point in week) / weight if weight else None)
    return found
