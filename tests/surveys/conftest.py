"""A house that asks for scores, and the steps of a survey."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from surveys import invitations
from surveys.defaults import install
from surveys.models import Survey, SurveyInvitation, SurveyKind
from tests.cast import House, house, newest_seq, ticket_of, writes
from tests.tickets.test_outbox import NINE, drain, reply
from tickets import intake
from tickets.actions import lifecycle
from tickets.models import ContentType, EventKind, Ticket

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def cast(db: None) -> House:
    """Return the furnished house, with both surveys on for a day."""
    return furnished()


def furnished() -> House:
    """Switch both surveys on for a day, also after a test that emptied all tables."""
    install()
    Survey.objects.update(active_since=NINE - dt.timedelta(days=1))
    return house()


@pytest.fixture
def journey() -> Iterator[time_machine.Traveller]:
    """Stand at nine in the morning."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def helped(cast: House, text: str = "My tent pole snapped", **fields: object) -> Ticket:
    """Aoife writes, Lena replies and resolves."""
    ticket = ticket_of(writes(cast.inbox, text, **fields))  # type: ignore[arg-type]
    reply(cast, ticket)
    drain()
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    return ticket


def invited(ticket: Ticket) -> SurveyInvitation:
    """Write the invitation for the newest resolution, as the reader of changes does."""
    resolution = ticket.events.filter(kind=EventKind.RESOLVED).latest("seq")
    survey = invitations.first_survey()
    assert survey is not None
    fresh = Ticket.objects.get(pk=ticket.pk)
    due_at = resolution.occurred_at + survey.delay
    return invitations.invite(survey, fresh, resolution, due_at=due_at, at=resolution.recorded_at)


def work() -> None:
    """Do all that is due: surveys, then messages."""
    while invitations.process_next():
        pass
    drain()


def asked(cast: House, journey: time_machine.Traveller, **fields: object) -> SurveyInvitation:
    """Help Aoife, wait a minute, and ask her."""
    ticket = helped(cast, **fields)  # type: ignore[arg-type]
    invitation = invited(ticket)
    journey.shift(MINUTE)
    work()
    invitation.refresh_from_db()
    return invitation


def taps(cast: House, invitation: SurveyInvitation, score: int, **fields: object) -> intake.Receipt:
    """Aoife taps an answer."""
    choice = {"id": f"survey:{invitation.token}:{score}", "title": "⭐" * score}
    return intake.receive(
        writes(cast.inbox, "⭐" * score, content_type=ContentType.CHOICE, content={"choice": choice}, **fields)  # type: ignore[arg-type]
    )


def types(cast: House, text: str, **fields: object) -> intake.Receipt:
    """Aoife types something."""
    return intake.receive(writes(cast.inbox, text, **fields))  # type: ignore[arg-type]


def of_kind(kind: SurveyKind) -> SurveyInvitation:
    """Return the only invitation of a kind."""
    return SurveyInvitation.objects.get(survey__kind=kind)
