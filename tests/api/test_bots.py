"""Programs that answer by themselves: never as a person, always with the way to one, and silent once one is wanted."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import ApiToken, Assignment, Notification
from tests.api.conftest import Program, problem, program_of
from tests.cast import House, newest_seq, taken_in, ticket_of, writes
from tests.inbox.conftest import reply_fields
from tests.tickets.test_assignment import comes
from tickets import alerts, delivery, intake
from tickets.actions import assignment, messaging
from tickets.defaults import install_texts
from tickets.models import (
    AuthorKind,
    AutomaticText,
    ClockState,
    EventKind,
    Inbox,
    Message,
    Metric,
    Ticket,
)

HINT = "Write “agent” to reach a person."


@pytest.fixture
def bot(cast: House) -> Program:
    """Return a bot with Lena's rights."""
    return program_of(cast.lena, is_bot=True)


def says(bot: Program, ticket: Ticket, text: str = "It is on its way.", **headers: str) -> Any:
    """Let the bot answer."""
    body = {"kind": "reply", "text": text, "seen_seq": newest_seq(ticket)}
    return bot.send("POST", f"tickets/{ticket.pk}/messages/", body, **headers)


@pytest.mark.parametrize("how", ["the contact asks for a person", "somebody takes the ticket"])
def test_what_a_bot_said_stays_here_when_a_person_comes_before_it_has_left(
    cast: House, bot: Program, ticket: Ticket, how: str
) -> None:
    said = json.loads(says(bot, ticket).content)
    if how == "somebody takes the ticket":
        assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    else:
        intake.receive(writes(cast.inbox, "I want to speak to an agent"))
    while delivery.deliver_next():
        pass
    message = Message.objects.get(pk=said["id"])
    assert (message.sent_at, message.error_code) == (None, "handed_over")


def test_what_a_bot_says_is_no_reply_of_ours_and_stops_no_clock(bot: Program, ticket: Ticket) -> None:
    answer = says(bot, ticket)
    assert answer.status_code == 201
    said = json.loads(answer.content)
    assert said["author"] == {"kind": "bot", "agent": None}
    assert said["text"] == f"It is on its way.\n\n{HINT}"
    while delivery.deliver_next():
        pass
    assert Message.objects.get(pk=said["id"]).sent_at is not None
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee_id, ticket.unanswered_count) == ("new", None, 1)
    assert ticket.clocks.get(metric=Metric.FIRST_RESPONSE).state == ClockState.RUNNING
    kinds = set(ticket.events.values_list("kind", flat=True))
    assert kinds >= {EventKind.AUTOMATIC_SENT, EventKind.AUTOMATIC_ACCEPTED}
    assert not kinds & {EventKind.REPLIED, EventKind.REPLY_ACCEPTED}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Wo ist meine Lieferung? Ich warte schon lange.", "Schreiben Sie „Mitarbeiter“"),
        ("Bonjour, où est ma commande s'il vous plaît ?", "Écrivez « humain »"),
    ],
)
def test_the_way_to_a_person_is_said_in_the_contacts_language(bot: Program, cast: House, text: str, hint: str) -> None:
    install_texts()
    AutomaticText.objects.filter(kind="bot_hint").update(is_active=True)
    ticket = ticket_of(writes(cast.inbox, text, phone="4915112345678"))
    assert hint in json.loads(says(bot, ticket).content)["text"]


def test_the_third_answer_in_vain_hands_the_ticket_over(bot: Program, cast: House, ticket: Ticket) -> None:
    for _number in range(2):
        assert says(bot, ticket).status_code == 201
        intake.receive(writes(cast.inbox, "That is not what I asked"))
    body = {"kind": "reply", "text": "Once more", "seen_seq": newest_seq(ticket)}
    for _try in range(2):
        refused = bot.send("POST", f"tickets/{ticket.pk}/messages/", body, **{"Idempotency-Key": "third"})
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
        assert problem(refused)["code"] == "handed_over"
    ticket.refresh_from_db()
    assert ticket.needs_human
    wanted = ticket.events.get(kind=EventKind.HUMAN_WANTED)
    assert (wanted.actor_kind, wanted.data["reason"]) == ("bot", "bot_did_not_help")
    assert Notification.objects.get(kind="bot_handover").user == cast.amira
    assert alerts.read(cast.amira)[0].text == "A bot could not help Aoife Brennan, a person is wanted"
    assert problem(says(bot, ticket))["code"] == "handed_over"
    assert ticket.messages.filter(author_kind=AuthorKind.BOT).count() == 2


def test_handing_over_gives_the_ticket_to_somebody_where_the_team_assigns_by_load(
    bot: Program, cast: House, ticket: Ticket
) -> None:
    Inbox.objects.update(bot_replies_at_most=1)
    says(bot, ticket)
    cast.returns.assignment = Assignment.LEAST_LOAD
    cast.returns.save()
    comes(cast.mateus)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    assert says(bot, ticket).status_code == 409
    ticket.refresh_from_db()
    assert ticket.assignee == cast.mateus


