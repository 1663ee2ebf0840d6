"""What people do to a ticket, with plain forms and with htmx."""

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Membership
from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.inbox.conftest import address, reply_fields
from tests.paper import paper
from tickets import delivery
from tickets.actions import assignment, automatic, lifecycle, messaging, rules
from tickets.actions.base import lock_ticket
from tickets.actions.rules import RuleDraft
from tickets.channels import Refusal
from tickets.models import (
    Draft,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Priority,
    Purpose,
    QuickReply,
    Status,
    Ticket,
)

HTMX = {"HX-Request": "true"}


def fresh(ticket: Ticket) -> Ticket:
    """Return the ticket as it is now."""
    return Ticket.objects.get(pk=ticket.pk)


def test_a_reply_without_scripts_answers_with_a_redirect(lena: Client, ticket: Ticket) -> None:
    """Post, redirect, get."""
    response = lena.post(address("replies", ticket) + "?view=mine", reply_fields(ticket))
    assert response.status_code == 303
    assert response["Location"] == reverse("inbox:ticket", args=["mine", ticket.pk])
    delivery.deliver_next()
    assert paper.texts == ["So sorry, Aoife."]


def test_a_reply_with_htmx_answers_with_what_changed(lena: Client, ticket: Ticket) -> None:
    """The new bubble, the head and the details; never the text area."""
    response = lena.post(address("replies", ticket), {**reply_fields(ticket), "from": "2"}, headers=HTMX)
    html = str(response.content, "utf-8")
    assert response.status_code == 200
    assert "So sorry, Aoife." in html
    assert "reply-text" not in html
    events = json.loads(response["HX-Trigger"])
    assert events["composer:accepted"]["form"] == "reply-form"
    assert uuid.UUID(events["composer:accepted"]["client_id"])


def test_a_double_click_sends_once(lena: Client, ticket: Ticket) -> None:
    """The second post of the same form finds the first message."""
    fields = reply_fields(ticket)
    for _click in range(2):
        assert lena.post(address("replies", ticket), fields).status_code == 303
    assert Message.objects.filter(kind=MessageKind.OUTBOUND).count() == 1


