"""The geometry of charts: numbers in, coordinates out. The templates draw them as SVG; nothing here knows Django.

Every chart has a view box of its own and scales as one picture. A value of None is a gap, never a zero.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Value = float | None


@dataclass(frozen=True)
class Tick:
    """A line of the grid and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Scale:
    """Maps values to heights, the larger the higher."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        """Return the height of a value, kept inside the chart."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - self.top), 1)


def nice_step(span: float, wanted: int = 4) -> float:
    """Return a step of 1, 2, 2.5 or 5 times a power of ten that divides a span into about so many parts."""
    if span <= 0:
        return 1.0
    raw = span / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= raw * 0.999)


def scale(
    values: Sequence[Value],
    *,
    top: float,
    bottom: float,
    zero: bool = True,
    limit: float | None = None,
    whole: bool = False,
) -> tuple[Scale, list[float]]:
    """Return a scale with round ends that holds the values, and its steps from low to high.

    `zero` starts at nought, as bars must; `limit` is the largest value there can be, such as 100 %; `whole` says that
    there is nothing between two whole numbers.
    """
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1.0
        if limit is not None and high > limit:
            low, high = limit - 1.0, limit
    step = nice_step(high - low)
    if whole:
        step = max(1.0, math.ceil(step))
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if limit is not None:
        high = min(high, limit)
    count = max(1, round((high - low) / step))
    return Scale(low, high, top, bottom), [round(low + step * number, 6) for number in range(count + 1)]


# -- A small line beside a figure --------------------------------------------------------------------


@dataclass(frozen=True)
class Sparkline:
    """The way of one figure, without words; 92 by 34."""

    path: str
    target: float | None
    end: tuple[float, float] | None


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Return the commands of a line that stops where a value is missing."""
    parts: list[str] = []
    pen_down = False
    for point in points:
        if point is None:
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{point[0]:g} {point[1]:g}")
        pen_down = True
    return " ".join(parts)


def sparkline(values: Sequence[Value], target: float | None = None) -> Sparkline | None:
    """Return the line through the values; None when there are fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    everything = [*known, target] if target is not None else known
    low, high = min(everything), max(everything)
    heights = Scale(low, high if high > low else low + 1.0, 4.0, 30.0)
    step = 84.0 / (len(values) - 1)
    points = [
        None if value is None else (round(2 + step * number, 1), heights.y(value))
        for number, value in enumerate(values)
    ]
    return Sparkline(
        path=_path(points),
        target=heights.y(target) if target is not None else None,
        end=next(point for point in reversed(points) if point is not None),
    )


# -- Columns -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """What a column shows; `tone` is one of measure, attention, quiet."""

    text: str
    value: float
    tone: str = "measure"
    said: str = ""


@dataclass(frozen=True)
class Column:
    """A drawn column."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    bar: Bar


@dataclass(frozen=True)
class Columns:
    """Columns over a common floor."""

    columns: list[Column]
    ticks: list[Tick]
    width: float
    height: float
    left: float
    floor: float
    target: float | None = None


def columns(
    bars: Sequence[Bar], *, width: float = 600, height: float = 196, target_after: int | None = None
) -> Columns:
    """Return columns that start at nought; a target line may stand after the n-th of them."""
    left, floor = 40.0, height - 24
    heights, steps = scale([bar.value for bar in bars], top=14, bottom=floor, whole=True)
    slot = (width - left) / max(1, len(bars))
    drawn = []
    for number, bar in enumerate(bars):
        y = heights.y(bar.value)
        wide = min(slot * 0.72, 56.0)
        x = left + slot * number + (slot - wide) / 2
        drawn.append(
            Column(
                x=round(x, 1),
                y=y,
                width=round(wide, 1),
                height=round(floor - y, 1),
                middle=round(x + wide / 2, 1),
                bar=bar,
            )
        )
    return Columns(
        columns=drawn,
        ticks=[Tick(heights.y(step), f"{step:g}") for step in steps],
        width=width,
        height=height,
        left=left,
        floor=floor,
        target=round(left + slot * target_after, 1) if target_after is not None else None,
    )


# -- Lines over time ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """One line; `tone` is a category of the palette, or `before` for the dotted line of the previous period."""

    text: str
    values: Sequence[Value]
    tone: str = "c1"


@dataclass(frozen=True)
class Dot:
    """One value on a line, for those who point at it or tab to it."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Line:
    """A drawn line."""

    text: str
    tone: str
    path: str
    area: str
    dots: list[Dot]
    end: tuple[float, float] | None


