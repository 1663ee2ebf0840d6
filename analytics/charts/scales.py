"""From values to heights, with round steps."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Value = float | None
MINUTE, HOUR, DAY = 60, 3600, 86400
# What people read off a clock.
DURATIONS = (
    *(1, 2, 5, 10, 15, 30),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
)


@dataclass(frozen=True)
class Tick:
    """A line of the grid and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Scale:
    """Maps values to heights in pixels, the larger the higher."""

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


def duration_step(span: float, wanted: int = 4) -> float:
    """Return a step in seconds that people know: 15 seconds, 5 minutes, 6 hours, whole days."""
    raw = max(span, 1.0) / wanted
    known = next((step for step in DURATIONS if step >= raw * 0.999), None)
    return float(known) if known is not None else max(1.0, nice_step(span / DAY, wanted)) * DAY


def scale(
    values: Sequence[Value],
    *,
    top: float,
    bottom: float,
    zero: bool = True,
    limit: float | None = None,
    whole: bool = False,
    stepped: Callable[[float], float] = nice_step,
) -> tuple[Scale, list[float]]:
    """Return a scale with round ends that holds the values, and its steps from low to high.

    `zero` starts at nought, as bars must; `limit` is the largest value there can be, such as 100 %; `whole` says that
    there is nothing between two whole numbers; `stepped` chooses the step for a span.
    """
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1.0
        if limit is not None and high > limit:
            low, high = limit - 1.0, limit
    step = stepped(high - low)
    if whole:
        step = max(1.0, math.ceil(step))
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if limit is not None:
        high = min(high, limit)
    count = max(1, round((high - low) / step))
    return Scale(low, high, top, bottom), [round(low + step * number, 6) for number in range(count + 1)]


def path(points: Sequence[tuple[float, float] | None]) -> str:
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
