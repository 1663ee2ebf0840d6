"""Spam and merged tickets on the pages: where they are, what is said about them, and the way back."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.inbox.conftest import address
from tests.inbox.test_queries import LIST, questions, unnamed
from tickets.actions import lifecycle
from tickets.actions.merging import merge
from tickets.actions.spam import mark_spam
from tickets.models import Status, Ticket

HTMX = {"HX-Request": "true"}
MERGE_QUESTION = [
    ("session", r'FROM "django_session"'),
    ("person", r'FROM "agents_user" WHERE'),
    ("ticket with contact, inbox, team, assignee", r"(?s)FROM tickets_ticket t JOIN tickets_conversation.*t.id ="),
    ("teams of the person", r"FROM agents_team t"),
    ("who the contact is", r'FROM "tickets_contact" WHERE "tickets_contact"."id" ='),
    ("other contacts of that person", r'"merged_into_id" IN'),
    ("their tickets", r'NOT \("tickets_ticket"."id" ='),
    ("whether reports are for the person", r'FROM "agents_membership"'),
    ("own presence and unread alerts", r"(?s)FROM agents_presenceinterval.*FROM agents_notification"),
]


@pytest.fixture
def later(cast: House, ticket: Ticket) -> Ticket:
    """Return Aoife's next ticket; the one about the pole is closed for good."""
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    Ticket.objects.filter(pk=ticket.pk).update(closes_at=clock.now())
    lifecycle.close_next()
    return ticket_of(writes(cast.inbox, "The new pole snapped, too"))


def fresh(ticket: Ticket) -> Ticket:
    """Return the ticket as it is now."""
    return Ticket.objects.get(pk=ticket.pk)


def shown(client: Client, ticket: Ticket, view: str = "all") -> str:
    """Return the page of a ticket."""
    return str(client.get(reverse("inbox:ticket", args=[view, ticket.pk])).content, "utf-8")


