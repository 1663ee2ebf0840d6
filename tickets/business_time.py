"""Pure arithmetic of business hours: how many open seconds lie between two moments, and when so many are over.

A moment is open when the wall clock of the calendar's time zone stands inside one of the weekly intervals and the
local date is no holiday. That holds for each moment by itself, so an hour that the clock shows twice counts twice
and an hour that it skips does not count. All boundaries are whole minutes of the wall clock.
"""

import datetime as dt
import zoneinfo
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MICRO = 1_000_000
DAY_MINUTES = 24 * 60
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SMALLEST = dt.timedelta(microseconds=1)
# A calendar that is closed for longer than this has no next opening.
HORIZON = dt.timedelta(days=800)
CHUNK = dt.timedelta(days=200)

Interval = tuple[int, int]


def _micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // SMALLEST


def _moment(micros: int) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=micros)


@dataclass(frozen=True)
class WeeklyHours:
    """Open intervals of a week in minutes after midnight, Monday being 0.

    An interval whose end is not after its beginning runs over midnight; 1440 is the end of the day.
    Raises ValueError for a minute outside the day.
    """

    days: Mapping[int, Sequence[Interval]]

    def __post_init__(self) -> None:
        for weekday, intervals in self.days.items():
            for begin, end in intervals:
                if not (0 <= weekday <= 6 and 0 <= begin < DAY_MINUTES and 0 <= end <= DAY_MINUTES):
                    raise ValueError(f"{weekday}: {begin}-{end} is no interval of a day")

    def of(self, date: dt.date) -> list[Interval]:
        """Return what is open on a local date, in order, without overlaps, with the rest of yesterday's night."""
        pieces = []
        for begin, end in self.days.get(date.weekday(), ()):
            pieces.append((begin, end if end > begin else DAY_MINUTES))
        for begin, end in self.days.get((date.weekday() - 1) % 7, ()):
            if end <= begin and end > 0:
                pieces.append((0, end))
        pieces.sort()
        merged: list[Interval] = []
        for begin, end in pieces:
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((begin, end))
        return merged


