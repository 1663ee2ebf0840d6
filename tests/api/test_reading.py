"""Lists and details: what they say, how they go on, how many questions they ask."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Program, problem, program_of
from tests.cast import House, newest_seq, photo, ticket_of, writes
from tests.inbox.conftest import reply_fields
from tickets.actions import assignment, lifecycle, messaging, triage
from tickets.models import Message, MessageKind, Tag, Ticket

LISTS = ["tickets/", "messages/", "contacts/", "inboxes/", "teams/", "agents/"]


def test_a_ticket_says_what_the_page_says(cast: House, lena: Program, ticket: Ticket) -> None:
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=1)
    ticket.tags.add(Tag.objects.create(name="tent"))
    found = lena.read(f"tickets/{ticket.pk}/")
    ticket.refresh_from_db()
    assert found == {
        "id": ticket.pk,
        "subject": "My tent pole snapped",
        "status": "open",
        "priority": "urgent",
        "tags": ["tent"],
        "team": {"id": cast.returns.pk, "name": "Returns desk"},
        "assignee": {"id": cast.lena.pk, "name": "Lena"},
        "inbox": {"id": cast.inbox.pk, "name": "Support EU", "channel": "paper"},
        "contact": {"id": ticket.conversation.contact_id, "name": "Aoife Brennan"},
        "opened_at": ticket.opened_at.isoformat().replace("+00:00", "Z"),
        "resolved_at": None,
        "snoozed_until": None,
        "waiting_since": found["opened_at"],
        "due_at": ticket.due_at and ticket.due_at.isoformat().replace("+00:00", "Z"),
        "unanswered_count": 1,
        "needs_human": False,
        "follow_up_of": None,
        "spam": False,
        "merged_into": None,
        "updated_at": ticket.last_activity_at.isoformat().replace("+00:00", "Z"),
        "last_seq": ticket.conversation.last_seq,
        "version": ticket.version,
    }


def test_messages_say_who_spoke_and_what_became_of_it(cast: House, lena: Program, ticket: Ticket) -> None:
    messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **reply_fields(ticket))
    reply, first = lena.read(f"tickets/{ticket.pk}/messages/")["results"]
    assert (first["kind"], first["author"], first["delivery"]) == (
        "inbound",
        {"kind": "contact", "agent": None},
        None,
    )
    assert reply["author"]["agent"] == {"id": cast.lena.pk, "name": "Lena"}
    assert reply["delivery"]["state"] == "queued"
    assert lena.read(f"messages/{reply['id']}/") == reply


def test_a_list_goes_on_where_it_ended_whatever_arrives_meanwhile(cast: House, lena: Program) -> None:
    for order in ("-id", "id", "opened_at", "-opened_at", "-updated_at"):
        before = {ticket_of(writes(cast.inbox, phone=f"2{order!s:.3}{n}", name="x")).pk for n in range(5)}
        wanted = set(Ticket.objects.values_list("pk", flat=True))
        seen: list[int] = []
        url: str | None = f"tickets/?limit=2&order={order}"
        while url:
            answer = lena.get(url)
            page = json.loads(answer.content)
            seen += [row["id"] for row in page["results"]]
            url = page["next"]
            assert answer.get("Link") == (f'<{url}>; rel="next"' if url else None)
            if len(seen) == 2:
                ticket_of(writes(cast.inbox, phone=f"3{order!s:.3}", name="late"))
        assert len(seen) == len(set(seen))
        assert before <= wanted <= set(seen)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=new", 2),
        ("status=new&status=resolved", 3),
        ("priority=high", 1),
        ("tag=TENT", 1),
        ("assignee={mateus}", 1),
        ("unassigned=true", 2),
        ("team={finance}", 0),
        ("inbox={inbox}&contact={contact}", 1),
        ("opened_since=2000-01-01T00:00:00Z&opened_until=2001-01-01T00:00:00Z", 0),
        ("updated_since=2000-01-01T00:00:00%2B02:00", 3),
    ],
)
def test_filters_hold_together(cast: House, lena: Program, ticket: Ticket, query: str, count: int) -> None:
    other = ticket_of(writes(cast.inbox, phone="1"))
    other.tags.add(Tag.objects.create(name="tent"))
    triage.set_priority(actor=cast.lena, ticket_id=other.pk, priority=2)
    assignment.assign(actor=cast.lena, ticket_id=other.pk, assignee_id=cast.mateus.pk)
    lifecycle.resolve(actor=cast.mateus, ticket_id=other.pk, seen_seq=newest_seq(other))
    ticket_of(writes(cast.inbox, phone="2"))
    contact = ticket.conversation.contact_id
    address = query.format(mateus=cast.mateus.pk, finance=cast.finance.pk, inbox=cast.inbox.pk, contact=contact)
    assert len(lena.read(f"tickets/?{address}")["results"]) == count


def test_a_misspelt_filter_never_shows_everything(lena: Program, ticket: Ticket) -> None:
    answer = lena.get("tickets/?asignee=1")
    assert (answer.status_code, list(problem(answer)["errors"])) == (400, ["asignee"])


HOSTILE = [
    "'",
    "1; DROP TABLE tickets_ticket--",
    "1' OR '1'='1",
    "-1",
    "0",
    "9" * 5000,
    "9223372036854775808",
    "1e400",
    "NaN",
    "%00",
    "%ED%A0%80",
    "%FF",
    "[]",
    "id,(select pg_sleep(1))",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00%2B23:59",
    "W10",
    "bnVsbA",
    "WyJpZCIsIG51bGwsIDFlOTk5XQ",
    "WyItaWQiLCBudWxsLCAtNV0",
]
# `limit` is read in one place for all lists; orders and cursors differ from list to list.
PARAMETERS = {
    "tickets/": "status team assignee unassigned inbox contact tag priority opened_since order limit cursor",
    "messages/": "kind contact recorded_since order cursor",
    "contacts/": "phone order cursor",
    "agents/": "cursor",
}


@pytest.mark.parametrize("address", PARAMETERS)
def test_no_parameter_breaks_a_list(lena: Program, ticket: Ticket, address: str) -> None:
    for name in PARAMETERS[address].split():
        for value in HOSTILE:
            answer = lena.get(f"{address}?{name}={value}")
            assert answer.status_code in {200, 400}, (name, value, answer.content)
            if answer.status_code == 400:
                assert list(problem(answer)["errors"]) == [name], value
            else:
                # What is no filter of a ticket that exists finds nothing.
                assert name in {"tag", "phone", "cursor", "opened_since", "recorded_since"} or (
                    json.loads(answer.content)["results"] == []
                ), (name, value)


@pytest.mark.parametrize("address", ["tickets/{}/", "tickets/{}/messages/", "messages/{}/", "contacts/{}/"])
@pytest.mark.parametrize("key", ["0", "9" * 40, "x", "-1", "1%00", "%F0%9F"])
def test_what_does_not_exist_is_a_problem(lena: Program, ticket: Ticket, address: str, key: str) -> None:
    answer = lena.get(address.format(key))
    assert answer.status_code == 404
    assert problem(answer)["code"] == "not_found"


def test_addresses_outside_are_problems_too(cast: House) -> None:
    for path in ("/api/v1/", "/api/v1/nonsense", "/api/v1/tickets"):
        assert problem(Client().get(path))["status"] == 404


def test_a_failure_of_ours_is_a_problem(
    cast: House, lena: Program, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.api.querysets.tickets", lambda _user: 1 // 0)
    answer = Client(raise_request_exception=False).get(
        "/api/v1/tickets/", headers={"Authorization": f"Bearer {lena.secret}"}
    )
    assert answer.status_code == 500
    assert problem(answer)["code"] == "internal_error"


def test_sentences_come_in_the_readers_language(lena: Program) -> None:
    german = problem(lena.get("tickets/0/", **{"Accept-Language": "de"}))
    assert german["detail"] != problem(lena.get("tickets/0/", **{"Accept-Language": "en"}))["detail"]


def test_nothing_is_kept_by_caches(lena: Program) -> None:
    for path in ("teams/", "tickets/0/"):
        assert lena.get(path)["Cache-Control"] == "no-store"


def furnish(cast: House, number: int) -> None:
    """Fill the house with tickets, tags, replies and files."""
    tag = Tag.objects.get_or_create(name="tent")[0]
    for n in range(number):
        ticket = ticket_of(writes(cast.inbox, f"text {n}", phone=f"30{n:05d}", attachments=photo(f"p{n}")))
        ticket.tags.add(tag)
        messaging.reply(actor=cast.mateus, ticket_id=ticket.pk, **reply_fields(ticket))


QUERIES = {
    "tickets/": 3,  # token with owner, tickets, tags
    "messages/": 3,  # token, messages, attachments
    "contacts/": 2,
    "inboxes/": 2,
    "teams/": 2,
    "tags/": 2,
    "agents/": 4,  # token, people, their teams, their skills (of which there are none)
    "tickets/{ticket}/": 3,
    "tickets/{ticket}/messages/": 5,  # token, ticket, its tags, messages, attachments
    "messages/{message}/": 3,
    "contacts/{contact}/": 2,
}


@pytest.mark.parametrize("number", [3, 30])
def test_every_address_asks_the_same_questions_for_three_and_for_thirty_rows(
    cast: House, lena: Program, number: int
) -> None:
    furnish(cast, number)
    some = Message.objects.filter(kind=MessageKind.INBOUND).select_related("conversation")[0]
    names: dict[str, Any] = {
        "ticket": some.ticket_id,
        "message": some.pk,
        "contact": some.conversation.contact_id,
    }
    lena.read("teams/")
    for address, wanted in QUERIES.items():
        with CaptureQueriesContext(connection) as asked:
            lena.read(address.format(**names))
        assert len(asked) == wanted, (address, [query["sql"] for query in asked])


def test_of_a_foreign_team_nothing_is_listed(cast: House, ticket: Ticket) -> None:
    stranger = program_of(cast.jonas)
    assert stranger.read("tickets/")["results"]
    cast.jonas.role = "agent"
    cast.jonas.save()
    for address in ("tickets/", "messages/", "contacts/", "inboxes/"):
        assert stranger.read(address)["results"] == []