def test_a_reply_to_what_a_colleague_has_answered_is_held_and_keeps_its_text(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    """409, the name of the colleague, the words, and a way to look first."""
    stale = reply_fields(ticket, "My answer")
    messaging.reply(actor=cast.mateus, ticket_id=ticket.pk, **reply_fields(ticket, "His answer"))
    plain = lena.post(address("replies", ticket), stale)
    assert plain.status_code == 409
    html = str(plain.content, "utf-8")
    assert "Mateus has just replied" in html
    assert "My answer</textarea>" in html
    assert str(stale["client_id"]) in html
    swapped = lena.post(address("replies", ticket), stale, headers=HTMX)
    assert swapped.status_code == 409
    assert b'data-do="review"' in swapped.content
    assert b"His answer" in swapped.content
    assert Message.objects.filter(text="My answer").count() == 0


def test_outside_the_reply_window_the_composer_explains_and_offers_the_note(lena: Client, ticket: Ticket) -> None:
    """No dead button: the reply form has none."""
    paper.refuse = Refusal(code="window_closed", text="Only templates now.", remedy="Wait for an answer.")
    response = lena.post(address("replies", ticket), reply_fields(ticket, "Too late"))
    html = str(response.content, "utf-8")
    assert response.status_code == 409
    assert "Only templates now. Wait for an answer." in html
    assert "Too late</textarea>" in html
    form = html[html.index('id="reply-form"') : html.index("</form>", html.index('id="reply-form"'))]
    assert "<button" not in form


def test_a_note_stays_in_the_house(lena: Client, ticket: Ticket) -> None:
    """It is shown to colleagues and nothing leaves."""
    response = lena.post(address("notes", ticket), {"text": "Batch F2 again", "client_id": str(uuid.uuid4())})
    assert response.status_code == 303
    assert not delivery.deliver_next()
    assert paper.texts == []
    assert b"Batch F2 again" in lena.get(response["Location"]).content


def test_the_second_claim_names_the_first(cast: House, lena: Client, mateus: Client, ticket: Ticket) -> None:
    """A conflict is a sentence."""
    assert lena.post(address("claim", ticket)).status_code == 303
    response = mateus.post(address("claim", ticket), headers=HTMX)
    assert response.status_code == 409
    assert b"Lena already has this ticket." in response.content
    assert fresh(ticket).assignee == cast.lena


def test_resolving_goes_on_with_the_next_ticket_and_can_be_undone(cast: House, lena: Client, ticket: Ticket) -> None:
    """The address of the next one is pushed, the toast carries the way back."""
    other = ticket_of(writes(cast.inbox, "Where is my order?", phone="4917655501843", name="Katharina Vogel"))
    url = address("resolution", ticket) + "?view=all"
    response = lena.post(url, {"seen_seq": newest_seq(ticket)}, headers=HTMX)
    assert response["HX-Push-Url"] == reverse("inbox:ticket", args=["all", other.pk])
    assert fresh(ticket).status == Status.RESOLVED
    undo = address("resolution_undo", ticket)
    assert undo in str(response.content, "utf-8")
    back = lena.post(undo + "?view=all", headers=HTMX)
    assert back["HX-Push-Url"] == reverse("inbox:ticket", args=["all", ticket.pk])
    assert fresh(ticket).status == Status.NEW


def test_after_the_last_ticket_the_list_is_shown(lena: Client, ticket: Ticket) -> None:
    """Without scripts too, and the page says what was done."""
    response = lena.post(address("resolution", ticket) + "?view=all", {"seen_seq": newest_seq(ticket)}, follow=True)
    assert response.redirect_chain[-1] == (reverse("inbox:list", args=["all"]), 303)
    html = str(response.content, "utf-8")
    assert "Resolved" in html
    assert address("resolution_undo", ticket) in html
    assert "All caught up" in html


def test_a_message_that_nobody_has_read_is_not_resolved(cast: House, lena: Client, ticket: Ticket) -> None:
    """What arrived meanwhile refuses the resolve."""
    seen = newest_seq(ticket)
    ticket_of(writes(cast.inbox, "One more thing"))
    response = lena.post(address("resolution", ticket), {"seen_seq": seen}, headers=HTMX)
    assert response.status_code == 409
    assert b"A new message arrived" in response.content
    assert fresh(ticket).status == Status.NEW


def test_a_resolved_ticket_offers_to_reopen(cast: House, lena: Client, ticket: Ticket) -> None:
    """In the head and in the composer."""
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    page = lena.get(reverse("inbox:ticket", args=["resolved", ticket.pk]))
    assert page.content.count(address("reopening", ticket).encode()) >= 2
    assert lena.post(address("reopening", ticket) + "?view=resolved").status_code == 303
    assert fresh(ticket).status == Status.OPEN


def test_handing_over_to_a_foreign_team_takes_the_ticket_out_of_sight(
    cast: House, lena: Client, ticket: Ticket
) -> None:
    """The person goes back to their list, the note goes with the ticket."""
    dialog = lena.get(address("transfer", ticket), headers=HTMX)
    assert b"Anyone in Finance" in dialog.content
    assert lena.get(address("transfer", ticket)).status_code == 200
    fields = {"target": str(cast.finance.pk), "note": "Refund, two days late"}
    response = lena.post(address("transfer", ticket) + "?view=all", fields)
    assert response["Location"] == reverse("inbox:list", args=["all"])
    assert fresh(ticket).team == cast.finance
    assert lena.get(reverse("inbox:ticket", args=["all", ticket.pk])).status_code == 404
    assert Message.objects.filter(kind=MessageKind.NOTE, text="Refund, two days late").exists()


def test_handing_over_to_a_person_gives_it_to_them(cast: House, lena: Client, ticket: Ticket) -> None:
    """Team and person in one choice."""
    lena.post(address("transfer", ticket), {"target": f"{cast.returns.pk}:{cast.mateus.pk}"})
    assert fresh(ticket).assignee == cast.mateus
    refused = lena.post(address("transfer", ticket), {"target": f"{cast.finance.pk}:{cast.mateus.pk}"}, headers=HTMX)
    assert refused.status_code == 409
    assert b"Mateus does not work in this team." in refused.content


def test_only_a_lead_takes_a_ticket_from_somebody_else(cast: House, lena: Client, ticket: Ticket) -> None:
    """The menu offers it to a lead, the server refuses it to others."""
    assignment.claim(actor=cast.mateus, ticket_id=ticket.pk)
    refused = lena.post(address("assignment", ticket), {"assignee": cast.lena.pk}, headers=HTMX)
    assert refused.status_code == 409
    assert b"Only a lead" in refused.content
    amira = Client()
    amira.force_login(cast.amira, backend="django.contrib.auth.backends.ModelBackend")
    assert amira.post(address("assignment", ticket), {"assignee": cast.lena.pk}).status_code == 303
    assert fresh(ticket).assignee == cast.lena
    assert amira.post(address("assignment", ticket), {"assignee": ""}).status_code == 303
    assert fresh(ticket).assignee is None


def test_priority_and_subject_change(lena: Client, ticket: Ticket) -> None:
    """Each is a noun of its own."""
    assert lena.post(address("priority", ticket), {"priority": Priority.URGENT}).status_code == 303
    assert lena.post(address("subject", ticket), {"subject": "Tent pole snapped on first use"}).status_code == 303
    assert (fresh(ticket).priority, fresh(ticket).subject) == (
        Priority.URGENT,
        "Tent pole snapped on first use",
    )
    assert lena.post(address("priority", ticket), {"priority": 9}).status_code == 409
    assert lena.post(address("subject", ticket), {"subject": "x" * 81}).status_code == 409


def test_tags_are_added_by_name_and_taken_off_and_the_details_show_them(lena: Client, ticket: Ticket) -> None:
    """With a form and with htmx; a name that is too long is refused with a sentence."""
    assert lena.post(address("tags", ticket), {"name": "tent"}).status_code == 303
    html = lena.post(address("tags", ticket), {"name": "Warranty"}, headers=HTMX).content.decode()
    assert "Remove Warranty" in html
    tag = ticket.tags.get(name="tent")
    assert lena.post(address("tags", ticket), {"remove": tag.pk}).status_code == 303
    assert list(fresh(ticket).tags.values_list("name", flat=True)) == ["Warranty"]
    assert lena.post(address("tags", ticket), {"name": "x" * 41}).status_code == 409


def test_the_details_say_why_the_ticket_is_here_and_that_a_person_is_wanted(cast: House, lena: Client) -> None:
    """The way to the rules stands there for those who may change them."""
    draft = RuleDraft(name="Poles", keywords=("pole",), team_id=cast.returns.pk, priority=Priority.HIGH)
    rules.create_rule(actor=cast.ada, draft=draft)
    ticket = ticket_of(writes(cast.inbox, "My pole! Let me talk to a human", phone="301"))
    page = lena.get(f"/inbox/all/{ticket.pk}/").content.decode()
    assert "Rule <b>Poles</b> found “pole” and set the priority to <b>High</b>" in page
    assert "Asked for a person" in page
    assert "/setup/rules/" not in page
    lead = Client()
    lead.force_login(cast.amira, backend="django.contrib.auth.backends.ModelBackend")
    assert "/setup/rules/" in lead.get(f"/inbox/all/{ticket.pk}/").content.decode()


def test_an_undone_reply_gives_its_text_back(cast: House, lena: Client, ticket: Ticket) -> None:
    """Within the team's delay; the text goes back to the composer."""
    cast.returns.send_delay_seconds = 5
    cast.returns.save()
    lena.post(address("replies", ticket), reply_fields(ticket, "Sent too early"))
    message = Message.objects.get(kind=MessageKind.OUTBOUND)
    assert message.state == MessageState.HELD
    page = lena.get(reverse("inbox:ticket", args=["all", ticket.pk]))
    undo = address("message_undo", ticket, message.pk)
    assert undo.encode() in page.content
    response = lena.post(undo, headers=HTMX)
    assert json.loads(response["HX-Trigger"])["composer:restore"] == {"text": "Sent too early"}
    assert not Message.objects.filter(state=MessageState.HELD).exists()
    assert f"entry-m-{message.pk}".encode() not in response.content


@pytest.mark.parametrize(("name", "state"), [("message_retry", "queued"), ("message_discard", "cancelled")])
def test_a_reply_that_was_not_delivered_is_tried_again_or_given_up(
    lena: Client, ticket: Ticket, name: str, state: str
) -> None:
    """The reason stands at the message, with both ways on."""
    from tickets.channels import SendError

    lena.post(address("replies", ticket), reply_fields(ticket))
    paper.plan.append(SendError("This number is not on WhatsApp.", permanent=True))
    delivery.deliver_next()
    message = Message.objects.get(kind=MessageKind.OUTBOUND)
    html = str(lena.get(reverse("inbox:ticket", args=["all", ticket.pk])).content, "utf-8")
    assert "Not delivered. This number is not on WhatsApp." in html
    assert address("message_retry", ticket, message.pk) in html
    assert lena.post(address(name, ticket, message.pk)).status_code == 303
    message.refresh_from_db()
    assert message.state == state


def test_a_message_of_another_ticket_does_not_exist_under_this_one(cast: House, lena: Client, ticket: Ticket) -> None:
    """Nested ids belong together or are 404."""
    other = ticket_of(writes(cast.inbox, "Mine", phone="1777"))
    messaging.reply(actor=cast.lena, ticket_id=other.pk, **reply_fields(other))
    message = Message.objects.get(kind=MessageKind.OUTBOUND)
    for name in ("message_undo", "message_retry", "message_discard"):
        assert lena.post(address(name, ticket, message.pk)).status_code == 404


def test_what_the_machine_said_is_nobodys_reply_to_decide_about(cast: House, lena: Client, ticket: Ticket) -> None:
    conversation, locked = lock_ticket(ticket.pk)
    said = automatic.post(
        conversation=conversation,
        ticket=locked,
        purpose=Purpose.ACKNOWLEDGEMENT,
        text="We have your message",
        language="en",
        at=clock.now(),
    )
    for name in ("message_undo", "message_retry", "message_discard"):
        assert lena.post(address(name, ticket, said.pk)).status_code == 404


def test_a_character_that_no_text_can_hold_breaks_no_page(cast: House, lena: Client, ticket: Ticket) -> None:
    """PostgreSQL takes no NUL; a form that lets one through would answer with a fault of the program."""
    assert lena.get(address("quick_replies", ticket), {"q": "a\0b"}).status_code == 200
    fields = {"template": "x:1", "client_id": str(uuid.uuid4()), "seen_seq": "1", "variable-1": "a\0b"}
    assert lena.post(address("template", ticket), fields).status_code == 409
    assert lena.get("/media/a%00b/").status_code == 404
    lena.post(address("replies", ticket), reply_fields(ticket, "a\0b"))
    assert Message.objects.get(kind=MessageKind.OUTBOUND).text == "a\N{REPLACEMENT CHARACTER}b"


def test_drafts_are_kept_and_forgotten(cast: House, lena: Client, ticket: Ticket) -> None:
    """One per person and ticket; sending forgets it."""
    client_id = str(uuid.uuid4())
    for text in ("Half a", "Half a sentence"):
        fields = {"text": text, "client_id": client_id}
        assert lena.post(address("draft", ticket), fields).status_code == 204
    assert Draft.objects.get().text == "Half a sentence"
    assert b"Half a sentence</textarea>" in lena.get(reverse("inbox:ticket", args=["all", ticket.pk])).content
    assert lena.post(address("draft", ticket), {"text": " ", "client_id": client_id}).status_code == 204
    assert not Draft.objects.exists()
    assert lena.post(address("draft", ticket), {"text": "of no composer"}).status_code == 409


def test_a_copy_of_a_sent_text_never_becomes_a_draft(cast: House, lena: Client, ticket: Ticket) -> None:
    """It comes before the reply or after it, also after one that was taken back; the next text is a draft again."""
    cast.returns.send_delay_seconds = 5
    cast.returns.save()
    reply = reply_fields(ticket, "So sorry, Aoife.")
    copy = {"text": "So sorry, Ao", "client_id": reply["client_id"]}
    lena.post(address("draft", ticket), copy)
    lena.post(address("replies", ticket), reply)
    assert not Draft.objects.exists()
    assert lena.post(address("draft", ticket), copy).status_code == 204
    assert not Draft.objects.exists()
    lena.post(address("message_undo", ticket, Message.objects.get(kind=MessageKind.OUTBOUND).pk), headers=HTMX)
    next_one = {"text": "So sorry, Aoife!", "client_id": str(uuid.uuid4())}
    lena.post(address("draft", ticket), next_one)
    for text in (copy["text"], ""):
        lena.post(address("draft", ticket), copy | {"text": text})
    assert Draft.objects.get().text == "So sorry, Aoife!"


def test_quick_replies_fill_in_names_and_are_counted(cast: House, lena: Client, ticket: Ticket) -> None:
    """Where no name is known a neutral word stands."""
    QuickReply.objects.create(shortcut="hello", text="Hello {name}, {agent} here about {ticket}.")
    QuickReply.objects.create(shortcut="finance-only", text="x", team=cast.finance)
    html = str(lena.get(address("quick_replies", ticket), {"q": "/hel"}).content, "utf-8")
    assert f"Hello Aoife, Lena here about {ticket.pk}." in html
    assert "finance-only" not in str(lena.get(address("quick_replies", ticket)).content, "utf-8")
    nameless = ticket_of(writes(cast.inbox, "hi", phone="1999", name=""))
    assert b"Hello there, Lena" in lena.get(address("quick_replies", nameless)).content
    reply = QuickReply.objects.get(shortcut="hello")
    assert lena.post(reverse("inbox:quick_reply_uses", args=[reply.pk])).status_code == 204
    reply.refresh_from_db()
    assert reply.used_count == 1
    foreign = QuickReply.objects.get(shortcut="finance-only")
    assert lena.post(reverse("inbox:quick_reply_uses", args=[foreign.pk])).status_code == 404


def test_a_manager_reads_along_and_cannot_act(cast: House, ticket: Ticket) -> None:
    """The page says so; the server refuses."""
    jonas = Client()
    jonas.force_login(cast.jonas, backend="django.contrib.auth.backends.ModelBackend")
    html = str(jonas.get(reverse("inbox:ticket", args=["all", ticket.pk])).content, "utf-8")
    assert "You read along" in html
    assert 'id="reply-form"' not in html
    assert jonas.post(address("replies", ticket), reply_fields(ticket)).status_code == 409
    assert not ticket.events.filter(kind=EventKind.REPLIED).exists()


def test_versions_answer_only_for_what_may_be_read(cast: House, lena: Client, outsider: Client, ticket: Ticket) -> None:
    """An outsider learns nothing, not even that it exists."""
    ids = {"ids": f"{ticket.pk},999999", "view": "all"}
    assert lena.get(reverse("inbox:versions"), ids).json()["versions"] == {str(ticket.pk): fresh(ticket).version}
    assert outsider.get(reverse("inbox:versions"), ids).json()["versions"] == {}


def test_a_lead_of_no_team_gets_nothing(cast: House, lena: Client, ticket: Ticket) -> None:
    """Membership decides at every request."""
    Membership.objects.filter(user=cast.lena).delete()
    assert lena.get(reverse("inbox:ticket", args=["all", ticket.pk])).status_code == 404
    assert lena.post(address("replies", ticket), reply_fields(ticket)).status_code == 404
