"""Lines over time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.charts.scales import Tick, Value, nice_step, path, scale

MARKS = 8


@dataclass(frozen=True)
class Series:
    """One line; `tone` is a category of the palette, or `before` for the dotted line of the previous period."""

    text: str
    values: Sequence[Value]
    tone: str = "c1"


@dataclass(frozen=True)
class Dot:
    """One value on a line, for those who point at it or tab to it; x in per cent."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Mark:
    """A label below the axis of time; x in per cent. A spare one is left out where there is little room."""

    x: float
    text: str
    anchor: str = "middle"
    spare: bool = False


@dataclass(frozen=True)
class Line:
    """A drawn line; its paths are in per cent across."""

    text: str
    tone: str
    path: str
    area: str
    dots: list[Dot]


@dataclass(frozen=True)
class Lines:
    """Lines over a common time."""

    lines: list[Line]
    ticks: list[Tick]
    marks: list[Mark]
    height: float
    floor: float
    target: float | None = None
    band: float | None = None  # the other edge, where the target is a band


@dataclass(frozen=True)
class Axis:
    """How the values of a chart are written, where its axis begins and ends, and by which steps it goes."""

    write: Callable[[float], str]
    zero: bool = False
    limit: float | None = None
    whole: bool = False
    stepped: Callable[[float], float] = nice_step


def lines(
    series: Sequence[Series],
    labels: Sequence[str],
    axis: Axis,
    *,
    target: float | None = None,
    band: float | None = None,
    height: float = 196,
    filled: bool = False,
    dotted: bool = True,
) -> Lines:
    """Return lines over the labels of an axis of time, with a target line where there is a target."""
    floor = height - 24
    goals = [goal for goal in (target, band) if goal is not None]
    heights, steps = scale(
        [*(value for one in series for value in one.values), *goals],
        top=12,
        bottom=floor,
        zero=axis.zero,
        limit=axis.limit,
        whole=axis.whole,
        stepped=axis.stepped,
    )
    step = 100 / max(1, len(labels) - 1)
    places = [round(step * number, 2) for number in range(len(labels))]
    drawn = []
    for one in series:
        points = [None if value is None else (x, heights.y(value)) for x, value in zip(places, one.values, strict=True)]
        way = path(points)
        with_dots = dotted and one.tone != "before"
        dots = [
            Dot(x, heights.y(value), f"{label}: {axis.write(value)}")
            for x, value, label in zip(places, one.values, labels, strict=True)
            if value is not None and with_dots
        ]
        gapless = bool(points) and all(point is not None for point in points)
        fills = filled and gapless and one.tone != "before"
        area = f"{way} L{places[-1]:g} {floor:g} L{places[0]:g} {floor:g} Z" if fills else ""
        drawn.append(Line(text=one.text, tone=one.tone, path=way, area=area, dots=dots))
    return Lines(
        lines=drawn,
        ticks=[Tick(heights.y(value), axis.write(value)) for value in steps],
        marks=_marks(places, labels),
        height=height,
        floor=floor,
        target=heights.y(target) if target is not None else None,
        band=heights.y(band) if band is not None else None,
    )


def _marks(places: Sequence[float], labels: Sequence[str]) -> list[Mark]:
    """Return the labels that have room; those at the ends stay inside the card."""
    every_nth = max(1, math.ceil(len(labels) / MARKS))
    shown = list(zip(places, labels, strict=True))[::every_nth]
    return [
        Mark(x, text, "start" if x < 2 and len(shown) > 1 else "end" if x > 98 else "middle", spare=number % 2 == 1)
        for number, (x, text) in enumerate(shown)
    ]
