"""Alerts: who gets which, what they say, reading them, and that the bell's pages hear of them."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents import notify
from agents.models import Membership, Notification, User
from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tests.inbox.conftest import Login, reply_fields
from tests.setup.said import said
from tickets.actions import assignment, clocks, messaging, outbox
from tickets.models import Message, MessageKind, MessageState, Ticket

INDEX = "/alerts/"
START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def tell(user: User, ticket: Ticket | None, kind: str, key: str) -> Notification:
    """Write one notification."""
    notify.notify({user.pk}, kind=kind, key=key, ticket_id=ticket.pk if ticket else 0, at=clock.now())
    return Notification.objects.get(user=user, key=key)


def test_a_breach_is_told_to_assignee_and_lead_with_the_clocks_own_words(cast: House, login: Login) -> None:
    with time_machine.travel(START, tick=False):
        ticket = ticket_of(writes(cast.inbox))
        assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    with time_machine.travel(START + dt.timedelta(minutes=9), tick=False):
        while clocks.notice_next():
            pass
    with time_machine.travel(START + dt.timedelta(hours=3), tick=False):
        while clocks.notice_next():
            pass
        for person in (cast.lena, cast.amira):
            text = said(login(person).get(INDEX))
            assert text.count("The first reply to Aoife Brennan is due soon") == 1
            assert text.count("The first reply to Aoife Brennan is overdue") == 1
        assert "No alerts yet" in said(login(cast.mateus).get(INDEX))


def test_whoever_is_given_a_ticket_is_told_and_whoever_takes_one_is_not(cast: House, ticket: Ticket) -> None:
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    assert not Notification.objects.exists()
    assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=cast.mateus.pk)
    assert [(one.user, one.kind) for one in Notification.objects.select_related("user")] == [(cast.mateus, "assigned")]


def test_a_reply_that_failed_is_told_to_its_author(cast: House, lena: Client, ticket: Ticket) -> None:
    messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **reply_fields(ticket))
    message = Message.objects.get(kind=MessageKind.OUTBOUND)
    lease = clock.now() + dt.timedelta(seconds=45)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING, attempt=1, lease_until=lease)
    assert outbox.fail(message_id=message.pk, attempt=1, code="131026", text="No such number")
    assert "Your reply to Aoife Brennan was not delivered" in said(lena.get(INDEX))


def test_alerts_are_ones_own(cast: House, lena: Client, mateus: Client, ticket: Ticket) -> None:
    alert = tell(cast.lena, ticket, "assigned", "one")
    assert mateus.get(reverse("alerts:alert", args=[alert.pk])).status_code == 404
    mateus.post(reverse("alerts:readings"), {"up_to": alert.pk})
    assert mateus.get(reverse("alerts:news") + "?after=0").json()["alerts"] == []
    alert.refresh_from_db()
    assert alert.read_at is None
    assert Client().get(INDEX)["Location"].startswith("/login/")


def test_following_an_alert_reads_it_and_leads_to_the_ticket(cast: House, lena: Client, ticket: Ticket) -> None:
    alert = tell(cast.lena, ticket, "assigned", "one")
    assert re.search(r"data-unread-alerts><span data-number>1</span>", lena.get("/inbox/all/").content.decode())
    response = lena.get(reverse("alerts:alert", args=[alert.pk]))
    assert response["Location"] == reverse("inbox:ticket", args=["all", ticket.pk])
    assert "data-unread-alerts hidden" in lena.get("/inbox/all/").content.decode()
    assert "Everything is read" in said(lena.get(INDEX + "?show=unread"))


def test_marking_all_as_read_leaves_what_came_since(cast: House, lena: Client, ticket: Ticket) -> None:
    seen = tell(cast.lena, ticket, "assigned", "one")
    tell(cast.lena, ticket, "human_wanted", "two")
    response = lena.post(reverse("alerts:readings"), {"up_to": seen.pk}, follow=True)
    assert "1 alert marked as read" in said(response)
    assert notify.unread(cast.lena) == 1


def test_an_unknown_kind_and_a_ticket_out_of_sight_are_still_said_politely(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    tell(cast.lena, ticket, "made_up_tomorrow", "one")
    assert "Something happened with Aoife Brennan" in said(lena.get(INDEX))
    Membership.objects.filter(user=cast.lena).delete()
    text = said(lena.get(INDEX))
    assert "This was about a ticket that is no longer yours to see" in text
    assert "Aoife" not in text
    assert lena.get(reverse("alerts:alert", args=[Notification.objects.get().pk]))["Location"] == INDEX


def test_the_bell_hears_the_newest_sentences(cast: House, lena: Client, ticket: Ticket) -> None:
    first = tell(cast.lena, ticket, "assigned", "one")
    assert lena.get(reverse("alerts:news")).json() == {"unread": 1, "newest": first.pk, "alerts": []}
    second = tell(cast.lena, ticket, "human_wanted", "two")
    news = lena.get(reverse("alerts:news") + f"?after={first.pk}").json()
    assert (news["unread"], news["newest"]) == (2, second.pk)
    assert news["alerts"] == [{"text": "Aoife Brennan asked for a person", "url": f"/alerts/{second.pk}/"}]


def test_alerts_stand_in_the_order_of_their_ages_over_all_pages(cast: House, lena: Client, ticket: Ticket) -> None:
    for number in range(60):
        # The one that was noticed last was due first, and two were due together.
        with clock.at(START - dt.timedelta(minutes=number // 2)):
            tell(cast.lena, ticket, "sla_breach", str(number))
    first = lena.get(INDEX).context
    second = lena.get(INDEX + first["older_url"]).context
    shown = [(one.at, one.pk) for one in [*first["alerts"], *second["alerts"]]]
    assert len(shown) == 60
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("number", [3, 60])
def test_the_page_asks_the_same_questions_for_three_alerts_and_for_sixty(
    cast: House, lena: Client, number: int
) -> None:
    for n in range(number):
        ticket = ticket_of(writes(cast.inbox, phone=f"30{n:05d}", name=f"Contact {n}"))
        tell(cast.lena, ticket, "sla_breach", f"clock-{ticket.clocks.all()[0].pk}-breach")
    lena.get(INDEX)
    with CaptureQueriesContext(connection) as asked:
        html = lena.get(INDEX).content.decode()
    assert ("Older" in html) == (number == 60)
    questions = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # session, person, alerts, their tickets, their clocks, unread and presence, are there figures for this person
    assert len(questions) == 7, questions


def test_the_panel_shows_every_promise_and_how_it_stands(cast: House, lena: Client) -> None:
    with time_machine.travel(START, tick=False):
        ticket = ticket_of(writes(cast.inbox))
    with time_machine.travel(START + dt.timedelta(minutes=3), tick=False):
        messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **reply_fields(ticket))
    with time_machine.travel(START + dt.timedelta(minutes=20), tick=False):
        ticket_of(writes(cast.inbox, "And my pegs?"))
    with time_machine.travel(START + dt.timedelta(minutes=29), tick=False):
        html = lena.get(reverse("inbox:ticket", args=["all", ticket.pk])).content.decode()
    panel = html[html.index('id="clocks"') :].split("</section>")[0]
    assert "in 3 min" in panel
    assert re.findall(r'data-state="(\w+)"', panel) == ["warning", "running"]
    assert "1:00" in panel
    assert "7 h 31 min" in panel