@pytest.mark.parametrize("thanks", ["Thanks!", "👍", "Yes", "Vielen Dank", "merci beaucoup"])
def test_a_word_that_it_helped_lets_the_bot_go_on(bot: Program, cast: House, ticket: Ticket, thanks: str) -> None:
    says(bot, ticket)
    says(bot, ticket)
    intake.receive(writes(cast.inbox, thanks))
    assert says(bot, ticket).status_code == 201


@pytest.mark.parametrize("word", ["agent", "Mitarbeiter", "humain", "Mensch"])
def test_whoever_asks_for_a_person_hears_no_bot_any_more(bot: Program, cast: House, ticket: Ticket, word: str) -> None:
    says(bot, ticket)
    intake.receive(writes(cast.inbox, word))
    refused = says(bot, ticket)
    assert (refused.status_code, problem(refused)["code"]) == (409, "handed_over")
    assert Ticket.objects.get().needs_human


def test_a_bot_stays_out_of_what_a_person_has_taken(bot: Program, cast: House, ticket: Ticket) -> None:
    assignment.claim(actor=cast.mateus, ticket_id=ticket.pk)
    assert problem(says(bot, ticket))["code"] == "handed_over"
    assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=None)
    assert says(bot, ticket).status_code == 201
    messaging.reply(actor=cast.mateus, ticket_id=ticket.pk, **reply_fields(ticket))
    assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=None)
    assert problem(says(bot, ticket))["code"] == "handed_over"


def test_what_a_bot_resolves_is_nobodys_merit(bot: Program, cast: House, ticket: Ticket) -> None:
    says(bot, ticket)
    done = bot.send("PUT", f"tickets/{ticket.pk}/resolution/", {"seen_seq": newest_seq(ticket)})
    assert (done.status_code, json.loads(done.content)["status"]) == (200, "resolved")
    resolved = ticket.events.get(kind=EventKind.RESOLVED)
    assert (resolved.actor, resolved.actor_kind) == (None, "bot")
    other = taken_in(intake.receive(writes(cast.inbox, "Hello", phone="353870000001")))
    assignment.claim(actor=cast.lena, ticket_id=other.pk)
    refused = bot.send("PUT", f"tickets/{other.pk}/resolution/", {"seen_seq": newest_seq(other)})
    assert problem(refused)["code"] == "handed_over"


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("PATCH", "tickets/{}/", {"priority": "high"}),
        ("PUT", "tickets/{}/claim/", None),
        ("PUT", "tickets/{}/assignment/", {"assignee": None}),
        ("DELETE", "tickets/{}/resolution/", None),
        ("POST", "tickets/{}/transfer/", {"team": 1}),
    ],
)
def test_everything_else_would_be_written_down_as_a_persons_and_is_refused(
    bot: Program, ticket: Ticket, method: str, address: str, body: Any
) -> None:
    refused = bot.send(method, address.format(ticket.pk), body)
    assert (refused.status_code, problem(refused)["code"]) == (403, "bot_not_allowed")
    note = bot.send("POST", f"tickets/{ticket.pk}/messages/", {"kind": "note", "text": "x"})
    assert note.status_code == 400


def test_an_automatic_message_cannot_be_taken_back_like_a_reply(bot: Program, lena: Program, ticket: Ticket) -> None:
    said = json.loads(says(bot, ticket).content)
    assert lena.send("DELETE", f"messages/{said['id']}/").status_code == 404


def test_a_token_is_marked_on_its_page(cast: House) -> None:
    client = Client()
    client.force_login(cast.lena)
    fields = {"name": "Order bot", "scopes": ["messages:write"], "lifetime": "90", "is_bot": "on"}
    page = client.post(reverse("account:tokens"), fields)
    assert "This program answers customers by itself (bot)" in page.content.decode()
    token = ApiToken.objects.get(name="Order bot")
    assert token.is_bot
    client.post(reverse("account:tokens"), {**fields, "name": "CRM", "is_bot": ""})
    assert not ApiToken.objects.get(name="CRM").is_bot


def test_how_often_a_bot_may_answer_is_set_with_the_texts(cast: House) -> None:
    ada = Client()
    ada.force_login(cast.ada)
    address = reverse("setup:texts_bots", args=[cast.inbox.pk])
    refused = ada.post(address, {"most": "0"})
    assert refused.status_code == 422
    assert "Let a bot answer between 1 and 10 times in a row, such as 2." in refused.content.decode()
    ada.post(address, {"most": "3"})
    assert Inbox.objects.get().bot_replies_at_most == 3
