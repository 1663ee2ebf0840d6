"""Apps above may claim an inbound message before a ticket is chosen for it."""

import datetime as dt
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from tests.cast import House, writes
from tickets import intake
from tickets.inbound import InboundMessage, Outcome
from tickets.models import Conversation, Message, Ticket

taken: list[tuple[int, str]] = []


def takes_numbers(
    inbound: InboundMessage, conversation: Conversation, at: dt.datetime
) -> Callable[[Message], None] | None:
    """Claim whatever is a number."""
    return (lambda message: taken.append((message.seq, message.text))) if inbound.text.isdecimal() else None


def never_asked(inbound: InboundMessage, conversation: Conversation, at: dt.datetime) -> None:
    """Claim nothing; must not even be asked about what somebody else has taken."""
    assert not inbound.text.isdecimal()


@pytest.fixture(autouse=True)
def _wiring(settings: Settings) -> None:
    taken.clear()
    settings.ANSWERS = [f"{__name__}.takes_numbers", f"{__name__}.never_asked"]


def test_an_answer_is_stored_once_and_belongs_to_no_ticket(cast: House) -> None:
    answer = writes(cast.inbox, "5")
    receipt = intake.receive(answer)
    assert (receipt.outcome, receipt.ticket_id, taken) == (Outcome.RECORDED, None, [(1, "5")])
    assert intake.receive(answer).outcome == Outcome.DUPLICATE
    assert len(taken) == 1
    assert not Ticket.objects.exists()


def test_what_nobody_claims_goes_to_a_ticket(cast: House) -> None:
    assert intake.receive(writes(cast.inbox, "five")).outcome == Outcome.OPENED


def test_what_concerns_nobody_is_offered_to_nobody(cast: House) -> None:
    intake.receive(writes(cast.inbox, "5", opens_ticket=False))
    assert taken == []
