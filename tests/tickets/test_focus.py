"""What an agent had before their eyes, and for how long."""

import datetime as dt
import itertools

import pytest
from pytest_django.fixtures import Settings

from agents import presence
from agents.models import PresenceInterval, PresenceState
from tests.cast import House, ticket_of, writes
from tickets import focus
from tickets.models import FocusSegment, Ticket

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def tickets(cast: House) -> tuple[Ticket, Ticket]:
    """Return two tickets of the returns desk, with Lena at her desk."""
    presence.set_state(cast.lena.pk, PresenceState.ONLINE, after(0))
    return ticket_of(writes(cast.inbox)), ticket_of(writes(cast.inbox, phone="4917655501843"))


def after(seconds: float) -> dt.datetime:
    """Return the moment so many seconds into the morning."""
    return START + dt.timedelta(seconds=seconds)


def at_work(cast: House, ticket: Ticket, *moments: float, composing: bool = False) -> None:
    """Let Lena's page say at these moments that she works at the ticket; her presence is renewed as well."""
    for moment in moments:
        presence.beat(cast.lena.pk, after(moment))
        assert focus.beat(cast.lena.pk, ticket.pk, composing=composing, at=after(moment))


def segments() -> list[tuple[int, float, float | None]]:
    """Return what was kept: ticket, begin and end in seconds."""
    return [
        (
            one.ticket_id,
            (one.started_at - START).total_seconds(),
            (one.ended_at - START).total_seconds() if one.ended_at else None,
        )
        for one in FocusSegment.objects.order_by("started_at", "pk")
    ]


def test_beats_at_one_ticket_are_one_segment_that_ends_with_the_last(
    cast: House, tickets: tuple[Ticket, Ticket]
) -> None:
    at_work(cast, tickets[0], 1, 16, 31)
    assert focus.end_lapsed(after(100)) == 0
    assert focus.end_lapsed(after(4000)) == 1
    assert segments() == [(tickets[0].pk, 1, 31)]


def test_turning_to_another_ticket_ends_the_first_at_that_moment(cast: House, tickets: tuple[Ticket, Ticket]) -> None:
    one, two = tickets
    at_work(cast, one, 1, 16)
    at_work(cast, two, 25, 40)
    assert segments() == [(one.pk, 1, 25), (two.pk, 25, None)]


def test_a_short_look_elsewhere_bridges_and_a_long_one_does_not(cast: House, tickets: tuple[Ticket, Ticket]) -> None:
    at_work(cast, tickets[0], 1, 70)
    presence.beat(cast.lena.pk, after(110))
    at_work(cast, tickets[0], 150)
    assert segments() == [(tickets[0].pk, 1, 90), (tickets[0].pk, 150, None)], (
        "twenty seconds after the last beat count"
    )


def test_writing_and_reading_are_told_apart(cast: House, tickets: tuple[Ticket, Ticket]) -> None:
    at_work(cast, tickets[0], 1)
    at_work(cast, tickets[0], 10, composing=True)
    found = FocusSegment.objects.order_by("started_at").values_list("composing", flat=True)
    assert list(found) == [False, True]


def test_nobody_works_at_a_ticket_they_may_not_see_or_while_away(cast: House, tickets: tuple[Ticket, Ticket]) -> None:
    presence.set_state(cast.jonas.pk, PresenceState.AWAY, START)
    assert not focus.beat(cast.jonas.pk, tickets[0].pk, composing=False, at=after(1))
    assert not focus.beat(cast.mateus.pk, tickets[0].pk, composing=False, at=after(1)), "no page of his is open"
    Ticket.objects.filter(pk=tickets[0].pk).update(team=cast.finance)
    assert not focus.beat(cast.lena.pk, tickets[0].pk, composing=False, at=after(1))
    at_work(cast, tickets[1], 2)
    presence.set_state(cast.lena.pk, PresenceState.BREAK, after(9))
    assert not focus.beat(cast.lena.pk, tickets[1].pk, composing=False, at=after(12))
    assert [end for _ticket, _begin, end in segments()] == [12]


def test_the_time_of_an_agent_is_never_counted_twice(cast: House, tickets: tuple[Ticket, Ticket]) -> None:
    """Beats of two tabs, shuffled in time, on two machines whose clocks differ."""
    PresenceInterval.objects.filter(user=cast.lena).update(last_seen_at=after(500))
    for number in range(60):
        focus.beat(
            cast.lena.pk, tickets[number % 2].pk, composing=number % 3 == 0, at=after(10 + number * 7 - number % 4 * 3)
        )
    found = [(begin, end) for _ticket, begin, end in segments() if end is not None]
    assert len(found) > 30
    assert all(begin <= end for begin, end in found)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(found))


def test_where_work_is_not_recorded_no_segment_is_kept(
    cast: House, tickets: tuple[Ticket, Ticket], settings: Settings
) -> None:
    settings.RECORD_WORK = False
    presence.beat(cast.lena.pk, after(1))
    assert not focus.beat(cast.lena.pk, tickets[0].pk, composing=False, at=after(1))
    assert segments() == []
