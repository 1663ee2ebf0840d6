"""Who may do what at which address: every address and method of the API, for every role; a golden table."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver

from agents.models import Scope
from helpdesk.api import urlpatterns
from tests.api.conftest import ROOT, Program, problem, program_of
from tests.cast import House, newest_seq, person
from tests.inbox.conftest import reply_fields
from tickets.actions import messaging
from tickets.models import Message, Ticket

ROLES = ("nobody", "outsider", "agent", "lead", "manager", "admin")
EVERYBODY = "401 200 200 200 200 200"
OF_THE_TEAM = "401 404 200 200 200 200"
WORK = "401 404 200 200 403 200"
REPORTS = "401 403 403 200 200 200"
# The ticket is in Lena's team and assigned to nobody; the reply is Lena's and still held.
TABLE: dict[str, str] = {
    "GET tickets/": EVERYBODY,  # own rows only
    "GET tickets/{ticket}/": OF_THE_TEAM,
    "PATCH tickets/{ticket}/": WORK,
    "PUT tickets/{ticket}/assignment/": WORK,
    "PUT tickets/{ticket}/claim/": WORK,
    "POST tickets/{ticket}/transfer/": WORK,
    "PUT tickets/{ticket}/resolution/": WORK,
    "DELETE tickets/{ticket}/resolution/": WORK,
    "POST tickets/{ticket}/spam/": WORK,
    "DELETE tickets/{ticket}/spam/": WORK,
    "POST tickets/{ticket}/merge/": WORK,
    "DELETE tickets/{ticket}/merge/": WORK,
    "GET tickets/{ticket}/messages/": OF_THE_TEAM,
    "GET tickets/{ticket}/templates/": OF_THE_TEAM,
    "POST tickets/{ticket}/messages/": "401 404 201 201 403 201",
    "GET messages/": EVERYBODY,
    "GET messages/{message}/": OF_THE_TEAM,
    "DELETE messages/{message}/": WORK,
    "GET contacts/": EVERYBODY,
    "GET contacts/{contact}/": OF_THE_TEAM,
    "PATCH contacts/{contact}/": WORK,
    "GET inboxes/": EVERYBODY,
    "GET teams/": EVERYBODY,
    "GET tags/": EVERYBODY,
    "GET agents/": EVERYBODY,
    "GET surveys/responses/": EVERYBODY,
    "GET kpis/": REPORTS,
    "GET kpis/definitions/": REPORTS,
    "GET kpis/{kpi}/series/": REPORTS,
    "GET kpis/{kpi}/by/{dimension}/": REPORTS,
}
BODIES: dict[str, Callable[[House], dict[str, Any]]] = {
    "PATCH tickets/{ticket}/": lambda _cast: {"priority": "high"},
    "PUT tickets/{ticket}/assignment/": lambda cast: {"assignee": cast.mateus.pk},
    "POST tickets/{ticket}/transfer/": lambda cast: {"team": cast.finance.pk},
    "PUT tickets/{ticket}/resolution/": lambda _cast: {"seen_seq": 10**6},
    "POST tickets/{ticket}/spam/": lambda _cast: {"seen_seq": 10**6},
    "POST tickets/{ticket}/merge/": lambda _cast: {
        "seen_seq": 10**6,
        "into": Ticket.objects.get(subject="Earlier").pk,
    },
    "POST tickets/{ticket}/messages/": lambda _cast: {"kind": "reply", "text": "x", "seen_seq": 10**6},
    "PATCH contacts/{contact}/": lambda _cast: {"name": "Aoife B."},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def views(patterns: list[Any] = urlpatterns, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Return every address of the API with its view."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
            yield route, pattern.callback.cls


def named(route: str) -> str:
    """Return a route with the name of what its key is of."""
    route = re.sub(r"<slug:(\w+)>", r"{\1}", route)
    return route.replace("<int:pk>", "{" + route.split("/", 1)[0].removesuffix("s") + "}")


def test_every_address_and_method_stands_in_the_table() -> None:
    there = {f"{method} {named(route)}" for route, view in views() for method in view.scopes}
    assert there == set(TABLE)


@pytest.fixture
def keys(cast: House, ticket: Ticket) -> dict[str, Any]:
    """Return the keys of a ticket in Lena's team, of a held reply in it, and of its contact."""
    cast.returns.send_delay_seconds = 5
    cast.returns.save()
    messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **reply_fields(ticket))
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    at = ticket.opened_at
    Ticket.objects.create(
        conversation=ticket.conversation,
        team=ticket.team,
        subject="Earlier",
        status="closed",
        opened_at=at,
        recorded_at=at,
        resolved_at=at,
        last_activity_at=at,
    )
    assert newest_seq(ticket)
    return {
        "ticket": ticket.pk,
        "message": Message.objects.latest("pk").pk,
        "contact": ticket.conversation.contact_id,
        "kpi": "first_response_time",
        "dimension": "team",
    }


def knock(program: Program | None, line: str, cast: House, keys: dict[str, Any]) -> HttpResponse:
    """Send one line of the table, and leave everything as it was."""
    method, address = line.split()
    path, make = address.format(**keys), BODIES.get(line)
    sent = make(cast) if make else {}
    with transaction.atomic():
        if program is None:
            answer: Any = Client().generic(method, ROOT + path, "{}", content_type="application/json")
        else:
            answer = program.send(method, path, sent)
        transaction.set_rollback(True)
    assert isinstance(answer, HttpResponse)
    return answer


def test_the_table_is_what_happens(cast: House, keys: dict[str, Any]) -> None:
    people = [person("olga"), cast.lena, cast.amira, cast.jonas, cast.ada]
    programs = [None, *(program_of(user) for user in people)]
    found = {
        line: " ".join(str(knock(program, line, cast, keys).status_code) for program in programs) for line in TABLE
    }
    assert found == TABLE, ROLES


def test_a_token_needs_the_scope_of_each_line_and_no_other(cast: House, keys: dict[str, Any]) -> None:
    scopes = {f"{method} {named(route)}": scope for route, view in views() for method, scope in view.scopes.items()}
    for line, scope in scopes.items():
        without = program_of(cast.amira, [one for one in Scope if one != scope])
        refused = knock(without, line, cast, keys)
        assert (refused.status_code, problem(refused)["required_scope"]) == (403, scope), line
        assert knock(program_of(cast.amira, [scope]), line, cast, keys).status_code in {200, 201}, line


def test_methods_that_an_address_lacks_are_refused(cast: House, lena: Program, keys: dict[str, Any]) -> None:
    for route, view in views():
        for method in set(METHODS) - set(view.scopes):
            answer = knock(lena, f"{method} {named(route)}", cast, keys)
            assert problem(answer)["status"] == 405, (method, route)
            assert set(answer["Allow"].split(", ")) == set(view.scopes) | ({"HEAD"} if "GET" in view.scopes else set())


def test_head_is_get_without_its_body(lena: Program, keys: dict[str, Any]) -> None:
    for address in ("tickets/", f"tickets/{keys['ticket']}/"):
        answer = lena.send("HEAD", address)
        assert (answer.status_code, answer.content) == (200, b"")
