"""How many questions a page asks the database: each named, and not one more for sixty tickets than for five."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tests.inbox.conftest import reply_fields
from tickets import queue
from tickets.actions import assignment, lifecycle, messaging
from tickets.models import Draft, Tag, Ticket

LIST = [
    ("session", r'FROM "django_session"'),
    ("person", r'FROM "agents_user" WHERE'),
    ("teams of the person", r"FROM agents_team t"),
    ("counts of tabs and groups", r"SELECT \(SELECT count\(\*\)"),
    ("lines of the page", rf"(?s)LIMIT {queue.PAGE_SIZE + 1}.*JOIN tickets_conversation"),
    ("own presence and unread alerts", r"(?s)FROM agents_presenceinterval.*FROM agents_notification"),
]
TICKET = [
    ("session", r'FROM "django_session"'),
    ("person", r'FROM "agents_user" WHERE'),
    ("teams of the person", r"FROM agents_team t"),
    ("ticket with contact, inbox, team, assignee", r"(?s)FROM tickets_ticket t JOIN tickets_conversation.*t.id ="),
    ("counts of tabs and groups", r"SELECT \(SELECT count\(\*\)"),
    ("lines of the page", rf"(?s)LIMIT {queue.PAGE_SIZE + 1}.*JOIN tickets_conversation"),
    ("messages with authors, quotes and files", r"FROM tickets_message l"),
    ("events", r"FROM tickets_ticketevent l"),
    ("people the events name", r"FROM agents_user WHERE id = ANY"),
    ("colleagues and how they are placed", r"FROM agents_membership m JOIN agents_user"),
    ("clocks, tags, draft, what decided, earlier tickets", r"FROM tickets_slaclock"),
    ("surveys", r"surveys_surveyinvitation"),
    ("own presence and unread alerts", r"(?s)FROM agents_presenceinterval.*FROM agents_notification"),
]


def furnish(cast: House, number: int) -> list[Ticket]:
    """Return that many tickets, with tags, drafts, assignees and replies here and there."""
    tag = Tag.objects.get_or_create(name="tent")[0]
    tickets = []
    for n in range(number):
        ticket = ticket_of(writes(cast.inbox, f"text {n}", phone=f"30{n:05d}", name=f"Contact {n}"))
        if n % 2:
            ticket.tags.add(tag)
            Draft.objects.create(ticket=ticket, user=cast.lena, text="Half", updated_at=clock.now())
        if n % 3 == 0:
            assignment.assign(actor=cast.lena, ticket_id=ticket.pk, assignee_id=cast.mateus.pk)
        if n % 4 == 0:
            messaging.reply(actor=cast.mateus, ticket_id=ticket.pk, **reply_fields(ticket))
        tickets.append(ticket)
    return tickets


def questions(client: Client, url: str) -> list[str]:
    """Return the SQL that a page asks for, its own transaction marks left out."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def unnamed(asked: list[str], known: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the questions that nobody has named, and the names that were not asked."""
    left = list(asked)
    missing = []
    for name, pattern in known:
        found = next((sql for sql in left if re.search(pattern, sql)), None)
        if found is None:
            missing.append(name)
        else:
            left.remove(found)
    return left, missing


@pytest.mark.parametrize("number", [5, 60])
def test_the_list_asks_the_same_questions_for_five_and_for_sixty_tickets(
    cast: House, lena: Client, number: int
) -> None:
    furnish(cast, number)
    asked = questions(lena, reverse("inbox:list", args=["all"]))
    assert unnamed(asked, LIST) == ([], [])
    assert len(asked) == len(LIST)


@pytest.mark.parametrize("number", [5, 60])
def test_the_ticket_page_asks_the_same_questions_for_a_short_and_a_long_conversation(
    cast: House, lena: Client, number: int
) -> None:
    furnish(cast, 5)
    before = ticket_of(writes(cast.inbox, "before", phone="3000003"))
    lifecycle.resolve(actor=cast.lena, ticket_id=before.pk, seen_seq=10**6)
    Ticket.objects.filter(pk=before.pk).update(status="closed", closes_at=None)
    ticket = ticket_of(writes(cast.inbox, "now", phone="3000003"))
    for n in range(number):
        ticket_of(writes(cast.inbox, f"more {n}", phone="3000003"))
        if n % 10 == 0:
            messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **reply_fields(ticket))
    for person in (cast.mateus.pk, cast.lena.pk):
        assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=person)
    asked = questions(lena, reverse("inbox:ticket", args=["all", ticket.pk]))
    left, missing = unnamed(asked, TICKET)
    assert (left, missing) == ([], [])


def test_a_full_page_stays_below_a_hundred_kilobytes(cast: House, lena: Client) -> None:
    furnish(cast, 60)
    size = len(lena.get(reverse("inbox:list", args=["all"])).content)
    assert size < 100_000
