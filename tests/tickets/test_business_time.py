"""Business time equals an oracle that asks the wall clock second by second."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.business_time import BusinessTime, Interval, WeeklyHours

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = WeeklyHours({day: [(9 * 60, 17 * 60)] for day in range(5)})
# Zones with transitions at midnight, of half an hour, by a whole skipped day, and the usual ones.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Asia/Kolkata"]
# Moments next to which the clocks change, and quiet ones.
ANCHORS = [
    dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 8, 7, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 6, tzinfo=dt.UTC),
    dt.datetime(2026, 4, 4, 15, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 3, 15, 30, tzinfo=dt.UTC),
    dt.datetime(2011, 12, 30, 10, tzinfo=dt.UTC),
    dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC),
]


def is_open(calendar: BusinessTime, at: dt.datetime) -> bool:
    """Ask the wall clock: the definition, as plainly as it can be written."""
    local = at.astimezone(calendar.zone)
    if local.date() in calendar.holidays:
        return False
    minute = local.hour * 60 + local.minute
    for begin, end in calendar.hours.days.get(local.weekday(), ()):
        if begin <= minute and (end <= begin or minute < end):
            return True
    yesterday = calendar.hours.days.get((local.weekday() - 1) % 7, ())
    return any(end <= begin and minute < end for begin, end in yesterday)


def walk(calendar: BusinessTime, begin: dt.datetime, seconds: int) -> int:
    """Count open seconds one by one."""
    return sum(is_open(calendar, begin + dt.timedelta(seconds=second)) for second in range(seconds))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Any interval of a day, over midnight too."""
    return draw(st.integers(0, 1439)), draw(st.integers(0, 1440))


@st.composite
def calendars(draw: st.DrawFn) -> BusinessTime:
    """Any week in any of the zones, with holidays near the anchors."""
    days = draw(st.dictionaries(st.integers(0, 6), st.lists(intervals(), max_size=3), max_size=7))
    anchor = draw(st.sampled_from(ANCHORS)).date()
    holidays = draw(st.frozensets(st.integers(-2, 2), max_size=2))
    return BusinessTime(
        zone=zoneinfo.ZoneInfo(draw(st.sampled_from(ZONES))),
        hours=WeeklyHours(days),
        holidays=frozenset(anchor + dt.timedelta(days=offset) for offset in holidays),
    )


@given(calendars(), st.sampled_from(ANCHORS), st.integers(-20_000, 20_000), st.integers(0, 5_000))
@settings(max_examples=80, deadline=None)
def test_seconds_between_equal_the_oracle(
    calendar: BusinessTime, anchor: dt.datetime, offset: int, length: int
) -> None:
    begin = anchor + dt.timedelta(seconds=offset)
    assert calendar.seconds_between(begin, begin + dt.timedelta(seconds=length)) == walk(calendar, begin, length)


@given(calendars(), st.sampled_from(ANCHORS), st.integers(-90_000, 90_000), st.integers(1, 400_000))
@settings(max_examples=80, deadline=None)
def test_a_deadline_is_the_first_moment_by_which_so_many_seconds_have_passed(
    calendar: BusinessTime, anchor: dt.datetime, offset: int, needed: int
) -> None:
    begin = anchor + dt.timedelta(seconds=offset)
    due = calendar.after(begin, needed)
    if due is None:
        assert calendar.seconds_between(begin, begin + dt.timedelta(days=900)) < needed
        return
    assert calendar.seconds_between(begin, due) == needed
    assert is_open(calendar, due - dt.timedelta(seconds=1))


@given(calendars(), st.sampled_from(ANCHORS), st.integers(-90_000, 90_000))
@settings(max_examples=60, deadline=None)
def test_nothing_is_open_before_the_next_opening(calendar: BusinessTime, anchor: dt.datetime, offset: int) -> None:
    at = anchor + dt.timedelta(seconds=offset)
    opening = calendar.next_opening(at)
    if opening is None:
        assert calendar.seconds_between(at, at + dt.timedelta(days=900)) == 0
        return
    assert is_open(calendar, opening)
    assert calendar.seconds_between(at, opening) == 0


def berlin(text: str) -> dt.datetime:
    """Return a moment of Berlin's wall clock."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("begin", "minutes", "due"),
    [
        ("2026-03-06 18:00", 30, "2026-03-09 09:30"),  # Friday evening to Monday morning
        ("2026-03-06 16:45", 30, "2026-03-09 09:15"),
        ("2026-03-27 16:00", 8 * 60, "2026-03-30 16:00"),  # over the weekend in which the clocks go forward
        ("2026-10-23 16:00", 8 * 60, "2026-10-26 16:00"),  # and back
        ("2026-12-24 12:00", 60, "2026-12-24 13:00"),
        ("2026-12-24 16:30", 60, "2026-12-28 09:30"),  # Christmas Day is a Friday
    ],
)
def test_a_working_week_in_berlin(begin: str, minutes: int, due: str) -> None:
    calendar = BusinessTime(BERLIN, NINE_TO_FIVE, frozenset({dt.date(2026, 12, 25)}))
    assert calendar.after(berlin(begin), minutes * 60) == berlin(due)


def test_a_night_shift_on_the_night_of_25_hours() -> None:
    nights = BusinessTime(BERLIN, WeeklyHours({5: [(22 * 60, 6 * 60)]}))
    hours = nights.seconds_between(berlin("2026-10-24 12:00"), berlin("2026-10-25 12:00")) / 3600
    assert hours == 9


def test_round_the_clock_is_wall_time() -> None:
    always = BusinessTime(BERLIN, WeeklyHours({day: [(0, 1440)] for day in range(7)}))
    begin = berlin("2026-03-28 12:00")
    assert always.seconds_between(begin, begin.astimezone(dt.UTC) + dt.timedelta(days=2)) == 2 * 86_400


def test_a_calendar_that_never_opens_has_no_deadline() -> None:
    closed = BusinessTime(BERLIN, WeeklyHours({}))
    assert closed.after(berlin("2026-03-06 18:00"), 1) is None
    assert closed.next_opening(berlin("2026-03-06 18:00")) is None


@pytest.mark.parametrize("days", [{7: [(0, 1)]}, {0: [(-1, 5)]}, {0: [(0, 1441)]}, {0: [(1440, 1440)]}])
def test_an_impossible_interval_is_refused(days: dict[int, list[Interval]]) -> None:
    with pytest.raises(ValueError, match="no interval"):
        WeeklyHours(days)
