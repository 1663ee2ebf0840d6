"""What questions about figures are answered with."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from analytics import formulas
from analytics.definitions import KPIS, TOO_FEW, Target, Unit
from analytics.periods import Period


@dataclass(frozen=True, kw_only=True)
class Provisional:
    """What the days say that are not final yet."""

    value: float | None
    n: int
    final_from: dt.date  # the first day on which the whole period is final


@dataclass(frozen=True, kw_only=True)
class Result:
    """One figure for one period."""

    kpi: str
    period: Period
    value: float | None
    n: int
    numerator: int | None
    denominator: int | None
    median: float | None = None
    p90: float | None = None
    mean: float | None = None
    interval: tuple[float, float] | None = None  # Wilson, of a rate
    previous: float | None = None
    previous_n: int = 0
    trend: float | None = None  # change against the period before: relative, for shares and points a difference
    target: Target | None = None
    status: str = "none"  # "met", "near", "missed" or "none"
    provisional: Provisional | None = None
    as_of: dt.datetime | None = None
    definition_version: int = 1
    packed: bytes = field(default=b"", repr=False, compare=False)  # the single values, for histograms

    @property
    def too_few(self) -> bool:
        """Whether a rate stands on too few observations to be shown as one."""
        return KPIS[self.kpi].unit in {Unit.SHARE, Unit.POINTS} and self.n < TOO_FEW

    def histogram(self, edges: Sequence[int]) -> list[int]:
        """Count the single values below the first edge, between the edges, and from the last on."""
        return formulas.histogram(self.packed, edges)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One day of a series."""

    day: dt.date
    value: float | None
    n: int
    is_final: bool = True


@dataclass(frozen=True, kw_only=True)
class Heatmap:
    """Tickets opened by weekday (0 is Monday) and local hour, and how often that hour came in the period."""

    opened: list[list[int]]
    occurrences: list[list[float]]

    def average(self, weekday: int, hour: int) -> float | None:
        """Return tickets for each time that hour came; None if it never did."""
        times = self.occurrences[weekday][hour]
        return self.opened[weekday][hour] / times if times else None


@dataclass(frozen=True, kw_only=True)
class Ages:
    """The tickets that are open now, by age."""

    under_1_day: int
    under_3_days: int
    under_7_days: int
    older: int
    oldest_opened_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All that the front page of the reports shows."""

    period: Period
    results: dict[str, Result]
    series: dict[str, list[Point]]
    heatmap: Heatmap
    ages: Ages
    agents: dict[str, dict[str, Result]]  # by agent, then by KPI
    inboxes: dict[str, Result]
    tags: dict[str, Result]
    sla: dict[str, list[Point]]  # by metric
    as_of: dt.datetime | None
