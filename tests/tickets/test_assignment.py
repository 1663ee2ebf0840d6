"""Who gets a ticket that nobody has asked for."""

import datetime as dt

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents import presence
from agents.models import Assignment, Membership, PresenceState, Team, User
from helpdesk import clock
from tests.cast import House, newest_seq, person, ticket_of, writes
from tickets import intake
from tickets.actions import assignment, availability, lifecycle, triage
from tickets.actions.assignment import assign_next
from tickets.actions.hours import HoursPlan
from tickets.actions.hours import create as create_hours
from tickets.models import ActorKind, BusinessHours, EventKind, SlaPolicy, Status, TeamHours, Ticket


@pytest.fixture
def desk(cast: House) -> House:
    """Return the house with a returns desk that assigns to the least load."""
    Team.objects.filter(pk=cast.returns.pk).update(assignment=Assignment.LEAST_LOAD)
    return cast


def comes(*people: User, state: PresenceState = PresenceState.ONLINE) -> None:
    """Let people sit down at their desks."""
    for one in people:
        presence.set_state(one.pk, state, clock.now())


def phones(begin: int, number: int) -> list[str]:
    """Return telephone numbers of that many people."""
    return [f"49176{begin:03}{n:05}" for n in range(number)]


def arrives(cast: House, *numbers: str) -> list[Ticket]:
    """Let people write, one after the other."""
    return [ticket_of(writes(cast.inbox, phone=number)) for number in numbers]


def drain() -> int:
    """Do what the sweep does; return how many tickets found their person."""
    return next(number for number in range(1000) if not assign_next())


def loads(*people: User) -> list[int]:
    """Return how many tickets each has."""
    return [Ticket.objects.filter(assignee=one).count() for one in people]


def test_a_ticket_that_nobody_can_be_given_does_not_hold_up_those_behind_it(desk: House) -> None:
    SlaPolicy.objects.update(remind_minutes=30)
    days = tuple((weekday, 0, 24 * 60) for weekday in range(7))
    of_returns = HoursPlan(
        name="Returns", time_zone="UTC", week=days, team_ids=frozenset({desk.returns.pk, desk.finance.pk})
    )
    hours = create_hours(actor=desk.ada, plan=of_returns)
    begin = clock.now()
    with time_machine.travel(begin, tick=False) as journey:
        (broken,) = arrives(desk, "353000001")
        TeamHours.objects.all().delete()
        (sound,) = arrives(desk, "353000002")
        # A zone that the system has forgotten: the ticket's overdue clock cannot be kept.
        BusinessHours.objects.filter(pk=hours.pk).update(time_zone="Mars/Phobos", version=2)
        journey.shift(dt.timedelta(minutes=11))
        comes(desk.lena)
        assert drain() == 1
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.assignee, sound.assignee) == (None, desk.lena)


