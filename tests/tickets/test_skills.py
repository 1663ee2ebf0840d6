"""A ticket that asks for a skill finds somebody who has it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents import presence
from agents.models import Assignment, Membership, PresenceState, Team, User
from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tickets import intake, timeline
from tickets.actions import assignment, lifecycle, rules, triage
from tickets.actions.assignment import assign_next
from tickets.actions.rules import RuleDraft
from tickets.models import AgentSkill, Tag, Ticket


@pytest.fixture
def desk(cast: House) -> House:
    """Return the house with a desk of least load, where a message about a boiler asks for the skill heating."""
    Team.objects.filter(pk=cast.returns.pk).update(assignment=Assignment.LEAST_LOAD)
    skill("heating", cast.mateus)
    draft = RuleDraft(name="Boilers", keywords=("boiler",), tag_ids=(Tag.objects.get().pk,))
    rules.create_rule(actor=cast.ada, draft=draft)
    return cast


def skill(name: str, *people: User) -> Tag:
    """Return the skill of this name, which these people have."""
    tag, _new = Tag.objects.get_or_create(name=name, is_skill=True)
    for one in people:
        AgentSkill.objects.create(user=one, tag=tag)
    return tag


def comes(*people: User) -> None:
    """Let people sit down at their desks."""
    for one in people:
        presence.set_state(one.pk, PresenceState.ONLINE, clock.now())


def asks(desk: House, text: str = "My boiler is cold", phone: str = "353000001") -> Ticket:
    """Let somebody write."""
    return ticket_of(writes(desk.inbox, text, phone=phone))


def drain() -> int:
    """Do what the sweep does; return how many tickets found their person."""
    return next(number for number in range(1000) if not assign_next())


def person_of(ticket: Ticket) -> User | None:
    """Return who has the ticket now."""
    return Ticket.objects.get(pk=ticket.pk).assignee


def test_a_ticket_that_asks_for_a_skill_goes_to_the_busier_person_who_has_it(desk: House) -> None:
    comes(desk.mateus)
    for number in range(3):
        asks(desk, "Hello", phone=f"35310000{number}")
    comes(desk.lena, desk.amira)
    assert asks(desk).assignee == desk.mateus
    assert asks(desk, "Hello", phone="353000002").assignee in {desk.lena, desk.amira}, "a tag less, a choice more"


def test_nobody_with_the_skill_is_here_so_it_waits_and_holds_nothing_up(desk: House) -> None:
    comes(desk.lena)
    Team.objects.filter(pk=desk.returns.pk).update(capacity=1)
    boiler, first, second = (asks(desk), asks(desk, "Hi", "353000002"), asks(desk, "Hi", "353000003"))
    assert [one.assignee for one in (boiler, first, second)] == [None, desk.lena, None]
    assert boiler.team == desk.returns
    lifecycle.resolve(actor=desk.lena, ticket_id=first.pk, seen_seq=newest_seq(first))
    assert (drain(), person_of(second)) == (1, desk.lena), "what waits behind it is given out"
    comes(desk.mateus)
    assert (drain(), person_of(boiler)) == (1, desk.mateus)


def test_who_has_the_skill_and_no_room_is_not_given_more(desk: House) -> None:
    comes(desk.mateus, desk.lena)
    Membership.objects.filter(user=desk.mateus).update(capacity=0)
    boiler = asks(desk)
    assert (boiler.assignee, drain()) == (None, 0)
    AgentSkill.objects.create(user=desk.lena, tag=Tag.objects.get())
    assert (drain(), person_of(boiler)) == (1, desk.lena), "who learns it is given what waits"


def test_all_skills_of_a_ticket_are_asked_for(desk: House) -> None:
    boiler = asks(desk)
    triage.add_tag(actor=desk.lena, ticket_id=boiler.pk, name=skill("Portuguese", desk.lena).name)
    comes(desk.mateus, desk.lena)
    assert drain() == 0, "each of them has one of the two"
    skill("Portuguese", desk.mateus)
    assert (drain(), person_of(boiler)) == (1, desk.mateus)


def test_who_puts_it_back_does_not_get_it_again_though_nobody_else_has_the_skill(desk: House) -> None:
    comes(desk.mateus, desk.lena)
    boiler = asks(desk)
    assignment.assign(actor=desk.mateus, ticket_id=boiler.pk, assignee_id=None)
    assert (drain(), person_of(boiler)) == (0, None)


def test_by_hand_anybody_takes_it_and_a_tag_that_is_a_skill_no_more_asks_for_nothing(desk: House) -> None:
    boiler, other = asks(desk), asks(desk, phone="353000002")
    assignment.claim(actor=desk.lena, ticket_id=boiler.pk)
    assert person_of(boiler) == desk.lena
    Tag.objects.update(is_skill=False)
    comes(desk.amira)
    assert (drain(), person_of(other)) == (1, desk.amira)


def test_the_ticket_says_which_skill_it_asks_for_and_why_it_went_to_whom(desk: House, client: Client) -> None:
    boiler = asks(desk)
    client.force_login(desk.lena)
    words = "It asks for the skill <b>heating</b>: it is given automatically only to somebody who has it."
    assert words in client.get(reverse("inbox:ticket", args=["all", boiler.pk])).content.decode()
    comes(desk.mateus)
    drain()
    said = [line.sentence for line in timeline.read(desk.ada, boiler.conversation).entries]
    assert said[-1] == "Assigned automatically to <b>Mateus</b>: least load of those with the skill <b>heating</b>"


def test_skills_cost_the_intake_no_question(desk: House) -> None:
    def questions(text: str, phone: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            intake.receive(writes(desk.inbox, text, phone=phone))
        return len([query for query in asked if "SAVEPOINT" not in query["sql"]])

    comes(desk.mateus, desk.lena)
    Tag.objects.update(is_skill=False)
    questions("My boiler is cold", "353000001")
    before = questions("My boiler is cold", "353000002")
    Tag.objects.update(is_skill=True)
    assert questions("My boiler is cold", "353000003") == before
