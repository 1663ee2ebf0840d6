"""What a definition is made of: units, statistics, targets."""

from dataclasses import dataclass
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a text for the translators."""
    return text


class Unit(StrEnum):
    """What a value is counted in."""

    SECONDS = "seconds"
    SHARE = "share"  # 0 to 1; pages show per cent
    POINTS = "points"  # -100 to 100
    COUNT = "count"
    MEAN = "mean"  # a score, or a ratio that is no share
    PER_HOUR = "per_hour"


class Statistic(StrEnum):
    """How many observations become one value."""

    MEDIAN = "median"
    MEAN = "mean"
    RATE = "rate"  # numerator / denominator
    NET = "net"  # 100 * (promoters - detractors) / answers
    COUNT = "count"
    BALANCE = "balance"  # what is left at the end of the period
    DISTINCT = "distinct"  # a rate over distinct contacts, which days do not add up to


class Better(StrEnum):
    """Which direction is good."""

    LOWER = "lower"
    HIGHER = "higher"
    BAND = "band"
    NEITHER = "neither"


@dataclass(frozen=True)
class Target:
    """Where the value should be: at most `high`, at least `low`, or between both."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One figure and its meaning."""

    id: str
    label: str
    formula: str
    unit: Unit
    statistic: Statistic
    better: Better
    anchor: str  # the event whose local day a value belongs to
    version: int = 1
    target: Target | None = None
    window_days: int = 0  # after so many days a day's values are final
    business: bool = False  # whether it exists in business seconds too
    dimensions: frozenset[str] = frozenset({"channel", "inbox", "topic", "team", "agent", "tag"})
    available: bool = True  # False: defined, and nothing in the product to compute it from yet


WITHOUT_AGENT = frozenset({"channel", "inbox", "topic", "team", "tag"})
FCR_WINDOW_DAYS = 7
REPEAT_WINDOW_DAYS = 7
REOPEN_WINDOW_HOURS = 72
NPS_WINDOW_DAYS = 90
DEFLECTION_HOURS = 72
MISSED_AFTER_HOURS = 24
TOO_FEW = 10
