"""Tell a history: the real actions, at moments of one's choice."""

import datetime as dt
import itertools
import uuid
from typing import Any

from django.db import transaction

from agents.models import User
from analytics import facts, rollups
from analytics.models import Dirty, Fact
from analytics.refresh import every_day
from helpdesk import clock
from tests.cast import House, newest_seq, taken_in, writes
from tickets import delivery, intake
from tickets.actions import automatic, base, lifecycle, messaging
from tickets.models import (
    Contact,
    ContactIdentity,
    Conversation,
    EventKind,
    IdentityKind,
    Inbox,
    Message,
    Purpose,
    Status,
    Ticket,
)

MONDAY = dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)  # noon in Berlin
_phones = itertools.count(4917670000000)


def after(**span: float) -> dt.datetime:
    """Return a moment after Monday noon."""
    return MONDAY + dt.timedelta(**span)


def someone() -> str:
    """Return the telephone of a person who never wrote before."""
    return str(next(_phones))


def hears(
    cast: House,
    at: dt.datetime,
    *,
    phone: str = "",
    sent_at: dt.datetime | None = None,
    text: str = "Hi",
    inbox: Inbox | None = None,
) -> Ticket:
    """Let somebody write; `sent_at` is the provider's time of a message that arrives late."""
    with clock.at(at):
        inbound = writes(inbox or cast.inbox, text, phone=phone or someone(), at=sent_at or at)
        return taken_in(intake.receive(inbound))


def answers(who: User, ticket: Ticket, at: dt.datetime, *, accepted_at: dt.datetime | None = None) -> Message:
    """Let an agent reply, and the provider accept it at once or later."""
    with clock.at(at):
        message = says(who, ticket, newest_seq(ticket))
    with clock.at(accepted_at or at):
        while delivery.deliver_next():
            pass
    return message


def says(who: User, ticket: Ticket, seen_seq: int) -> Message:
    """Let an agent queue a reply."""
    return messaging.reply(actor=who, ticket_id=ticket.pk, text="Hello", client_id=uuid.uuid4(), seen_seq=seen_seq)


def begins(who: User, inbox: Inbox, phone: str, at: dt.datetime) -> Ticket:
    """Let an agent write first: the contact of this ticket has not said anything yet."""
    contact = Contact.objects.create(created_at=at)
    ContactIdentity.objects.create(inbox=inbox, kind=IdentityKind.PHONE, value=phone, contact=contact)
    made = Conversation.objects.create(inbox=inbox, contact=contact)
    with clock.at(at), transaction.atomic():
        conversation = base.lock_conversation(made.pk)
        ticket = Ticket.objects.create(
            conversation=conversation, team=inbox.team, opened_at=at, recorded_at=at, last_activity_at=at
        )
        base.record(ticket, conversation, EventKind.OPENED, actor=who, at=at, team=inbox.team_id)
        says(who, ticket, 0)
        while delivery.deliver_next():
            pass
    return ticket


def puts(who: User, ticket: Ticket, status: Status, at: dt.datetime) -> None:
    """Let an agent make an open ticket wait, or go on."""
    with clock.at(at), transaction.atomic():
        conversation, known = base.lock_ticket(ticket.pk)
        if known.is_open and known.status != status:
            known.status = status
            base.record(known, conversation, EventKind.STATUS_CHANGED, actor=who, at=at)


def settles(ticket: Ticket, at: dt.datetime) -> None:
    """Let a machine resolve, without a person."""
    with clock.at(at), transaction.atomic():
        conversation, known = base.lock_ticket(ticket.pk)
        if known.is_open:
            before: dict[str, Any] = {"before": known.status, "settled_seq": known.settled_seq}
            before["reopens_within"] = int(conversation.inbox.reopen_window.total_seconds())
            lifecycle._settle(known, at)
            known.settled_seq = conversation.last_seq
            base.record(known, conversation, EventKind.RESOLVED, actor=None, at=at, **before)


def machine_says(ticket: Ticket, at: dt.datetime) -> None:
    """Let a machine answer what the contact wrote."""
    with clock.at(at), transaction.atomic():
        conversation, known = base.lock_ticket(ticket.pk)
        automatic.post(
            conversation=conversation, ticket=known, purpose=Purpose.REPLY, text="It is 42.", language="en", at=at
        )


def resolves(who: User, ticket: Ticket, at: dt.datetime) -> None:
    """Let an agent resolve."""
    with clock.at(at):
        lifecycle.resolve(actor=who, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def count() -> None:
    """Do what the refresh does after a commit, inside a test's transaction: fold everything, count the touched days."""
    facts.refold(list(Ticket.objects.values_list("pk", flat=True)))
    rollups.count_days(sorted(set(Dirty.objects.values_list("day", flat=True))))
    Dirty.objects.all().delete()
    assert list(rollups.differences(every_day())) == []


def fact_of(ticket: Ticket) -> Fact:
    """Return the fact of a ticket."""
    return Fact.objects.get(pk=ticket.pk)