@dataclass
class BusinessTime:
    """The business hours of one calendar. Expands itself as far as it is asked; not meant to be changed."""

    zone: zoneinfo.ZoneInfo
    hours: WeeklyHours
    holidays: frozenset[dt.date] = frozenset()
    _begins: list[int] = field(default_factory=list, repr=False)
    _ends: list[int] = field(default_factory=list, repr=False)
    _before: list[int] = field(default_factory=list, repr=False)
    _from: dt.date | None = field(default=None, repr=False)
    _until: dt.date | None = field(default=None, repr=False)
    # Between these two moments, in whatever zone, everything is expanded.
    _low: dt.datetime = field(default=dt.datetime.max.replace(tzinfo=dt.UTC), repr=False)
    _high: dt.datetime = field(default=dt.datetime.min.replace(tzinfo=dt.UTC), repr=False)

    def seconds_between(self, begin: dt.datetime, end: dt.datetime) -> float:
        """Return the open seconds from `begin` to `end`; negative when `end` is earlier."""
        if end < begin:
            return -self.seconds_between(end, begin)
        if not self._low <= begin <= end <= self._high:
            self._expand(begin, end)
        return (self._open_until(_micros(end)) - self._open_until(_micros(begin))) / MICRO

    def after(self, begin: dt.datetime, seconds: float) -> dt.datetime | None:
        """Return the first moment by which `seconds` open seconds have passed since `begin`; None if that never comes.

        No seconds at all return `begin` itself, also outside business hours.
        """
        if seconds <= 0:
            return begin
        needed = round(seconds * MICRO)
        reach = begin + dt.timedelta(seconds=seconds) + CHUNK
        while True:
            self._expand(begin, reach)
            goal = self._open_until(_micros(begin)) + needed
            place = bisect_left(self._before, goal) - 1
            if place >= 0 and goal <= self._before[place] + self._ends[place] - self._begins[place]:
                return _moment(self._begins[place] + goal - self._before[place])
            if self._is_hopeless(reach):
                return None
            reach += CHUNK

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """Return `at` itself while open, else the next moment of opening; None if it never opens again."""
        reach = at + CHUNK
        while True:
            self._expand(at, reach)
            micros = _micros(at)
            place = bisect_right(self._begins, micros) - 1
            if place >= 0 and micros < self._ends[place]:
                return at
            if place + 1 < len(self._begins):
                return _moment(self._begins[place + 1])
            if self._is_hopeless(reach):
                return None
            reach += CHUNK

    def is_open(self, at: dt.datetime) -> bool:
        """Say whether a moment is open."""
        return self.next_opening(at) == at

    def _is_hopeless(self, reach: dt.datetime) -> bool:
        """Whether nothing opens within the horizon before `reach`."""
        newest = self._ends[-1] if self._ends else None
        since = _moment(newest) if newest is not None else reach - HORIZON - CHUNK
        return not any(self.hours.days.values()) or reach - since > HORIZON

    def _open_until(self, micros: int) -> int:
        """Return the open microseconds from the beginning of the expanded stretch to a moment: F(t)."""
        place = bisect_right(self._begins, micros) - 1
        if place < 0:
            return 0
        return self._before[place] + min(micros, self._ends[place]) - self._begins[place]

    def _expand(self, begin: dt.datetime, end: dt.datetime) -> None:
        first = begin.astimezone(self.zone).date() - dt.timedelta(days=2)
        last = end.astimezone(self.zone).date() + dt.timedelta(days=2)
        if self._from is not None and self._until is not None:
            if self._from <= first and last <= self._until:
                return
            first, last = min(first, self._from), max(last, self._until)
        self._begins, self._ends, self._before = [], [], []
        total = 0
        date = first
        while date <= last:
            for open_from, open_to in self._open_on(date):
                if self._ends and self._ends[-1] == open_from:
                    self._ends[-1] = open_to
                else:
                    self._begins.append(open_from)
                    self._ends.append(open_to)
                    self._before.append(total)
                total += open_to - open_from
            date += dt.timedelta(days=1)
        self._from, self._until = first, last
        midnight = dt.time(0, tzinfo=dt.UTC)
        self._low = dt.datetime.combine(first + dt.timedelta(days=3), midnight)
        self._high = dt.datetime.combine(last - dt.timedelta(days=3), midnight)

    def _open_on(self, date: dt.date) -> Iterator[Interval]:
        """Yield what is open on a local date, as microseconds since 1970 in UTC, in order."""
        if date in self.holidays:
            return
        intervals = self.hours.of(date)
        if not intervals:
            return
        midnight = _micros(dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC))
        for stretch_begin, stretch_end, offset in _stretches(self.zone, midnight):
            for begin, end in intervals:
                # The same minutes of the wall clock, seen through the offset that holds in this stretch.
                open_from = max(midnight + begin * 60 * MICRO - offset, stretch_begin)
                open_to = min(midnight + end * 60 * MICRO - offset, stretch_end)
                if open_from < open_to:
                    yield open_from, open_to


def _offset(zone: zoneinfo.ZoneInfo, micros: int) -> int:
    offset = _moment(micros).astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - the moment is aware
    return (offset.days * 86_400 + offset.seconds) * MICRO + offset.microseconds


@lru_cache(maxsize=4096)  # a year of ten zones: calendars of one zone share their days
def _stretches(zone: zoneinfo.ZoneInfo, midnight: int) -> tuple[tuple[int, int, int], ...]:
    """Return (begin, end, offset) of the stretches of constant offset around the day that begins at `midnight`."""
    found = []
    begin = midnight - 15 * 3600 * MICRO
    stop = midnight + (24 + 15) * 3600 * MICRO
    hour = 3600 * MICRO
    offset = _offset(zone, begin)
    probe = begin + hour
    while probe < stop:
        if _offset(zone, probe) != offset:
            low, high = probe - hour, probe
            while high - low > MICRO:
                middle = (low + high) // 2 // MICRO * MICRO
                if _offset(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            found.append((begin, high, offset))
            begin, offset = high, _offset(zone, high)
        probe += hour
    return (*found, (begin, stop, offset))
