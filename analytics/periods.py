"""Stretches of local days."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.facts import zone
from helpdesk import clock


def today() -> dt.date:
    """Return the present local day of the workspace."""
    return clock.now().astimezone(zone()).date()


@dataclass(frozen=True)
class Period:
    """From the beginning of one local day to the end of another. Raises ValueError when it ends before it begins."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")

    @classmethod
    def last_days(cls, number: int, until: dt.date | None = None) -> "Period":
        """Return the period of so many days that ends today, or on another day."""
        last = until or today()
        return cls(last - dt.timedelta(days=number - 1), last)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[dt.date]:
        """Yield every day."""
        for number in range(len(self)):
            yield self.first + dt.timedelta(days=number)

    @property
    def previous(self) -> "Period":
        """The period of the same length before this one."""
        return Period.last_days(len(self), self.first - dt.timedelta(days=1))

    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """Return the first moment and the first moment after the end; a day may have 23 or 25 hours."""
        midnight = dt.time(0)
        begin = dt.datetime.combine(self.first, midnight, zone())
        return begin, dt.datetime.combine(self.last + dt.timedelta(days=1), midnight, zone())