def test_the_next_ticket_goes_to_one_of_those_with_the_least_load(desk: House) -> None:
    for user, number in ((desk.amira, 4), (desk.lena, 2), (desk.mateus, 2)):
        for ticket in arrives(desk, *phones(user.pk % 1000, number)):
            assignment.assign(actor=desk.amira, ticket_id=ticket.pk, assignee_id=user.pk)
    comes(desk.amira, desk.lena, desk.mateus)
    (ticket,) = arrives(desk, "353000001")
    assert ticket.assignee in {desk.lena, desk.mateus}
    assert ticket.status == Status.NEW, "it stays new until they claim or answer it"
    event = ticket.events.get(kind=EventKind.ASSIGNED)
    assert (event.actor_kind, event.actor) == (ActorKind.SYSTEM, None)
    assert event.data == {"before": None, "after": ticket.assignee_id, "why": "least_load", "load": 2}
    assignment.claim(actor=ticket.assignee, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_a_row_of_arrivals_goes_round(desk: House) -> None:
    comes(desk.amira, desk.lena, desk.mateus)
    got = [ticket.assignee for ticket in arrives(desk, *phones(1, 6))]
    assert got[:3] == got[3:] == [desk.lena, desk.mateus, desk.amira]


def test_nobody_gets_a_ticket_who_is_away_or_gone_or_works_elsewhere(desk: House) -> None:
    comes(desk.lena, state=PresenceState.AWAY)
    comes(desk.mateus, state=PresenceState.BREAK)
    comes(desk.jonas, desk.ada, person("olga"))
    (ticket,) = arrives(desk, "353000001")
    assert (ticket.assignee, drain()) == (None, 0)


def test_a_team_that_takes_its_tickets_by_hand_is_left_alone(cast: House) -> None:
    comes(cast.lena)
    (ticket,) = arrives(cast, "353000001")
    assert (ticket.assignee, drain()) == (None, 0)


def test_what_waited_is_given_out_in_the_order_of_the_queue_when_somebody_comes(desk: House) -> None:
    first, second, urgent = arrives(desk, *phones(1, 3))
    triage.set_priority(actor=desk.lena, ticket_id=urgent.pk, priority=1)
    assert drain() == 0
    comes(desk.lena)
    Membership.objects.filter(user=desk.lena).update(capacity=2)
    assert drain() == 2
    assert set(Ticket.objects.filter(assignee=desk.lena)) == {urgent, first}
    lifecycle.resolve(actor=desk.lena, ticket_id=urgent.pk, seen_seq=newest_seq(urgent))
    assert drain() == 1, "there is room again"
    second.refresh_from_db()
    assert second.assignee == desk.lena


def test_snoozed_pending_and_held_tickets_weigh_nothing_and_wait_for_others(desk: House) -> None:
    comes(desk.lena)
    Team.objects.filter(pk=desk.returns.pk).update(capacity=1)
    mine, other = arrives(desk, *phones(1, 2))
    assert (mine.assignee, other.assignee) == (desk.lena, None)
    Ticket.objects.filter(pk=other.pk).update(status=Status.PENDING)
    assert drain() == 0
    Ticket.objects.filter(pk=mine.pk).update(status=Status.ON_HOLD)
    assert drain() == 0
    intake.receive(writes(desk.inbox, "Hello?", phone=phones(1, 2)[1]))
    other.refresh_from_db()
    assert other.assignee == desk.lena


def test_who_puts_a_ticket_back_does_not_get_it_again(desk: House) -> None:
    comes(desk.lena)
    (ticket,) = arrives(desk, "353000001")
    assignment.assign(actor=desk.lena, ticket_id=ticket.pk, assignee_id=None)
    assert drain() == 0
    comes(desk.mateus)
    assert drain() == 1
    ticket.refresh_from_db()
    assert ticket.assignee == desk.mateus


def test_what_is_handed_over_to_a_team_is_given_to_somebody_there(desk: House) -> None:
    Team.objects.filter(pk=desk.finance.pk).update(assignment=Assignment.LEAST_LOAD)
    Membership.objects.create(user=desk.mateus, team=desk.finance)
    comes(desk.lena, desk.mateus)
    (ticket,) = arrives(desk, "353000001")
    assert ticket.assignee == desk.lena
    assignment.transfer(actor=desk.lena, ticket_id=ticket.pk, team_id=desk.finance.pk)
    assert drain() == 1
    ticket.refresh_from_db()
    assert ticket.assignee == desk.mateus


def test_a_person_in_two_teams_is_weighed_by_all_they_have(desk: House) -> None:
    Membership.objects.create(user=desk.lena, team=desk.finance)
    comes(desk.lena, desk.mateus)
    (ticket,) = arrives(desk, "353000001")
    assert ticket.assignee == desk.lena
    assignment.transfer(actor=desk.lena, ticket_id=ticket.pk, team_id=desk.finance.pk, assignee_id=desk.lena.pk)
    assert [one.assignee for one in arrives(desk, "353000002")] == [desk.mateus]


def test_who_leaves_puts_theirs_back_and_may_think_better_of_it(desk: House) -> None:
    comes(desk.lena)
    mine = arrives(desk, *phones(1, 3))
    availability.set_availability(actor=desk.lena, state=PresenceState.AWAY)
    assert loads(desk.lena) == [3], "going away alone moves nothing"
    assert availability.requeue(actor=desk.lena, person_id=desk.lena.pk) == [ticket.pk for ticket in mine]
    comes(desk.mateus)
    assert drain() == 3
    assignment.claim(actor=desk.mateus, ticket_id=mine[0].pk)
    back = availability.undo_requeue(actor=desk.lena, person_id=desk.lena.pk, ticket_ids=[t.pk for t in mine])
    assert back == [mine[1].pk, mine[2].pk], "Mateus has begun with the first"
    assert loads(desk.lena, desk.mateus) == [2, 1]
    assert set(Ticket.objects.values_list("status", flat=True)) == {Status.NEW, Status.OPEN}
    assert availability.undo_requeue(actor=desk.lena, person_id=desk.lena.pk, ticket_ids=back) == []


def test_a_lead_puts_somebody_elses_tickets_back_and_a_colleague_does_not(desk: House) -> None:
    comes(desk.lena)
    tickets = arrives(desk, *phones(1, 2))
    assert availability.requeue(actor=desk.mateus, person_id=desk.lena.pk) == []
    assert len(availability.requeue(actor=desk.amira, person_id=desk.lena.pk)) == 2
    assert availability.undo_requeue(actor=desk.mateus, person_id=desk.mateus.pk, ticket_ids=[tickets[0].pk]) == []
    assert len(availability.undo_requeue(actor=desk.amira, person_id=desk.lena.pk, ticket_ids=[tickets[0].pk])) == 1


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["arrive", "resolve", "away", "come", "requeue"]), min_size=5, max_size=25))
def test_whatever_happens_nothing_waits_while_somebody_has_room(desk: House, deeds: list[str]) -> None:
    Team.objects.filter(pk=desk.returns.pk).update(capacity=3)
    people = [desk.lena, desk.mateus, desk.amira]
    begin = Ticket.objects.count()
    for number, deed in enumerate(deeds):
        one = people[number % 3]
        mine = Ticket.objects.unfinished().filter(assignee=one).first()
        if deed == "arrive":
            arrives(desk, f"4915{begin:05}{number:03}")
        elif deed == "resolve" and mine is not None:
            lifecycle.resolve(actor=one, ticket_id=mine.pk, seen_seq=newest_seq(mine))
        elif deed == "requeue":
            availability.requeue(actor=one, person_id=one.pk)
        elif deed in {"away", "come"}:
            comes(one, state=PresenceState.AWAY if deed == "away" else PresenceState.ONLINE)
        drain()
        here = set(presence.available_agents(desk.returns.pk, clock.now()))
        room = {pk for pk in here if Ticket.objects.unfinished().filter(assignee=pk).count() < 3}
        waiting = Ticket.objects.unfinished().filter(assignee=None)
        assert all(room <= {ticket.released_by_id} for ticket in waiting)
        assert all(load <= 3 for load in loads_open(*people))
    for user in people:
        presence.leave(user.pk, clock.now())
    Ticket.objects.unfinished().update(status=Status.RESOLVED, resolved_at=clock.now(), closes_at=clock.now())


def loads_open(*people: User) -> list[int]:
    """Return how many open tickets each has."""
    return [Ticket.objects.unfinished().filter(assignee=one).count() for one in people]
