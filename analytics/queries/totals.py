"""From sums of rows to values: what all questions share."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from analytics import formulas, sums
from analytics.definitions import Kpi, Statistic, Unit
from analytics.periods import today

# What a sum of whole numbers has to be multiplied by: scores are kept in 36ths, presence in seconds.
SCALE = {"csat_mean": 1 / 36, "productivity": 3600.0}


@dataclass
class Sum:
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

    @cached_property
    def _percentiles(self) -> list[float | None]:
        return formulas.percentiles(self.packed, 0.5, 0.9)

    @property
    def median(self) -> float | None:
        """The value that half of them do not exceed; None without single values."""
        return self._percentiles[0]

    @property
    def p90(self) -> float | None:
        """The value that nine of ten do not exceed; None without single values."""
        return self._percentiles[1]


def measure_of(kpi: Kpi, variant: str = "") -> str:
    """Return the measure of a figure. Raises KeyError for a variant that it does not have."""
    if variant and not (variant == "business" and kpi.business):
        raise KeyError(variant)
    return f"{kpi.id}.{variant}" if variant else kpi.id


def value_of(kpi: Kpi, total: Sum) -> float | None:
    """Make one value of a total, as the definition says; None of nothing."""
    match kpi.statistic:
        case Statistic.MEDIAN:
            return total.median
        case Statistic.COUNT:
            return total.numerator
        case Statistic.NET:
            return formulas.net_score(total.numerator, total.denominator)
        case _:
            value = formulas.rate(total.numerator, total.denominator)
            return None if value is None else value * SCALE.get(kpi.id, 1)


def trend(kpi: Kpi, value: float | None, previous: float | None) -> float | None:
    """Compare with the period before: a difference for shares and points, else relative."""
    if value is None or previous is None:
        return None
    if kpi.unit in {Unit.SHARE, Unit.POINTS}:
        return value - previous
    return (value - previous) / previous if previous else None


def counts(kpi: Kpi, day: dt.date) -> bool:
    """Whether a day is in the figure at all: a window that ends today may still be saved."""
    return kpi.id != "missed_chats" or day < today()
