"""What stands beside a figure: a small line, a half ring, how dark a cell is. All are of one size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.charts.scales import Scale, Value, path


@dataclass(frozen=True)
class Sparkline:
    """The way of one figure, without words; 92 by 34."""

    path: str
    target: float | None
    end: tuple[float, float] | None


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
        path=path(points),
        target=heights.y(target) if target is not None else None,
        end=next(point for point in reversed(points) if point is not None),
    )


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


def heat_level(value: float, most: float) -> int:
    """Return how dark a cell is, 0 for nothing to 5 for the most."""
    if value <= 0 or most <= 0:
        return 0
    return min(5, max(1, math.ceil(value / most * 5)))
