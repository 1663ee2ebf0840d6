"""One survey whatever breaks, STOP whatever is under way, and no message lost between the two readings."""

import datetime as dt
import random
import threading
import time
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection, transaction

from surveys import invitations
from surveys.models import InvitationState, NotSent, SurveyAnswer, SurveyInvitation, SurveyKind, SurveyResponse
from tests.cast import House, newest_seq
from tests.paper import paper
from tests.surveys.conftest import HOUR, MINUTE, asked, furnished, helped, invited, taps, types, work
from tests.tickets.test_outbox import NINE, drain, reply
from tickets import consent
from tickets.actions import lifecycle
from tickets.channels import SendError
from tickets.inbound import Outcome
from tickets.models import ConsentChange, Message, MessageKind, MessageState, Purpose, Ticket, Wish

Journey = time_machine.Traveller


class Killed(Exception):
    """The worker died here."""


def _killed_during(step: Callable[[], bool]) -> None:
    """Do a step and die before it commits."""
    with transaction.atomic():
        step()
        raise Killed


def _read_changes() -> None:
    """Read until something was invited; any older transaction of the server puts the reader off."""
    stop = time.monotonic() + 30
    while not SurveyInvitation.objects.exists() and time.monotonic() < stop:
        invitations.invite_next()
        time.sleep(0.05)
    invitations.invite_next()


@pytest.mark.django_db(transaction=True)
def test_a_resolution_that_nobody_can_be_asked_about_does_not_hold_up_the_others() -> None:
    cast = furnished()
    with time_machine.travel(NINE, tick=False):
        broken, whole = helped(cast), helped(cast, phone="4915112345678")
        # Taken over from another system, its history says nothing about the resolution.
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute("SET LOCAL session_replication_role = replica")
            sql.execute("UPDATE tickets_ticketevent SET data = '[]' WHERE ticket_id = %s", [broken.pk])
        _read_changes()
    assert dict(SurveyInvitation.objects.values_list("ticket", "state")) == {
        broken.pk: InvitationState.NOT_SENT,
        whole.pk: InvitationState.DUE,
    }
    assert SurveyInvitation.objects.get(ticket=broken).reason == NotSent.BROKEN


@pytest.mark.django_db(transaction=True)
def test_a_restart_between_resolving_and_sending_sends_exactly_one() -> None:
    cast = furnished()
    with time_machine.travel(NINE, tick=False) as journey:
        ticket = helped(cast)
        with pytest.raises(Killed):
            _killed_during(invitations.invite_next)
        assert not SurveyInvitation.objects.exists()
        _read_changes()
        invitation = SurveyInvitation.objects.get()
        journey.shift(3 * HOUR)
        with pytest.raises(Killed):
            _killed_during(invitations.process_next)
        assert not Message.objects.filter(purpose=Purpose.SURVEY).exists()
        while invitations.process_next():
            pass
        invitations.invite_next()
        while invitations.process_next():
            pass
        drain()
    invitation.refresh_from_db()
    assert (invitation.ticket, invitation.state) == (ticket, InvitationState.SENT)
    assert Message.objects.filter(purpose=Purpose.SURVEY).count() == 1
    assert len(paper.texts) == 2


@pytest.mark.django_db(transaction=True)
def test_answers_at_the_same_moment_are_one_response() -> None:
    cast = furnished()
    with time_machine.travel(NINE, tick=False) as journey:
        invitation = asked(cast, journey)
    begin = threading.Barrier(4)
    failures: list[BaseException] = []

    def tap(score: int) -> None:
        begin.wait()
        try:
            with time_machine.travel(NINE + MINUTE, tick=False):
                taps(cast, invitation, score, at=NINE + MINUTE)
        except BaseException as error:  # noqa: BLE001 - reported below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=(score,)) for score in (2, 3, 4, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    response = SurveyResponse.objects.get()
    last = SurveyAnswer.objects.order_by("message__seq").last()
    assert last is not None
    assert (response.score, SurveyAnswer.objects.count()) == (last.score, 4)
    assert Message.objects.filter(purpose=Purpose.SURVEY_THANKS).count() == 1
    assert SurveyInvitation.objects.filter(survey__kind=SurveyKind.NPS).count() == 1


# -- STOP and START ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["STOP", "Stopp", "abmelden", "Arrêt", "desabonner", "baja", "disiscrivimi"])
def test_stop_is_heard_in_five_languages_whatever_signs_stand_around_it(text: str) -> None:
    for around in ("{}", " {}. ", "{}!!!", "¡{}!", "({})", "{};", "{}…", "„{}“", "{} 🙏", "{}\u200b", "*{}* \n"):
        assert consent.wish_in(around.format(text)) == Wish.STOP, around


@pytest.mark.parametrize(
    "text", ["Please stop the parcel", "stop calling me", "bus stop", "Start der Tour?", "stop?", "", "!?", "no"]
)
def test_a_request_that_holds_the_word_is_a_message(text: str) -> None:
    assert consent.wish_in(text) is None


