"""Who is here: from the first sign of life to the last, exact to the second."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from agents import presence
from agents.models import Membership, PresenceInterval, PresenceState, User
from tests.cast import House, house

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def cast(db: None) -> House:
    """Furnish the house."""
    return house()


def after(seconds: float) -> dt.datetime:
    """Return the moment so many seconds into the morning."""
    return START + dt.timedelta(seconds=seconds)


def stretches(user: User) -> list[tuple[str, float, float | None]]:
    """Return what stands in the books: state, begin and end in seconds."""
    return [
        (
            one.state,
            (one.started_at - START).total_seconds(),
            (one.ended_at - START).total_seconds() if one.ended_at else None,
        )
        for one in PresenceInterval.objects.filter(user=user).order_by("started_at")
    ]


def test_whoever_opens_a_page_is_available(cast: House) -> None:
    assert presence.beat(cast.lena.pk, START)
    assert not presence.beat(cast.lena.pk, after(8))
    assert stretches(cast.lena) == [("online", 0, None)]
    assert presence.available_agents(cast.returns.pk, after(8)) == [cast.lena.pk]
    assert presence.available_agents(cast.finance.pk, after(8)) == []


def test_many_tabs_write_once_in_fifteen_seconds(cast: House) -> None:
    presence.beat(cast.lena.pk, START)
    seen = set()
    for number in range(1, 60 * 4):
        presence.beat(cast.lena.pk, after(number / 4))
        seen.add(PresenceInterval.objects.get(user=cast.lena).last_seen_at)
    assert len(seen) == 1 + 3
    assert stretches(cast.lena) == [("online", 0, None)]


def test_a_page_that_is_lost_ends_where_it_was_last_seen_however_late_that_is_noticed(cast: House) -> None:
    presence.beat(cast.lena.pk, START)
    presence.beat(cast.lena.pk, after(40))
    assert presence.end_lapsed(after(99)) == 0, "a page that is loaded anew is no absence"
    assert presence.available_agents(cast.returns.pk, after(100)) == [cast.lena.pk]
    assert presence.available_agents(cast.returns.pk, after(101)) == []
    assert presence.end_lapsed(after(3 * 3600)) == 1
    assert stretches(cast.lena) == [("online", 0, 40)]


def test_who_comes_back_before_the_sweep_begins_anew(cast: House) -> None:
    presence.beat(cast.lena.pk, START)
    assert presence.beat(cast.lena.pk, after(3600))
    assert stretches(cast.lena) == [("online", 0, 0), ("online", 3600, None)]


def test_who_went_away_stays_away_when_they_open_a_page(cast: House) -> None:
    presence.beat(cast.lena.pk, START)
    assert presence.set_state(cast.lena.pk, PresenceState.AWAY, after(20))
    assert not presence.set_state(cast.lena.pk, PresenceState.AWAY, after(21))
    presence.end_lapsed(after(600))
    assert not presence.beat(cast.lena.pk, after(900))
    assert presence.available_agents(cast.returns.pk, after(900)) == []
    presence.set_state(cast.lena.pk, PresenceState.ONLINE, after(910))
    assert stretches(cast.lena) == [("online", 0, 20), ("away", 20, 20), ("away", 900, 910), ("online", 910, None)]
    assert presence.available_agents(cast.returns.pk, after(910)) == [cast.lena.pk]


def test_logging_out_ends_it_at_once(cast: House) -> None:
    presence.beat(cast.lena.pk, START)
    presence.leave(cast.lena.pk, after(33))
    assert stretches(cast.lena) == [("online", 0, 33)]
    presence.leave(cast.lena.pk, after(50))
    assert stretches(cast.lena) == [("online", 0, 33)]


def test_a_deactivated_person_is_gone_at_once_and_leaves_no_more_traces(cast: House) -> None:
    presence.beat(cast.lena.pk, START)
    presence.beat(cast.lena.pk, after(15))
    User.objects.filter(pk=cast.lena.pk).update(is_active=False)
    assert presence.available_agents(cast.returns.pk, after(16)) == []
    assert presence.end_lapsed(after(16)) == 1
    assert not presence.beat(cast.lena.pk, after(17))
    assert stretches(cast.lena) == [("online", 0, 15)]


def test_only_those_who_may_answer_are_available(cast: House) -> None:
    Membership.objects.create(user=cast.jonas, team=cast.returns)
    Membership.objects.create(user=cast.ada, team=cast.returns)
    for user in (cast.jonas, cast.ada, cast.amira):
        presence.beat(user.pk, START)
    assert presence.available_agents(cast.returns.pk, START) == [cast.amira.pk, cast.ada.pk]


def test_the_database_refuses_two_intervals_at_once(cast: House) -> None:
    def interval(begin: float, end: float | None) -> PresenceInterval:
        return PresenceInterval.objects.create(
            user=cast.lena,
            state=PresenceState.ONLINE,
            started_at=after(begin),
            last_seen_at=after(end or begin),
            ended_at=None if end is None else after(end),
        )

    interval(0, 60)
    interval(60, None)
    for begin, end in ((30, 40), (59, None), (100, 200), (70, None), (300, 290)):
        with pytest.raises(IntegrityError), transaction.atomic():
            interval(begin, end)
    assert len(stretches(cast.lena)) == 2


def test_where_work_is_not_recorded_only_the_present_is_known(cast: House, settings: Settings) -> None:
    presence.beat(cast.lena.pk, START)
    presence.leave(cast.lena.pk, after(30))
    settings.RECORD_WORK = False
    for second in range(60, 600, 15):
        presence.beat(cast.lena.pk, after(second))
    assert presence.state_of(cast.lena.pk, after(600)) == PresenceState.ONLINE
    assert stretches(cast.lena) == [("online", 0, 30), ("online", 585, None)], "what was recorded before stays"
    presence.set_state(cast.lena.pk, PresenceState.BREAK, after(600))
    assert stretches(cast.lena) == [("online", 0, 30), ("break", 600, None)]
    presence.leave(cast.lena.pk, after(700))
    assert stretches(cast.lena) == [("online", 0, 30), ("break", 600, 600)]
    presence.beat(cast.lena.pk, after(4000))
    assert stretches(cast.lena) == [("online", 0, 30), ("break", 4000, None)], "back in the state they left in"
    presence.end_lapsed(after(9000))
    assert stretches(cast.lena) == [("online", 0, 30), ("break", 4000, 4000)]