def test_marking_as_spam_goes_on_with_the_next_ticket_and_can_be_undone(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    other = ticket_of(writes(cast.inbox, "Where is my order?", phone="4917655501843", name="Katharina Vogel"))
    assert address("spam", ticket) in shown(lena, ticket)
    fields = {"seen_seq": newest_seq(ticket)}
    response = lena.post(address("spam", ticket) + "?view=all", fields, headers=HTMX)
    assert response["HX-Push-Url"] == reverse("inbox:ticket", args=["all", other.pk])
    assert fresh(ticket).is_spam
    undo = address("spam_undo", ticket)
    assert undo in str(response.content, "utf-8")
    back = lena.post(undo + "?view=all", headers=HTMX)
    assert back["HX-Push-Url"] == reverse("inbox:ticket", args=["all", ticket.pk])
    assert (fresh(ticket).status, fresh(ticket).spam_at) == (Status.NEW, None)


def test_spam_stands_in_a_list_of_its_own_and_in_no_other(cast: House, lena: Client, ticket: Ticket) -> None:
    mark_spam(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    for view in ("mine", "unassigned", "all", "resolved"):
        assert "Aoife" not in str(lena.get(reverse("inbox:list", args=[view])).content, "utf-8"), view
    assert reverse("inbox:list", args=["spam"]) in str(lena.get("/inbox/resolved/").content, "utf-8")
    spam = str(lena.get("/inbox/spam/").content, "utf-8")
    views = spam[spam.index('id="queue-tabs"') :].partition("</nav>")[0]
    assert 'href="/inbox/resolved/" aria-current="page"' in views
    assert "Spam" not in views, "one tab for both"
    assert '<a href="/inbox/spam/" aria-current="true">Spam</a>' in spam
    assert "Aoife" in spam
    assert "Spam" in spam
    asked = questions(lena, "/inbox/spam/")
    assert unnamed(asked, LIST) == ([], [])


def test_the_list_of_spam_goes_on_behind_its_first_page(cast: House, lena: Client) -> None:
    for number in range(32):
        one = ticket_of(writes(cast.inbox, f"prize {number}", phone=f"30{number:05d}", name=f"Spammer {number:02d}"))
        mark_spam(actor=cast.lena, ticket_id=one.pk, seen_seq=newest_seq(one))
    first = str(lena.get("/inbox/spam/").content, "utf-8")
    assert "Spammer 31" in first
    assert "Spammer 01" not in first
    address_of_more = first.split('hx-get="/inbox/spam/?after=')[1].split('"', maxsplit=1)[0]
    second = str(lena.get(f"/inbox/spam/?after={address_of_more}", headers=HTMX).content, "utf-8")
    assert "Spammer 01" in second
    assert "Spammer 02" not in second


def test_the_page_of_spam_says_so_and_offers_the_way_back(cast: House, lena: Client, ticket: Ticket) -> None:
    mark_spam(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    html = shown(lena, ticket, "spam")
    assert "<b>You</b> marked this as spam" in html
    assert "nothing is sent, and new messages wake nobody" in html
    assert address("spam_undo", ticket) in html
    assert address("merge", ticket) not in html


def test_a_message_that_nobody_has_read_is_not_spam(cast: House, lena: Client, ticket: Ticket) -> None:
    seen = newest_seq(ticket)
    ticket_of(writes(cast.inbox, "My order number is 4711"))
    response = lena.post(address("spam", ticket), {"seen_seq": seen}, headers=HTMX)
    assert response.status_code == 409
    assert b"My order number is 4711" in response.content
    assert not fresh(ticket).is_spam


def test_the_question_into_which_ticket_is_a_dialog_and_without_scripts_a_page(
    cast: House, lena: Client, ticket: Ticket, later: Ticket
) -> None:
    ticket_of(writes(cast.inbox, "Where is my order?", phone="4917655501843", name="Katharina Vogel"))
    for headers, template in ((HTMX, "inbox/fragments/merge.html"), ({}, "inbox/merge.html")):
        response = lena.get(address("merge", later), headers=headers)
        assert template in [used.name for used in response.templates]
        html = str(response.content, "utf-8")
        assert html.count('type="radio"') == 1
        assert f"#{ticket.pk}" in html
        assert "My tent pole snapped" in html
    assert unnamed(questions(lena, address("merge", later)), MERGE_QUESTION) == ([], [])


def test_merging_shows_the_other_ticket_and_undoing_it_the_first_again(
    lena: Client, ticket: Ticket, later: Ticket
) -> None:
    fields = {"into": ticket.pk, "seen_seq": newest_seq(later)}
    response = lena.post(address("merge", later) + "?view=all", fields, headers=HTMX)
    assert response["HX-Push-Url"] == reverse("inbox:ticket", args=["all", ticket.pk])
    assert "dialog:close" in json.loads(response["HX-Trigger"])
    html = str(response.content, "utf-8")
    assert f"#{later.pk} merged into #{ticket.pk}" in html
    assert html.count(f"<b>You</b> merged ticket <b>{later.pk}</b> into <b>{ticket.pk}</b>") == 1
    assert "into this one" not in html, "both tickets are in sight: it is told once"
    page = shown(lena, later)
    assert f"#{ticket.pk}</a>" in page
    assert address("merge_undo", later) in page
    back = lena.post(address("merge_undo", later) + "?view=all", headers=HTMX)
    assert back["HX-Push-Url"] == reverse("inbox:ticket", args=["all", later.pk])
    assert fresh(later).merged_into is None


def test_without_scripts_merging_is_a_redirect_to_the_other_ticket(lena: Client, ticket: Ticket, later: Ticket) -> None:
    fields = {"into": ticket.pk, "seen_seq": newest_seq(later)}
    response = lena.post(address("merge", later) + "?view=all", fields, follow=True)
    assert response.redirect_chain == [(reverse("inbox:ticket", args=["all", ticket.pk]), 303)]
    assert address("merge_undo", later) in str(response.content, "utf-8")


def test_a_ticket_that_somebody_may_not_see_is_not_offered_and_does_not_exist(
    cast: House, lena: Client, ticket: Ticket, later: Ticket
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(team=cast.finance)
    assert b"no other ticket that you can see" in lena.get(address("merge", later)).content
    fields = {"into": ticket.pk, "seen_seq": newest_seq(later)}
    assert lena.post(address("merge", later), fields).status_code == 404


def test_an_undo_that_comes_too_late_says_why(cast: House, lena: Client, ticket: Ticket, later: Ticket) -> None:
    merge(actor=cast.lena, ticket_id=later.pk, into_id=ticket.pk, seen_seq=newest_seq(later))
    ticket_of(writes(cast.inbox, "Here is a picture"))
    response = lena.post(address("merge_undo", later) + "?view=all", headers=HTMX)
    assert f"Still merged: #{ticket.pk} is open" in str(response.content, "utf-8")
    assert fresh(later).merged_into == ticket


def test_no_choice_is_said_in_the_dialog(lena: Client, later: Ticket) -> None:
    response = lena.post(address("merge", later), {"seen_seq": newest_seq(later)}, headers=HTMX)
    assert response.status_code == 409
    assert json.loads(response["HX-Trigger"])["action:refused"]["text"] == "Choose the ticket to merge into."


def test_other_tickets_of_the_contact_say_what_became_of_them(
    cast: House, lena: Client, ticket: Ticket, later: Ticket
) -> None:
    merge(actor=cast.lena, ticket_id=later.pk, into_id=ticket.pk, seen_seq=newest_seq(later))
    assert f"Merged into #{ticket.pk}" in shown(lena, ticket)
