"""Spam is put aside: it waits for nobody, sends nothing, and comes back whole when it was none."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tickets import delivery, intake, workload
from tickets.actions import decisions, lifecycle, messaging
from tickets.actions.spam import mark_spam, unmark_spam
from tickets.defaults import install_texts
from tickets.errors import NewerActivity, NotAllowed, WrongStatus
from tickets.inbound import Outcome
from tickets.models import (
    OPEN_STATUSES,
    AutomaticText,
    Change,
    ClockState,
    EventKind,
    Message,
    MessageState,
    Metric,
    Purpose,
    SlaEvent,
    Status,
    Ticket,
)

NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def journey() -> Iterator[time_machine.Traveller]:
    """Stand at nine in the morning."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def marked(cast: House, ticket: Ticket) -> Ticket:
    """Lena marks what she sees as spam."""
    return mark_spam(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def answer(cast: House, ticket: Ticket) -> Message:
    """Lena answers what she sees."""
    click = uuid.uuid4()
    seen = newest_seq(ticket)
    return messaging.reply(actor=cast.lena, ticket_id=ticket.pk, text="Hello", client_id=click, seen_seq=seen)


def states(ticket: Ticket) -> dict[str, str]:
    """Return how the clocks of a ticket stand."""
    return dict(ticket.clocks.values_list("metric", "state"))


def test_spam_is_closed_and_waits_for_nobody(cast: House, journey: time_machine.Traveller) -> None:
    ticket = ticket_of(writes(cast.inbox, "You won a prize"))
    journey.shift(MINUTE)
    marked(cast, ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.spam_at, ticket.resolved_at) == (Status.CLOSED, NINE + MINUTE, NINE + MINUTE)
    assert (ticket.waiting_since, ticket.unanswered_count, ticket.due_at, ticket.warn_at) == (None, 0, None, None)
    assert states(ticket) == {Metric.FIRST_RESPONSE: ClockState.CANCELLED, Metric.RESOLUTION: ClockState.CANCELLED}
    journey.shift(MINUTE * 600)
    assert not SlaEvent.objects.exists()
    event = ticket.events.latest("seq")
    assert (event.kind, event.actor, event.status) == (EventKind.MARKED_SPAM, cast.lena, Status.CLOSED)
    assert event.data == {"from": "new", "stopped": []}
    assert Change.objects.filter(ticket=ticket).count() == 2


def test_marking_twice_is_marking_once(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    before = marked(cast, ticket).version
    assert marked(cast, ticket).version == before


def test_what_the_contact_wrote_meanwhile_is_read_first(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    seen = newest_seq(ticket)
    receipt = intake.receive(writes(cast.inbox, "My order number is 4711"))
    with pytest.raises(NewerActivity) as refusal:
        mark_spam(actor=cast.lena, ticket_id=ticket.pk, seen_seq=seen)
    assert refusal.value.message_ids == (receipt.message_id,)


def test_who_only_reads_marks_nothing(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    with pytest.raises(NotAllowed):
        mark_spam(actor=cast.jonas, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def test_what_follows_spam_joins_it_and_wakes_nobody(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox, "You won a prize"))
    marked(cast, ticket)
    receipt = intake.receive(writes(cast.inbox, "Claim it now! I want to speak to a human"))
    ticket.refresh_from_db()
    assert (receipt.outcome, receipt.ticket_id) == (Outcome.JOINED, ticket.pk)
    assert (ticket.status, ticket.unanswered_count, ticket.needs_human) == (Status.CLOSED, 0, False)
    assert states(ticket)[Metric.FIRST_RESPONSE] == ClockState.CANCELLED
    assert workload.waiting(NINE) == []


def test_spam_is_not_what_a_later_ticket_stumbles_over(cast: House, journey: time_machine.Traveller) -> None:
    spam = ticket_of(writes(cast.inbox, "You won a prize"))
    marked(cast, spam)
    unmark_spam(actor=cast.lena, ticket_id=spam.pk)
    lifecycle.resolve(actor=cast.lena, ticket_id=spam.pk, seen_seq=newest_seq(spam))
    journey.shift(dt.timedelta(days=4))
    later = ticket_of(writes(cast.inbox, "A real question"))
    marked(cast, spam)
    lifecycle.resolve(actor=cast.lena, ticket_id=later.pk, seen_seq=newest_seq(later))
    assert ticket_of(writes(cast.inbox, "Still broken")) == later


def test_what_was_no_spam_comes_back_with_its_original_due_time(cast: House, journey: time_machine.Traveller) -> None:
    ticket = ticket_of(writes(cast.inbox))
    due = ticket.due_at
    left = dt.timedelta(hours=8) - MINUTE
    journey.shift(MINUTE)
    marked(cast, ticket)
    intake.receive(writes(cast.inbox, "Hello?"))
    journey.shift(MINUTE * 4)
    unmark_spam(actor=cast.lena, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.spam_at, ticket.resolved_at) == (Status.NEW, None, None)
    assert (ticket.waiting_since, ticket.unanswered_count, ticket.due_at) == (NINE, 2, due)
    resolution = ticket.clocks.get(metric=Metric.RESOLUTION)
    assert (resolution.state, resolution.due_at) == (ClockState.RUNNING, NINE + MINUTE * 5 + left)
    assert ticket.events.latest("seq").data == {"to": "new"}
    assert unmark_spam(actor=cast.lena, ticket_id=ticket.pk).version == ticket.version


@pytest.mark.parametrize(("days", "status"), [(1, Status.RESOLVED), (4, Status.CLOSED)])
def test_a_resolved_ticket_comes_back_resolved_while_its_window_lasts(
    cast: House, journey: time_machine.Traveller, days: int, status: Status
) -> None:
    ticket = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    marked(cast, ticket)
    journey.shift(dt.timedelta(days=days))
    assert not lifecycle.close_next(), "it is closed already"
    unmark_spam(actor=cast.lena, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at) == (status, NINE)


def test_where_the_conversation_has_an_open_ticket_that_one_is_returned_linked(
    cast: House, journey: time_machine.Traveller
) -> None:
    old = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=old.pk, seen_seq=newest_seq(old))
    journey.shift(dt.timedelta(days=4))
    spam = ticket_of(writes(cast.inbox, "You won a prize"))
    marked(cast, spam)
    Ticket.objects.filter(pk=old.pk).update(status=Status.OPEN, resolved_at=None, closes_at=None)
    assert unmark_spam(actor=cast.lena, ticket_id=spam.pk) == old
    old.refresh_from_db()
    assert (old.follow_up_of, spam.conversation.tickets.filter(status__in=OPEN_STATUSES).count()) == (None, 1)
    assert Ticket.objects.get(pk=spam.pk).is_spam


def test_spam_is_reopened_by_nothing_but_taking_the_mark_back(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    marked(cast, ticket)
    with pytest.raises(WrongStatus, match="Not spam"):
        lifecycle.reopen(actor=cast.lena, ticket_id=ticket.pk)


def test_a_reply_that_has_not_left_stays_here_and_its_author_hears_of_it(cast: House) -> None:
    cast.returns.send_delay_seconds = 5
    cast.returns.save()
    ticket = ticket_of(writes(cast.inbox))
    held = answer(cast, ticket)
    mark_spam(actor=cast.mateus, ticket_id=ticket.pk, seen_seq=held.seq)
    held.refresh_from_db()
    assert (held.state, held.error_code) == (MessageState.FAILED, "spam")
    assert ticket.events.latest("seq").data == {"from": "open", "stopped": [held.pk]}
    assert cast.lena.notifications.filter(kind="delivery_failed").exists()
    assert not delivery.deliver_next()
    with pytest.raises(WrongStatus, match="Not spam"):
        decisions.retry_reply(actor=cast.lena, message_id=held.pk)
    unmark_spam(actor=cast.lena, ticket_id=ticket.pk)
    decisions.retry_reply(actor=cast.lena, message_id=held.pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (Status.OPEN, None)


def test_a_reply_that_is_being_sent_is_sent(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    message = answer(cast, ticket)

    def meanwhile(_message: Message) -> str:
        marked(cast, ticket)
        return "sent-1"

    paper.plan.append(meanwhile)
    delivery.deliver_next()
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.state, ticket.status, ticket.is_spam) == (MessageState.SENT, Status.CLOSED, True)


def test_an_acknowledgement_that_has_not_left_is_dropped(cast: House) -> None:
    install_texts()
    AutomaticText.objects.update(is_active=True)
    ticket = ticket_of(writes(cast.inbox, "You won a prize"))
    marked(cast, ticket)
    receipt = Message.objects.get(purpose=Purpose.ACKNOWLEDGEMENT)
    assert (receipt.state, receipt.error_code) == (MessageState.CANCELLED, "spam")
    assert not delivery.deliver_next()


def test_the_database_refuses_spam_that_is_open(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    with pytest.raises(IntegrityError, match="tickets_spam_is_closed"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(spam_at=NINE)