@dataclass(frozen=True)
class Lines:
    """Lines over a common time."""

    lines: list[Line]
    ticks: list[Tick]
    marks: list[Tick]
    width: float
    height: float
    left: float
    floor: float
    target: float | None = None


@dataclass(frozen=True)
class Axis:
    """How the values of a chart are written, and where its axis begins and ends."""

    write: Callable[[float], str]
    zero: bool = False
    limit: float | None = None


def lines(
    series: Sequence[Series],
    labels: Sequence[str],
    axis: Axis,
    *,
    target: float | None = None,
    width: float = 600,
    height: float = 196,
    filled: bool = False,
    dotted: bool = True,
) -> Lines:
    """Return lines over the labels of an axis of time, with a target line where there is a target."""
    left, right, marks_wanted = 44.0, 12.0, 8
    floor = height - 24
    every = [value for one in series for value in one.values]
    heights, steps = scale(
        [*every, target] if target is not None else every, top=12, bottom=floor, zero=axis.zero, limit=axis.limit
    )
    step = (width - left - right) / max(1, len(labels) - 1)
    places = [round(left + step * number, 1) for number in range(len(labels))]
    drawn = []
    for one in series:
        points = [None if value is None else (x, heights.y(value)) for x, value in zip(places, one.values, strict=True)]
        path = _path(points)
        dots = [
            Dot(x, heights.y(value), f"{label}: {axis.write(value)}")
            for x, value, label in zip(places, one.values, labels, strict=True)
            if value is not None and dotted
        ]
        gapless = bool(points) and all(point is not None for point in points)
        area = f"{path} L{places[-1]:g} {floor:g} L{places[0]:g} {floor:g} Z" if filled and gapless else ""
        end = next((point for point in reversed(points) if point is not None), None)
        drawn.append(Line(text=one.text, tone=one.tone, path=path, area=area, dots=dots, end=end))
    every_nth = max(1, math.ceil(len(labels) / marks_wanted))
    return Lines(
        lines=drawn,
        ticks=[Tick(heights.y(value), axis.write(value)) for value in steps],
        marks=[Tick(x, text) for x, text in list(zip(places, labels, strict=True))[::every_nth]],
        width=width,
        height=height,
        left=left,
        floor=floor,
        target=heights.y(target) if target is not None else None,
    )


# -- A half ring -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gauge:
    """A share of a half ring; 190 by 104."""

    path: str
    mark: tuple[float, float, float, float] | None


def gauge(value: float, low: float, high: float, target: float | None = None) -> Gauge:
    """Return the half ring filled up to a value, with a tick outside it where the target is."""

    def angle(of: float) -> float:
        return math.pi * (1 - min(max((of - low) / (high - low), 0.0), 1.0))

    def point(at: float, radius: float) -> tuple[float, float]:
        return round(95 + radius * math.cos(at), 1), round(94 - radius * math.sin(at), 1)

    end = point(angle(value), 72)
    mark = None
    if target is not None:
        mark = (*point(angle(target), 82), *point(angle(target), 91))
    return Gauge(path=f"M23 94 A72 72 0 0 1 {end[0]:g} {end[1]:g}", mark=mark)


# -- A table in which darker means more --------------------------------------------------------------


def heat_level(value: float, most: float) -> int:
    """Return how dark a cell is, 0 for nothing to 5 for the most."""
    if value <= 0 or most <= 0:
        return 0
    return min(5, max(1, math.ceil(value / most * 5)))
