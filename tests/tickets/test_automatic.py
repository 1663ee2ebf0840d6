"""What the house says by itself: behind replies, in the history, and never twice."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tests.tickets.test_outbox import NINE, drain, reply
from tickets import delivery
from tickets.actions import automatic, decisions, lifecycle
from tickets.actions.base import lock_conversation, lock_ticket
from tickets.channels import DeliveryUnknown, SendError
from tickets.models import AuthorKind, EventKind, Message, MessageState, Purpose, Status, Ticket
from tickets.timeline import read

pytestmark = pytest.mark.django_db


def say(ticket: Ticket, text: str = "We have your message", purpose: Purpose = Purpose.ACKNOWLEDGEMENT) -> Message:
    """Let the house say something."""
    with transaction.atomic():
        conversation, locked = lock_ticket(ticket.pk)
        return automatic.post(
            conversation=conversation, ticket=locked, purpose=purpose, text=text, language="en", at=NINE
        )


def test_it_is_sent_and_stands_in_the_history_and_answers_nothing(cast: House) -> None:
    with time_machine.travel(NINE, tick=False):
        ticket = ticket_of(writes(cast.inbox))
        message = say(ticket)
        drain()
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.state, message.author_kind) == (MessageState.SENT, AuthorKind.BOT)
    assert paper.texts == ["We have your message"]
    assert [event.kind for event in ticket.events.order_by("seq")][-2:] == [
        EventKind.AUTOMATIC_SENT,
        EventKind.AUTOMATIC_ACCEPTED,
    ]
    assert (ticket.status, ticket.unanswered_count, ticket.waiting_since) == (Status.NEW, 1, NINE)
    assert ticket.last_message is not None
    assert ticket.last_message.text == "My tent pole snapped"


def test_it_can_be_said_where_there_is_no_ticket(cast: House) -> None:
    with time_machine.travel(NINE, tick=False):
        ticket = ticket_of(writes(cast.inbox))
        with transaction.atomic():
            conversation = lock_conversation(ticket.conversation_id)
            automatic.post(
                conversation=conversation, ticket=None, purpose=Purpose.SURVEY, text="Thanks", language="en", at=NINE
            )
        drain()
    conversation.refresh_from_db()
    assert paper.texts == ["Thanks"]
    assert conversation.last_seq == newest_seq(ticket)


def test_one_ticket_has_one_acknowledgement_whatever_the_code_above_believes(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    say(ticket)
    with pytest.raises(IntegrityError), transaction.atomic():
        say(ticket)


def test_an_agents_reply_overtakes_it_and_then_it_does_not_leave_at_all(cast: House) -> None:
    with time_machine.travel(NINE, tick=False):
        ticket = ticket_of(writes(cast.inbox))
        message = say(ticket)
        reply(cast, ticket, "Hello Aoife")
        drain()
    message.refresh_from_db()
    assert paper.texts == ["Hello Aoife"]
    assert (message.state, message.error_code) == (MessageState.FAILED, "answered")


def test_after_an_outage_it_is_dropped_rather_than_sent_late(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = say(ticket_of(writes(cast.inbox)))
        journey.shift(dt.timedelta(minutes=16))
        drain()
    message.refresh_from_db()
    assert (message.state, message.error_code, paper.texts) == (MessageState.FAILED, "too_late", [])


@pytest.mark.parametrize("outcome", [SendError("No such number", permanent=True), DeliveryUnknown("no answer")])
def test_one_that_does_not_arrive_is_dropped_and_no_ticket_opens_again(cast: House, outcome: Exception) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        message = say(ticket, "How was it?", Purpose.SURVEY)
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket) + 9)
        paper.plan[:] = [outcome]
        drain()
        journey.shift(dt.timedelta(minutes=10))
        delivery.settle_next()
        drain()
        message.refresh_from_db()
        ticket.refresh_from_db()
        told = [entry.sentence for entry in read(cast.lena, ticket.conversation).entries if entry.event]
        with pytest.raises(Message.DoesNotExist):
            decisions.retry_reply(actor=cast.lena, message_id=message.pk)
    assert (message.state, ticket.status, paper.texts) == (MessageState.FAILED, Status.RESOLVED, [])
    assert told[-1] == "An automatic message did not arrive and is not sent again"
    assert ticket.events.filter(kind=EventKind.AUTOMATIC_DROPPED).count() == 1
    assert not ticket.events.filter(kind=EventKind.REPLY_FAILED).exists()
