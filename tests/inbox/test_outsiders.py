"""What strangers get: every address of the inbox, generated from the URL configuration, so that none escapes."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from tests.cast import House, ticket_of, writes
from tests.inbox.conftest import reply_fields
from tickets.actions import lifecycle, messaging
from tickets.models import Message, MessageKind, QuickReply, Ticket
from tickets.urls import urlpatterns

# These show a person's own list, which is empty for an outsider, speak of the person alone, or tell nothing at all.
OWN_LISTS = {"index", "list", "versions", "availability", "beats", "requeuing", "requeuing_undo"}
METHODS = ["get", "post", "put", "patch", "delete", "head", "options"]


def path_of(pattern: URLPattern, values: dict[str, Any]) -> str:
    """Return an address of a pattern, filled with a real foreign ticket's numbers."""
    route = str(pattern.pattern)
    for name, value in values.items():
        for kind in ("int", "slug", "str"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    assert "<" not in route, route
    return f"/{route}"


@pytest.fixture
def addresses(cast: House, ticket: Ticket) -> list[tuple[str, str]]:
    """Return the names and addresses of everything there is, for Aoife's ticket."""
    messaging.reply(actor=cast.lena, ticket_id=ticket.pk, **reply_fields(ticket))
    message = Message.objects.get(kind=MessageKind.OUTBOUND)
    foreign = QuickReply.objects.create(shortcut="x", text="x", team=cast.returns)
    found = []
    for pattern in urlpatterns:
        pk = foreign.pk if pattern.name == "quick_reply_uses" else ticket.pk
        values = {"pk": pk, "message_id": message.pk, "view": "all", "token": "unknown-token"}
        found.append((str(pattern.name), path_of(pattern, values)))
    return found


def test_strangers_are_sent_to_the_log_in_page(addresses: list[tuple[str, str]]) -> None:
    client = Client()
    for name, path in addresses:
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            assert response.status_code == 302, (name, method, response.status_code)
            assert response["Location"].startswith("/login/"), name


def test_a_lost_session_reloads_the_page_instead_of_swapping_in_a_log_in_form(
    addresses: list[tuple[str, str]],
) -> None:
    for name, path in addresses:
        if name == "media":
            continue
        response = Client().get(path, headers={"HX-Request": "true"})
        assert (response.status_code, response["HX-Refresh"]) == (401, "true"), name


@pytest.mark.parametrize("method", METHODS)
def test_for_an_outsider_a_foreign_ticket_does_not_exist(
    outsider: Client, addresses: list[tuple[str, str]], ticket: Ticket, method: str
) -> None:
    version = Ticket.objects.get(pk=ticket.pk).version
    for name, path in addresses:
        if name in OWN_LISTS:
            continue
        response = getattr(outsider, method)(path, {"seen_seq": "1"} if method == "post" else {})
        assert response.status_code in {404, 405}, (name, method, response.status_code)
        assert b"Aoife" not in response.content
    assert Ticket.objects.get(pk=ticket.pk).version == version


def test_an_outsiders_own_list_is_empty(outsider: Client, ticket: Ticket) -> None:
    for view in ("mine", "unassigned", "all", "resolved"):
        response = outsider.get(f"/inbox/{view}/")
        assert response.status_code == 200
        assert b"Aoife" not in response.content
    assert outsider.get("/inbox/nonsense/").status_code == 404


def test_every_unsafe_address_wants_the_csrf_token(cast: House, addresses: list[tuple[str, str]]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.lena, backend="django.contrib.auth.backends.ModelBackend")
    for name, path in addresses:
        response = client.post(path, {"text": "x", "client_id": str(uuid.uuid4())})
        assert response.status_code in {403, 405}, (name, response.status_code)


def test_a_quote_of_what_another_team_may_read_says_only_that_there_is_one(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    said = ticket.messages.get()
    lifecycle.resolve(actor=cast.ada, ticket_id=ticket.pk, seen_seq=10**6)
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", closes_at=None, team=cast.finance, subject="Poles")
    assert said.external_id is not None
    later = ticket_of(writes(cast.inbox, "As I wrote before", quoted_external_id=said.external_id))

    def quote() -> str:
        html = str(lena.get(f"/inbox/all/{later.pk}/").content, "utf-8")
        return html[html.index("<blockquote") : html.index("</blockquote>")]

    assert "A message of another team’s ticket" in quote()
    assert said.text not in quote()
    assert "Aoife" not in quote()
    Ticket.objects.filter(pk=ticket.pk).update(team=cast.returns)
    assert said.text in quote()


def test_what_another_team_said_in_the_same_conversation_stays_with_it(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    """Of other teams' earlier tickets an agent sees subject and status, no word and no note."""
    Ticket.objects.filter(pk=ticket.pk).update(team=cast.finance)
    messaging.add_note(actor=cast.ada, ticket_id=ticket.pk, text="Owes us 400", client_id=uuid.uuid4())
    lifecycle.resolve(actor=cast.ada, ticket_id=ticket.pk, seen_seq=10**6)
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", closes_at=None)
    later = ticket_of(writes(cast.inbox, "Another question"))
    assert later.pk != ticket.pk
    response = lena.get(f"/inbox/all/{later.pk}/")
    html = str(response.content, "utf-8")
    assert "Another question" in html
    assert "Owes us 400" not in html
    thread = html[html.index('id="timeline"') : html.index('id="composer"')]
    assert "My tent pole snapped" not in thread
    details = html[html.index('id="details"') :]
    assert "My tent pole snapped" in details
    assert "Closed" in details
    assert f"/inbox/all/{ticket.pk}/" not in html