@pytest.mark.django_db
def test_stop_before_sending_is_a_reason_and_is_confirmed_once(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    receipt = types(cast, "STOP")
    types(cast, "stop")
    journey.shift(MINUTE)
    work()
    invitation.refresh_from_db()
    assert (receipt.outcome, invitation.reason) == (Outcome.RECORDED, NotSent.OPTED_OUT)
    assert [text[:12] for text in paper.texts] == ["On its way", "You will get"]
    assert ConsentChange.objects.count() == 2


@pytest.mark.django_db
def test_stop_takes_a_question_out_of_the_outbox(cast: House, journey: Journey) -> None:
    invited(helped(cast))
    journey.shift(MINUTE)
    assert invitations.process_next()
    types(cast, "STOP")
    drain()
    assert Message.objects.get(purpose=Purpose.SURVEY).state == MessageState.CANCELLED
    assert not any(text.startswith("How satisfied") for text in paper.texts)


@pytest.mark.django_db
def test_stop_during_a_failed_try_ends_the_tries(cast: House, journey: Journey) -> None:
    invited(helped(cast))
    journey.shift(MINUTE)
    assert invitations.process_next()

    def stopped_meanwhile(message: Message) -> str:
        types(cast, "STOP")
        raise SendError("busy", permanent=False)

    paper.plan.append(stopped_meanwhile)
    drain()
    journey.shift(MINUTE)
    drain()
    question = Message.objects.get(purpose=Purpose.SURVEY)
    assert (question.state, question.error_code) == (MessageState.FAILED, "opted_out")
    assert not any(text.startswith("How satisfied") for text in paper.texts)


@pytest.mark.django_db
def test_after_stop_agents_still_answer_and_start_restores(cast: House, journey: Journey) -> None:
    types(cast, "STOP")
    drain()
    ticket = helped(cast)
    assert paper.texts[-1] == "On its way"
    assert invited(ticket).reason == NotSent.OPTED_OUT
    journey.shift(MINUTE)
    types(cast, "START")
    lifecycle.reopen(actor=cast.lena, ticket_id=ticket.pk)
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    assert invited(ticket).state == InvitationState.DUE


@pytest.mark.django_db
def test_start_from_somebody_who_never_stopped_is_a_message(cast: House) -> None:
    assert types(cast, "Start").outcome == Outcome.OPENED


# -- No message is lost ------------------------------------------------------------------------------

SAID = """
5 | 3 | 9 | 0 | fünf | ⭐⭐⭐⭐ | 5/5 | 55 | 10 | 5 Pakete fehlen | It was slow | Danke! | 👍 | Where is it?
Alles gut gelaufen, sehr nett | a person please | one more thing: the pegs | STOP | START | stop it
"""
SAID_ONES = [text.strip() for line in SAID.strip().splitlines() for text in line.split("|")]


def _steps(cast: House, journey: Journey, phone: str, dice: random.Random) -> dict[str, Callable[[], object]]:
    def ticket() -> Ticket:
        return Ticket.objects.filter(conversation__contact__identities__value=phone).latest("pk")

    def answer() -> None:
        if ticket().is_open:
            reply(cast, ticket())

    def resolve() -> None:
        if ticket().is_open:
            found = ticket()
            lifecycle.resolve(actor=cast.lena, ticket_id=found.pk, seen_seq=newest_seq(found))
            invited(found)

    def tap() -> None:
        questions = SurveyInvitation.objects.filter(
            ticket__conversation__contact__identities__value=phone, survey__kind=SurveyKind.CSAT, state="sent"
        )
        if (invitation := questions.last()) is not None:
            taps(cast, invitation, dice.randint(1, 5), phone=phone)

    return {
        "write": lambda: types(cast, dice.choice(SAID_ONES), phone=phone),
        "answer": answer,
        "resolve": resolve,
        "tap": tap,
        "wait": lambda: journey.shift(dice.choice([MINUTE, HOUR, dt.timedelta(days=2), dt.timedelta(days=8)])),
        "work": work,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_every_message_is_stored_once_and_read_by_one_reader(cast: House, journey: Journey, seed: int) -> None:
    dice = random.Random(seed)
    phone = f"4915100000{seed:03}"
    types(cast, "My tent pole snapped", phone=phone)
    steps = _steps(cast, journey, phone, dice)
    written = 1
    for _ in range(40):
        name = dice.choices(list(steps), weights=[6, 2, 3, 2, 1, 4])[0]
        before = Message.objects.filter(kind=MessageKind.INBOUND).count()
        steps[name]()
        added = Message.objects.filter(kind=MessageKind.INBOUND).count() - before
        assert added == (1 if name == "write" else added)
        written += added
    inbound = Message.objects.filter(kind=MessageKind.INBOUND)
    assert inbound.count() == written
    for message in inbound:
        readers = [
            message.ticket_id is not None,
            hasattr(message, "survey_answer"),
            hasattr(message, "survey_comment"),
            hasattr(message, "consent_change"),
        ]
        late_tap = message.content_type == "choice" and not any(readers)
        assert sum(readers) == 1 or late_tap, (message.text, readers)
