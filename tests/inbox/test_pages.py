"""The work list and the ticket page, as a browser without scripts gets them."""

import base64
import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tests.inbox.conftest import reply_fields
from tickets import timeline
from tickets.actions import assignment, lifecycle, messaging
from tickets.models import Conversation, Draft, Message, Ticket


def page(client: Client, view: str = "all", ticket: Ticket | None = None, **query: str) -> str:
    """Return a page's HTML."""
    url = reverse("inbox:ticket", args=[view, ticket.pk]) if ticket else reverse("inbox:list", args=[view])
    response = client.get(url, query)
    assert response.status_code == 200
    return str(response.content, "utf-8")


def test_the_start_page_leads_to_the_inbox(lena: Client) -> None:
    """Somebody without own tickets sees all open ones."""
    assert lena.get(reverse("inbox:index"))["Location"] == reverse("inbox:list", args=["all"])


def test_a_new_ticket_stands_in_the_list_with_its_contact_and_its_words(lena: Client, ticket: Ticket) -> None:
    """The row shows who wrote what."""
    html = page(lena)
    assert "Aoife Brennan" in html
    assert "My tent pole snapped" in html
    assert f'id="row-{ticket.pk}"' in html


def test_the_list_is_grouped_by_how_soon_the_answer_is_due(cast: House, lena: Client) -> None:
    """Overdue, then due within a quarter of an hour, then the rest."""
    now = clock.now()
    late = ticket_of(writes(cast.inbox, "late", phone="1001", at=now - dt.timedelta(minutes=30)))
    soon = ticket_of(writes(cast.inbox, "soon", phone="1002"))
    waiting = ticket_of(writes(cast.inbox, "waiting", phone="1003"))
    messaging.reply(actor=cast.lena, ticket_id=waiting.pk, **_reply(waiting))
    html = page(lena)
    ids = [
        "group-overdue",
        f"row-{late.pk}",
        "group-soon",
        f"row-{soon.pk}",
        "group-later",
        f"row-{waiting.pk}",
    ]
    places = [html.index(f'id="{name}"') for name in ids]
    assert places == sorted(places)
    assert "Waiting for a reply" in html


def _reply(ticket: Ticket) -> dict[str, Any]:
    return reply_fields(ticket)


def test_the_tabs_cut_the_list(cast: House, lena: Client, ticket: Ticket) -> None:
    """Mine, unassigned, all open, resolved."""
    assert f"row-{ticket.pk}" in page(lena, "unassigned")
    assert f"row-{ticket.pk}" not in page(lena, "mine")
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    assert f"row-{ticket.pk}" in page(lena, "mine")
    assert f"row-{ticket.pk}" not in page(lena, "unassigned")
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=10**6)
    assert f"row-{ticket.pk}" not in page(lena, "all")
    assert f"row-{ticket.pk}" in page(lena, "resolved")


def test_an_unsent_reply_shows_in_the_row(cast: House, lena: Client, ticket: Ticket) -> None:
    """Only to its author."""
    Draft.objects.create(ticket=ticket, user=cast.lena, text="Half a sen", updated_at=clock.now())
    assert "Half a sen" in page(lena)


def test_the_ticket_page_shows_what_was_said_and_what_happened(cast: House, lena: Client, ticket: Ticket) -> None:
    """Messages, notes and events in one order."""
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **_reply(ticket))
    messaging.add_note(actor=cast.mateus, ticket_id=ticket.pk, text="Batch F2", client_id=uuid.uuid4())
    html = page(lena, ticket=ticket)
    start = html.index('id="timeline"')
    places = [html.index(words, start) for words in ("My tent pole", "took this", "So sorry", "Batch F2")]
    assert places == sorted(places)


def test_a_team_is_a_filter_and_a_foreign_team_does_not_exist(cast: House, lena: Client, ticket: Ticket) -> None:
    """The heading's menu offers what the person may see."""
    url = reverse("inbox:list", args=["all"])
    assert lena.get(url, {"team": cast.returns.pk}).status_code == 200
    assert lena.get(url, {"team": cast.finance.pk}).status_code == 404
    assert lena.get(url, {"team": "x"}).status_code == 404


def test_more_rows_come_by_keyset_and_none_twice(cast: House, lena: Client) -> None:
    """Two pages together show each ticket once."""
    tickets = [ticket_of(writes(cast.inbox, f"text {n}", phone=f"20{n:04d}", name=f"C {n}")) for n in range(60)]
    first = lena.get(reverse("inbox:list", args=["all"]))
    cursor = first.context["page"].next_cursor
    second = lena.get(reverse("inbox:list", args=["all"]), {"after": cursor}, headers={"HX-Request": "true"})
    shown = [row.ticket.pk for response in (first, second) for row in response.context["page"].rows]
    assert len(shown) == len(set(shown)) == len(tickets)
    assert not second.context["page"].next_cursor


def test_a_mangled_cursor_shows_the_first_page(lena: Client, ticket: Ticket) -> None:
    """Nobody is punished for a broken link."""
    for cursor in ("x", "W10", "bnVsbA", "WzEsMiwzLDQsNSw2XQ", "éé"):
        assert f"row-{ticket.pk}" in page(lena, after=cursor)


def test_a_page_that_fell_far_behind_has_seen_no_more_than_it_is_shown(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    """A contact may write hundreds of messages overnight; a page gets them piece by piece."""
    begin = Message.objects.get(ticket=ticket)
    Message.objects.bulk_create(
        Message(
            **{name: getattr(begin, name) for name in ("inbox", "conversation", "ticket", "kind", "author_kind")},
            seq=begin.seq + n,
            text=f"Message {n}",
            occurred_at=begin.occurred_at,
            recorded_at=begin.recorded_at,
        )
        for n in range(100, 400)
    )
    Conversation.objects.filter(pk=ticket.conversation_id).update(last_seq=begin.seq + 400)
    seen, shown = begin.seq, set()
    for _ in range(3):
        found = timeline.read_from(cast.lena, Conversation.objects.get(pk=ticket.conversation_id), seen)
        shown |= {entry.seq for entry in found.entries if entry.message}
        assert found.seen_seq == max(entry.seq for entry in found.entries) or not found.more
        seen = found.seen_seq
        if not found.more:
            break
    assert len(shown) == 301


MOMENT = "2026-03-02T09:00:00+00:00"
LAST = "9999-12-31T23:59:00+00:00"


@pytest.mark.parametrize(
    "parts",
    [
        [MOMENT, 7, 3, MOMENT, MOMENT, 1],
        [MOMENT, -3, 3, MOMENT, MOMENT, 1],
        [MOMENT, 0, 10**30, MOMENT, MOMENT, 10**30],
        [LAST, 0, 3, MOMENT, MOMENT, 1],
        "[" * 3000,
    ],
    ids=["no such group", "a group before the first", "numbers without end", "the end of time", "depth"],
)
def test_a_forged_cursor_breaks_nothing(lena: Client, ticket: Ticket, parts: object) -> None:
    text = parts if isinstance(parts, str) else json.dumps(parts)
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for view in ("all", "resolved"):
        assert lena.get(reverse("inbox:list", args=[view]), {"after": cursor}).status_code == 200
