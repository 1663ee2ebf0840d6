"""Columns over a common floor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.charts.scales import Tick, scale

FULL = 0.72  # how much of its place a column fills


@dataclass(frozen=True)
class Bar:
    """What a column shows; `tone` is one of measure, attention, quiet."""

    text: str
    value: float
    tone: str = "measure"
    said: str = ""


@dataclass(frozen=True)
class Column:
    """A drawn column; x, width and middle in per cent."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    bar: Bar


@dataclass(frozen=True)
class Columns:
    """Columns with their grid; `target` in per cent."""

    columns: list[Column]
    ticks: list[Tick]
    height: float
    floor: float
    target: float | None = None


def columns(
    bars: Sequence[Bar],
    *,
    height: float = 196,
    target_after: int | None = None,
    write: Callable[[float], str] = "{:g}".format,
) -> Columns:
    """Return columns that start at nought; a target line may stand after the n-th of them."""
    floor = height - 24
    heights, steps = scale([bar.value for bar in bars], top=14, bottom=floor, whole=True)
    slot = 100 / max(1, len(bars))
    drawn = []
    for number, bar in enumerate(bars):
        y = heights.y(bar.value)
        drawn.append(
            Column(
                x=round(slot * (number + (1 - FULL) / 2), 2),
                y=y,
                width=round(slot * FULL, 2),
                height=round(floor - y, 1),
                middle=round(slot * (number + 0.5), 2),
                bar=bar,
            )
        )
    return Columns(
        columns=drawn,
        ticks=[Tick(heights.y(step), write(step)) for step in steps],
        height=height,
        floor=floor,
        target=round(slot * target_after, 2) if target_after is not None else None,
    )
