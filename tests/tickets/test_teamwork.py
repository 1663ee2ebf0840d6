"""Claim, assign, hand over, resolve: who may, and what a second person meets."""

import uuid

import pytest

from agents.models import Membership
from tests.cast import House, newest_seq, ticket_of, writes
from tickets import intake
from tickets.actions import assignment, lifecycle, messaging, triage
from tickets.errors import AlreadyAssigned, NewerActivity, NotAllowed, Refused, WrongStatus
from tickets.models import EventKind, Message, MessageKind, Priority, Status, Ticket


def reply(cast: House, ticket: Ticket, *, by: str = "lena", seen: int | None = None) -> Message:
    """Somebody replies."""
    return messaging.reply(
        actor=getattr(cast, by),
        ticket_id=ticket.pk,
        text="Hello",
        client_id=uuid.uuid4(),
        seen_seq=newest_seq(ticket) if seen is None else seen,
    )


def test_the_first_reply_opens_the_ticket_and_takes_it(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    reply(cast, ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.OPEN, cast.lena)


def test_a_second_claim_is_told_who_was_faster(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    with pytest.raises(AlreadyAssigned, match="Lena"):
        assignment.claim(actor=cast.mateus, ticket_id=ticket.pk)
    assert assignment.claim(actor=cast.lena, ticket_id=ticket.pk).assignee == cast.lena


def test_only_a_lead_takes_a_ticket_from_somebody_else(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    with pytest.raises(NotAllowed):
        assignment.assign(actor=cast.mateus, ticket_id=ticket.pk, assignee_id=cast.mateus.pk)
    assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=cast.mateus.pk)
    ticket.refresh_from_db()
    assert ticket.assignee == cast.mateus


def test_nobody_outside_the_team_can_be_given_a_ticket(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    with pytest.raises(NotAllowed):
        assignment.assign(actor=cast.lena, ticket_id=ticket.pk, assignee_id=cast.jonas.pk)


def test_a_manager_reads_and_does_not_answer(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    assert Ticket.objects.visible_to(cast.jonas).exists()
    with pytest.raises(NotAllowed):
        reply(cast, ticket, by="jonas")


def test_handing_over_moves_the_ticket_with_a_note_and_out_of_sight(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    assignment.transfer(actor=cast.lena, ticket_id=ticket.pk, team_id=cast.finance.pk, note="Refund of 189 €")
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (cast.finance, None)
    assert ticket.messages.get(kind=MessageKind.NOTE).text == "Refund of 189 €"
    assert not Ticket.objects.visible_to(cast.lena).exists()
    with pytest.raises(NotAllowed):
        reply(cast, ticket)
    Membership.objects.create(user=cast.mateus, team=cast.finance)
    assignment.claim(actor=cast.mateus, ticket_id=ticket.pk)
    places = list(ticket.events.order_by("seq").values_list("seq", flat=True))
    assert len(places) == len(set(places))


def test_a_reply_is_held_when_a_colleague_was_faster(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    seen = newest_seq(ticket)
    first = reply(cast, ticket, by="mateus")
    with pytest.raises(NewerActivity, match="Mateus") as caught:
        reply(cast, ticket, seen=seen)
    assert caught.value.message_ids == (first.pk,)
    reply(cast, ticket, seen=newest_seq(ticket))


def test_a_reply_answers_only_what_its_author_had_seen(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    seen = newest_seq(ticket)
    intake.receive(writes(cast.inbox, "One more thing"))
    reply(cast, ticket, seen=seen)
    ticket.refresh_from_db()
    assert ticket.unanswered_count == 1
    assert ticket.waiting_since == Message.objects.get(text="One more thing").occurred_at


def test_resolve_is_refused_when_the_contact_has_just_written(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    seen = newest_seq(ticket)
    late = intake.receive(writes(cast.inbox, "Wait!"))
    with pytest.raises(NewerActivity) as caught:
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=seen)
    assert caught.value.message_ids == (late.message_id,)


def test_resolve_can_be_undone_and_both_events_stay(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    due = ticket.due_at
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    lifecycle.undo_resolve(actor=cast.lena, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.due_at, ticket.unanswered_count) == (Status.NEW, due, 1)
    assert [event.kind for event in ticket.events.order_by("seq")][-2:] == [
        EventKind.RESOLVED,
        EventKind.RESOLVE_UNDONE,
    ]


def test_a_resolved_ticket_takes_notes_but_no_replies(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text="By the way", client_id=uuid.uuid4())
    with pytest.raises(WrongStatus):
        reply(cast, ticket)


def test_reopening_an_old_ticket_returns_the_open_one_linked(cast: House) -> None:
    old = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=old.pk, seen_seq=newest_seq(old))
    Ticket.objects.filter(pk=old.pk).update(closes_at=old.opened_at)
    new = ticket_of(writes(cast.inbox, "Something else entirely"))
    Ticket.objects.filter(pk=new.pk).update(follow_up_of=None)
    assert lifecycle.reopen(actor=cast.lena, ticket_id=old.pk) == new
    new.refresh_from_db()
    assert new.follow_up_of == old


def test_priority_moves_the_due_time_and_not_the_beginning_of_the_wait(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    since = ticket.waiting_since
    triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=Priority.URGENT)
    ticket.refresh_from_db()
    assert since is not None
    assert ticket.due_at is not None
    assert (ticket.due_at - since).total_seconds() == 300
    with pytest.raises(Refused):
        triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=9)


def test_every_event_raises_the_version_and_every_action_leaves_a_change(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    reply(cast, ticket)
    ticket.refresh_from_db()
    assert (ticket.version, ticket.events.count(), ticket.changes.count()) == (4, 4, 3)


def test_a_deactivated_person_sees_nothing_and_may_nothing(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    cast.lena.is_active = False
    cast.lena.save()
    assert not Ticket.objects.visible_to(cast.lena).exists()
    with pytest.raises(NotAllowed):
        assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
