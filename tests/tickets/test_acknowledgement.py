"""Who writes hears at once that it came in: once, in their language, with a number and an honest time."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from pytest_django.fixtures import Settings

from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tests.tickets.test_outbox import drain
from tickets import defaults, intake
from tickets.actions import assignment, lifecycle
from tickets.models import (
    AutomaticText,
    BusinessHours,
    ContentType,
    EventKind,
    Inbox,
    Message,
    MessageState,
    Purpose,
    SlaPolicy,
    SlaTarget,
    TextKind,
    Ticket,
)
from tickets.timeline import read

pytestmark = pytest.mark.django_db
UTC = dt.UTC
MONDAY_TEN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
FRIDAY_EVENING = dt.datetime(2026, 3, 6, 17, 0, tzinfo=UTC)  # 18:00 in Berlin
GERMAN = "Guten Tag, wo bleibt meine Bestellung?"


@pytest.fixture
def talking(cast: House) -> House:
    """Return the house with its own words switched on."""
    defaults.install_texts()
    AutomaticText.objects.filter(kind__in=[TextKind.ACKNOWLEDGEMENT, TextKind.OUT_OF_HOURS]).update(is_active=True)
    return cast


def office_hours(minutes: int = 30) -> None:
    """Let everybody work from nine to five, and promise a first reply within so many minutes."""
    BusinessHours.objects.all().delete()
    defaults.install(time_zone="Europe/Berlin")
    SlaTarget.objects.update(seconds=minutes * 60)


def said() -> str:
    """Return the one thing that was said."""
    drain()
    [text] = paper.texts
    return text


@pytest.mark.parametrize(
    ("words", "greeting", "number", "time"),
    [
        (
            GERMAN,
            "Guten Tag Aoife Brennan, vielen Dank für Ihre Nachricht. Wir kümmern uns darum und antworten Ihnen bald.",
            "Ihre Ticketnummer: #",
            "Voraussichtliche Antwort: heute bis 10:10",
        ),
        (
            "Bonjour, où est ma commande ? Je n'ai rien reçu.",
            (
                "Bonjour Aoife Brennan, merci pour votre message. "
                "Nous travaillons sur votre demande et vous répondrons bientôt."
            ),
            "Votre numéro de ticket : #",
            "Réponse prévue : aujourd’hui avant 10:10",
        ),
        (
            "Where is my order? I have been waiting for a week.",
            "Hello Aoife Brennan, thank you for your message. We are working on it and will reply soon.",
            "Your ticket number: #",
            "Expected reply: today by 10:10",
        ),
    ],
)
def test_it_speaks_the_contacts_language(talking: House, words: str, greeting: str, number: str, time: str) -> None:
    with time_machine.travel(MONDAY_TEN, tick=False):
        ticket = ticket_of(writes(talking.inbox, words))
        assert said() == f"{greeting}\n{number}{ticket.pk}\n{time}"
    message = Message.objects.get(purpose=Purpose.ACKNOWLEDGEMENT)
    assert (message.ticket_id, message.state) == (ticket.pk, MessageState.SENT)


def test_friday_evening_hears_of_monday_morning(talking: House) -> None:
    office_hours()
    with time_machine.travel(FRIDAY_EVENING, tick=False):
        ticket = ticket_of(writes(talking.inbox, GERMAN, name=""))
        assert said() == (
            "Guten Tag, vielen Dank für Ihre Nachricht.\n"
            "Wir haben gerade geschlossen und sind Montag um 09:00 wieder für Sie da.\n"
            f"Ihre Ticketnummer: #{ticket.pk}\nVoraussichtliche Antwort: Montag, 09:30"
        )
    assert ticket.due_at == dt.datetime(2026, 3, 9, 8, 30, tzinfo=UTC)


def test_a_house_that_promises_nothing_names_no_time(talking: House) -> None:
    SlaPolicy.objects.update(is_active=False)
    ticket = ticket_of(writes(talking.inbox, GERMAN))
    assert said().splitlines()[1:] == [f"Ihre Ticketnummer: #{ticket.pk}"]


def test_five_quick_messages_get_one(talking: House) -> None:
    for word in ("Hello there", "my tent pole", "snapped", "right", "at the joint"):
        intake.receive(writes(talking.inbox, word))
    drain()
    assert len(paper.texts) == 1


def test_what_cannot_be_told_from_the_words_is_told_from_the_number(talking: House) -> None:
    ticket = ticket_of(writes(talking.inbox, "👋", phone="33612345678"))
    assert ticket.conversation.contact.language == "fr"
    assert said().startswith("Bonjour")
    intake.receive(writes(talking.inbox, "Where is my parcel, please?", phone="33612345678"))
    ticket.conversation.contact.refresh_from_db()
    assert ticket.conversation.contact.language == "en"
    assert list(ticket.messages.filter(kind="inbound").values_list("language", flat=True)) == ["", "en"]


def test_a_language_without_texts_gets_english(talking: House) -> None:
    ticket = ticket_of(writes(talking.inbox, "¿Me podéis mandar la factura de nuevo?", phone="34612345678"))
    assert ticket.conversation.contact.language == "es"
    assert said().startswith("Hello Aoife Brennan,")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"content_type": ContentType.UNSUPPORTED, "text": ""}, "unsupported"),
        ({"text": " STOP "}, "command"),
        ({"at": MONDAY_TEN - dt.timedelta(hours=25)}, "late"),
    ],
)
def test_some_messages_get_none_and_the_ticket_tells_why(
    talking: House, settings: Settings, fields: dict[str, object], reason: str
) -> None:
    settings.ANSWERS = []  # or STOP would open no ticket at all
    with time_machine.travel(MONDAY_TEN, tick=False):
        inbound = writes(talking.inbox, **{"text": "Where is my order?", **fields})  # type: ignore[arg-type]
        ticket = ticket_of(inbound)
        drain()
    assert paper.texts == []
    assert ticket.events.get(kind=EventKind.AUTOMATIC_WITHHELD).data["reason"] == reason
    sentences = [entry.sentence for entry in read(talking.lena, ticket.conversation).entries if entry.event]
    assert sentences[-1].startswith("No acknowledgement:")


def test_reactions_and_reopened_tickets_get_none(talking: House) -> None:
    intake.receive(writes(talking.inbox, "👍", content_type=ContentType.UNSUPPORTED, opens_ticket=False))
    drain()
    assert paper.texts == []
    ticket = ticket_of(writes(talking.inbox))
    lifecycle.resolve(actor=talking.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    assert ticket_of(writes(talking.inbox, "It broke again")).pk == ticket.pk
    drain()
    assert len(paper.texts) == 1


def test_an_inbox_or_the_whole_house_can_keep_silent(talking: House) -> None:
    Inbox.objects.update(acknowledges=False)
    ticket_of(writes(talking.inbox))
    Inbox.objects.update(acknowledges=True)
    AutomaticText.objects.update(is_active=False)
    ticket_of(writes(talking.inbox, phone="4917655501843"))
    drain()
    assert paper.texts == []


def test_who_writes_for_the_first_time_can_be_welcomed(talking: House) -> None:
    AutomaticText.objects.filter(kind=TextKind.WELCOME).update(is_active=True)
    ticket_of(writes(talking.inbox, GERMAN))
    assert "willkommen" in said()


def test_a_handover_can_be_told(talking: House) -> None:
    AutomaticText.objects.update(is_active=False)
    AutomaticText.objects.filter(kind=TextKind.UPDATE).update(is_active=True)
    with time_machine.travel(MONDAY_TEN, tick=False):
        ticket = ticket_of(writes(talking.inbox, GERMAN))
        assignment.transfer(actor=talking.amira, ticket_id=ticket.pk, team_id=talking.finance.pk)
        assert said() == (
            f"Guten Tag Aoife Brennan, Ihr Anliegen #{ticket.pk} liegt jetzt bei unserem Team Finance.\n"
            "Voraussichtliche Antwort: heute bis 10:10"
        )


def test_whatever_breaks_in_our_own_words_the_message_comes_in(talking: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> str:
        raise RuntimeError("out of words")

    monkeypatch.setattr("tickets.placeholders.fill_in", broken)
    ticket = ticket_of(writes(talking.inbox))
    assert ticket.messages.count() == 1
    intake.receive(writes(talking.inbox, "Still there?"))
    assert ticket.messages.count() == 2


# -- Never in a loop with another machine ------------------------------------------------------------


def settle(house: House, ticket: Ticket) -> None:
    """Resolve a ticket, so that whatever comes next opens another one."""
    Inbox.objects.update(reopen_window=dt.timedelta(0))
    lifecycle.resolve(actor=house.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def chatter(number: int) -> str:
    """Answer like a machine that never says the same twice."""
    return f"Your message matters to us, our reference is {number}"


def mirror(number: int) -> str:
    """Answer like another house of this product, whose ticket numbers are its own."""
    text = defaults.TEXTS["acknowledgement", True]["en"]
    return text.replace("{{ticket_number}}", f"#{9000 + number}").replace("{{name}}", "Nordlicht Outdoor")


def parrot(number: int) -> str:
    """Answer the same whatever is said."""
    del number
    return "We are closed today"


@pytest.mark.parametrize(
    ("machine", "most", "reason"), [(chatter, 3, "budget"), (mirror, 0, "echo"), (parrot, 1, "repeated")]
)
def test_another_machine_that_answers_everything_ends_the_talk_after_three_at_most(
    talking: House, machine: Callable[[int], str], most: int, reason: str
) -> None:
    with time_machine.travel(MONDAY_TEN, tick=False) as journey:
        for number in range(12):
            settle(talking, ticket_of(writes(talking.inbox, machine(number))))
            drain()
            journey.shift(dt.timedelta(minutes=2))
        assert len(paper.texts) == most
        reasons = set(
            Ticket.objects.filter(events__kind=EventKind.AUTOMATIC_WITHHELD).values_list(
                "events__data__reason", flat=True
            )
        ) - {None}
        assert reasons == {reason}
        journey.shift(dt.timedelta(hours=1))
        ticket_of(writes(talking.inbox, "A person again: where is my parcel?"))
        drain()
    assert len(paper.texts) == most + 1


def test_a_flood_of_messages_of_one_sender_gets_one_and_others_get_theirs(talking: House) -> None:
    for number in range(30):
        intake.receive(writes(talking.inbox, f"Message {number}"))
    intake.receive(writes(talking.inbox, "Where is my order?", phone="4917655501843"))
    drain()
    assert len(paper.texts) == 2


def test_the_contacts_own_words_are_never_run(talking: House) -> None:
    ticket_of(writes(talking.inbox, GERMAN, name="{{ticket_number}}{% load x %}"))
    assert "{" not in said()
