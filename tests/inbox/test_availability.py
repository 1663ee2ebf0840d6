"""The account menu: taking tickets, stopping, and what becomes of theirs; and the signs of life of pages."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from agents import presence
from agents.models import Assignment, PresenceInterval, PresenceState, Team
from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tickets.actions import assignment, availability
from tickets.models import Ticket

HTMX = {"HX-Request": "true"}
MENU, REQUEUING = reverse("inbox:availability"), reverse("inbox:requeuing")


def test_opening_a_page_makes_available_and_the_menu_says_so(cast: House, lena: Client) -> None:
    html = str(lena.get("/inbox/all/").content, "utf-8")
    assert presence.state_of(cast.lena.pk, clock.now()) == PresenceState.ONLINE
    assert "Account of Lena</span>" not in html
    assert "Account of Lena, Available" in html
    assert 'name="state" value="online" aria-pressed="true"' in html


def test_going_away_and_coming_back(cast: House, lena: Client, ticket: Ticket) -> None:
    lena.get("/inbox/all/")
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    html = str(lena.post(MENU, {"state": "away"}, headers=HTMX).content, "utf-8")
    assert presence.state_of(cast.lena.pk, clock.now()) == PresenceState.AWAY
    assert 'value="away" aria-pressed="true"' in html
    assert "1 open ticket stays with you" in html
    assert f'hx-post="{REQUEUING}"' in html, "it offers to put it back"
    plain = lena.post(MENU, {"state": "online", "next": "/inbox/mine/"})
    assert (plain.status_code, plain["Location"]) == (303, "/inbox/mine/")
    assert lena.post(MENU, {"state": "online", "next": "https://evil.example/"})["Location"] == "/inbox/"
    assert lena.post(MENU, {"state": "asleep"}).status_code == 400


def test_putting_back_can_be_undone(cast: House, lena: Client, ticket: Ticket) -> None:
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    html = str(lena.post(REQUEUING, headers=HTMX).content, "utf-8")
    assert "1 ticket is back in the queue." in html
    undo = f"{reverse('inbox:requeuing_undo')}?person={cast.lena.pk}&tickets={ticket.pk}"
    assert undo.replace(",", "%2C").replace("&", "&amp;") in html
    assert b"1 ticket taken back." in lena.post(undo, headers=HTMX).content
    ticket.refresh_from_db()
    assert ticket.assignee == cast.lena
    assert b"0 of 1 tickets taken back" in lena.post(undo, headers=HTMX).content
    assert lena.post(reverse("inbox:requeuing_undo") + "?tickets=x").status_code == 400


def test_a_lead_puts_back_what_somebody_left_behind(cast: House, login: object, ticket: Ticket, mateus: Client) -> None:
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    mateus.post(REQUEUING, {"person": cast.lena.pk})
    ticket.refresh_from_db()
    assert ticket.assignee == cast.lena
    amira = Client()
    amira.force_login(cast.amira, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/inbox/all/{ticket.pk}/"
    assert b"Put all tickets of Lena back" in amira.get(page).content
    assert b"Put all tickets of Lena back" not in mateus.get(page).content
    assert amira.post(REQUEUING, {"person": cast.lena.pk, "next": page})["Location"] == page
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_who_is_here_stands_where_tickets_are_handed_out(cast: House, lena: Client, ticket: Ticket) -> None:
    presence.set_state(cast.mateus.pk, PresenceState.BREAK, clock.now())
    assignment.assign(actor=cast.lena, ticket_id=ticket.pk, assignee_id=cast.lena.pk)
    html = str(lena.get(f"/inbox/all/{ticket.pk}/").content, "utf-8")
    assert "On a break · 0 open tickets" in html
    assert "Not here · 0 open tickets" in html
    dialog = str(lena.get(reverse("inbox:transfer", args=[ticket.pk])).content, "utf-8")
    assert "Lena, Returns desk · Available · 1 open ticket<" in dialog


def test_the_timeline_says_why_somebody_got_a_ticket(cast: House, lena: Client) -> None:
    Team.objects.filter(pk=cast.returns.pk).update(assignment=Assignment.LEAST_LOAD)
    availability.set_availability(actor=cast.lena, state=PresenceState.ONLINE)
    ticket = ticket_of(writes(cast.inbox))
    html = str(lena.get(f"/inbox/all/{ticket.pk}/").content, "utf-8")
    assert "Assigned automatically to <b>Lena</b>: least load" in html


def test_logging_in_makes_available_and_logging_out_ends_it(cast: House, client: Client) -> None:
    presence.set_state(cast.lena.pk, PresenceState.AWAY, clock.now())
    cast.lena.set_password("secret-enough")
    cast.lena.save()
    client.post("/login/", {"username": "lena", "password": "secret-enough"})
    assert presence.state_of(cast.lena.pk, clock.now()) == PresenceState.ONLINE
    client.post("/logout/")
    assert presence.state_of(cast.lena.pk, clock.now()) == ""
    assert not PresenceInterval.objects.filter(ended_at=None).exists()


def test_a_page_without_a_socket_says_by_itself_that_it_is_open(cast: House, lena: Client) -> None:
    lena.get("/inbox/all/")
    PresenceInterval.objects.update(
        started_at=clock.now() - dt.timedelta(hours=1), last_seen_at=clock.now() - dt.timedelta(seconds=30)
    )
    assert lena.post(reverse("inbox:beats")).status_code == 204
    assert PresenceInterval.objects.get().last_seen_at > clock.now() - dt.timedelta(seconds=5)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_nothing_of_this_happens_by_a_link(lena: Client, method: str) -> None:
    for name in ("availability", "beats", "requeuing", "requeuing_undo"):
        assert getattr(lena, method)(reverse(f"inbox:{name}")).status_code == 405
