"""Contacts see what was read: once, the newest, and only what somebody really had before their eyes."""

import datetime as dt

import pytest

from agents import presence
from agents.models import PresenceState
from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tickets import read_receipts
from tickets.consumers import look_at
from tickets.intake import receive
from tickets.models import ReadReceipt, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(cast: House) -> Ticket:
    """Lena is here; somebody wrote."""
    presence.beat(cast.lena.pk, clock.now() - dt.timedelta(seconds=5))
    presence.set_state(cast.lena.pk, PresenceState.ONLINE, clock.now())
    return ticket_of(writes(cast.inbox))


def test_what_an_agent_works_at_counts_as_read_once(cast: House, ticket: Ticket) -> None:
    look_at(cast.lena.pk, ticket.pk, composing=False)
    receipt = ReadReceipt.objects.get()
    assert receipt.message == ticket.messages.get(kind="inbound")
    assert read_receipts.tell_next() is True
    look_at(cast.lena.pk, ticket.pk, composing=True)
    assert read_receipts.tell_next() is False, "nothing new was read"


def test_the_next_message_is_read_anew_and_only_the_newest_is_told(cast: House, ticket: Ticket) -> None:
    look_at(cast.lena.pk, ticket.pk, composing=False)
    read_receipts.tell_next()
    receive(writes(cast.inbox))
    receive(writes(cast.inbox))
    look_at(cast.lena.pk, ticket.pk, composing=False)
    receipt = ReadReceipt.objects.get()
    assert (receipt.message, receipt.is_told) == (ticket.messages.filter(kind="inbound").latest("seq"), False)


def test_nothing_is_read_by_people_who_may_not_see_it_or_are_away(cast: House, ticket: Ticket) -> None:
    look_at(cast.mateus.pk, ticket.pk, composing=False)
    presence.set_state(cast.lena.pk, PresenceState.AWAY, clock.now())
    look_at(cast.lena.pk, ticket.pk, composing=False)
    assert not ReadReceipt.objects.exists()


def test_an_inbox_may_keep_to_itself_what_was_read(cast: House, ticket: Ticket) -> None:
    cast.inbox.sends_read_receipts = False
    cast.inbox.save()
    look_at(cast.lena.pk, ticket.pk, composing=False)
    assert not ReadReceipt.objects.exists()
