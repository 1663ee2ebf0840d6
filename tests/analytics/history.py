"""Tell a history: the real actions, at moments of one's choice."""

import datetime as dt
import itertools
import uuid

from agents.models import User
from analytics import facts, rollups
from analytics.models import Dirty, Fact
from analytics.refresh import every_day
from helpdesk import clock
from tests.cast import House, newest_seq, taken_in, writes
from tickets import delivery, intake
from tickets.actions import lifecycle, messaging
from tickets.models import Message, Ticket

MONDAY = dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)  # noon in Berlin
_phones = itertools.count(4917670000000)


def after(**span: float) -> dt.datetime:
    """Return a moment after Monday noon."""
    return MONDAY + dt.timedelta(**span)


def someone() -> str:
    """Return the telephone of a person who never wrote before."""
    return str(next(_phones))


def hears(
    cast: House, at: dt.datetime, *, phone: str = "", sent_at: dt.datetime | None = None, text: str = "Hi"
) -> Ticket:
    """Let somebody write; `sent_at` is the provider's time of a message that arrives late."""
    with clock.at(at):
        return taken_in(intake.receive(writes(cast.inbox, text, phone=phone or someone(), at=sent_at or at)))


def answers(who: User, ticket: Ticket, at: dt.datetime, *, accepted_at: dt.datetime | None = None) -> Message:
    """Let an agent reply, and the provider accept it at once or later."""
    with clock.at(at):
        message = messaging.reply(
            actor=who, ticket_id=ticket.pk, text="Hello", client_id=uuid.uuid4(), seen_seq=newest_seq(ticket)
        )
    with clock.at(accepted_at or at):
        while delivery.deliver_next():
            pass
    return message


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
