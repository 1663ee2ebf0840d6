"""Outside the window an agent picks an approved template, fills it in, and the contact gets exactly that."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channels_whatsapp import templates
from channels_whatsapp.models import TemplateCategory, TemplateStatus, WhatsAppNumber, WhatsAppTemplate
from helpdesk import clock
from simulator.graph import catalogue
from tests.api.conftest import problem, program_of
from tests.cast import House, newest_seq, ticket_of, writes
from tests.channels_whatsapp.meta import Meta, accepted, answer
from tests.channels_whatsapp.payloads import AOIFE, AOIFE_BSUID
from tickets import consent
from tickets.actions import decisions, messaging
from tickets.channels import get_channel
from tickets.delivery import deliver_next
from tickets.errors import ChannelRefused
from tickets.models import (
    ContactIdentity,
    Draft,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Ticket,
    Wish,
    WishSource,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
KEY = "ticket_update:en"
SAID = "Hello Aoife Brennan, there is news about your request #1024. Answer here to read it."


def approve(number: WhatsAppNumber, name: str, body: str, language: str = "en", **fields: Any) -> WhatsAppTemplate:
    """Write down a template as if Meta had approved it."""
    values = {"status": TemplateStatus.APPROVED, "category": TemplateCategory.UTILITY, **fields}
    return WhatsAppTemplate.objects.create(waba_id=number.waba_id, name=name, language=language, body=body, **values)


@pytest.fixture
def ticket(cast: House, number: WhatsAppNumber) -> Ticket:
    """Aoife wrote two days ago; what may be said to her now has been approved."""
    ticket = ticket_of(writes(cast.inbox, phone=AOIFE, bsuid=AOIFE_BSUID, name="Aoife Brennan"))
    ContactIdentity.objects.update(last_inbound_at=clock.now() - dt.timedelta(days=2))
    ticket.conversation.contact.language = "en"
    ticket.conversation.contact.save(update_fields=["language"])
    body = "Hello {{1}}, there is news about your request {{2}}. Answer here to read it."
    approve(number, "ticket_update", body, variables=["name", "ticket_number"])
    approve(number, "ticket_update", "Hallo {{1}}, zu {{2}} gibt es etwas Neues.", "de")
    approve(number, "happy", "Happy?", purpose=Purpose.SURVEY)
    approve(number, "received", "We have your message.", purpose=Purpose.ACKNOWLEDGEMENT)
    approve(number, "code", "Your code is {{1}}", category=TemplateCategory.AUTHENTICATION)
    approve(number, "paused", "Never", status=TemplateStatus.PAUSED)
    other = {"waba_id": "another", "language": "en", "status": TemplateStatus.APPROVED}
    WhatsAppTemplate.objects.create(name="foreign", body="Of another number", **other)
    return ticket


@pytest.fixture
def lena(cast: House) -> Client:
    """Return Lena's browser."""
    client = Client()
    client.force_login(cast.lena, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, ticket: Ticket) -> str:
    """Return the ticket's page."""
    return str(client.get(reverse("inbox:ticket", args=["all", ticket.pk])).content, "utf-8")


def address(ticket: Ticket) -> str:
    """Return where templates of a ticket are shown and sent."""
    return reverse("inbox:template", args=[ticket.pk])


def fields(ticket: Ticket, key: str = KEY, one: str = "Aoife Brennan", two: str = "#1024") -> dict[str, Any]:
    """Return what the form of a template sends."""
    typed = {"variable-1": one, "variable-2": two}
    return {"template": key, "client_id": str(uuid.uuid4()), "seen_seq": newest_seq(ticket), **typed}


def sent() -> Message:
    """Return what was said, of which there is one."""
    return Message.objects.get(kind=MessageKind.OUTBOUND)


# -- Choosing ----------------------------------------------------------------------------------------


def test_the_closed_composer_offers_what_is_approved_for_this_number_the_contacts_language_first(
    lena: Client, ticket: Ticket
) -> None:
    html = page(lena, ticket)
    select = html[html.index('id="template-choice"') : html.index("</select>", html.index('id="template-choice"'))]
    assert re.findall(r'value="([^"]+)"', select) == ["ticket_update:en", "ticket_update:de"]
    assert "Ticket update · German" in select
    ticket.conversation.contact.language = "de"
    ticket.conversation.contact.save(update_fields=["language"])
    html = page(lena, ticket)
    assert html.index('value="ticket_update:de"') < html.index('value="ticket_update:en"')


def test_while_the_window_is_open_nothing_is_offered_and_closed_it_costs_one_query(
    lena: Client, ticket: Ticket
) -> None:
    page(lena, ticket)
    with CaptureQueriesContext(connection) as closed:
        assert "template-picker" in page(lena, ticket)
    ContactIdentity.objects.update(last_inbound_at=clock.now())
    with CaptureQueriesContext(connection) as opened:
        assert "template-picker" not in page(lena, ticket)
    assert len(closed) == len(opened) + 1
    assert not any("whatsapptemplate" in query["sql"] for query in opened)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_chosen_template_shows_its_words_and_a_required_field_for_each_place(
    lena: Client, ticket: Ticket, headers: dict[str, str]
) -> None:
    response = lena.get(address(ticket), {"template": KEY, "view": "all", "seen_seq": "3"}, headers=headers)
    html = str(response.content, "utf-8")
    assert ('id="timeline"' in html) == (not headers)
    assert "there is news about your request" in html
    first, second = (re.search(rf'<input[^>]*name="variable-{n}"[^>]*>', html) for n in (1, 2))
    assert first is not None
    assert second is not None
    assert 'value="Aoife Brennan"' in first[0]
    assert "value=" not in second[0]
    assert "required" in first[0]
    assert "required" in second[0]
    assert "Ticket number</label>" in html


# -- Sending -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_template_is_a_reply_that_leaves_as_a_template_once(
    cast: House, lena: Client, ticket: Ticket, meta: Meta, headers: dict[str, str]
) -> None:
    Draft.objects.create(ticket=ticket, user=cast.lena, text="Half a thought", updated_at=clock.now())
    body = fields(ticket, two=" #1024\n")
    for _click in range(2):
        response = lena.post(address(ticket), body, headers=headers)
        assert response.status_code == (200 if headers else 303)
    message = sent()
    assert (message.text, message.author, message.purpose) == (SAID, cast.lena, Purpose.REPLY)
    variables = {"1": "Aoife Brennan", "2": "#1024"}
    chosen = {"key": KEY, "name": "ticket_update", "language": "en", "variables": variables}
    assert message.content == {"template": chosen}
    assert ticket.events.filter(kind=EventKind.REPLIED, message=message).count() == 1
    assert Draft.objects.get().text == "Half a thought"
    assert SAID in page(lena, ticket)
    meta.plan(accepted("wamid.OUT"))
    with time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False):
        assert deliver_next()
    message.refresh_from_db()
    assert (message.state, message.external_id) == (MessageState.SENT, "wamid.OUT")
    payload = meta.seen[0].json
    assert payload["type"] == "template"
    assert payload["template"] == {
        "name": "ticket_update",
        "language": {"code": "en"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "Aoife Brennan"}, {"type": "text", "text": "#1024"}],
            }
        ],
    }
    # What the simulated Meta makes of it is what stands in our timeline.
    assert catalogue.render(payload["template"])[0] == message.text
    assert len(meta.seen) == 1


def test_named_places_carry_their_name_and_numbered_ones_stand_in_the_order_of_their_numbers(
    cast: House, number: WhatsAppNumber, ticket: Ticket
) -> None:
    written = []
    cases = (("named", "{{ city }}, {{name}}", "city name"), ("turned", "{{2}}, {{1}}, {{2}}", "2 1"))
    for name, body, keys in cases:
        template = approve(number, name, body)
        message = messaging.send_template(
            actor=cast.lena,
            ticket_id=ticket.pk,
            key=f"{name}:en",
            variables={key: f"<{key}>" for key in keys.split()},
            client_id=uuid.uuid4(),
            seen_seq=10**6,
        )
        payload = templates.render_chosen(template, message)
        assert payload is not None
        parameters = payload["components"][0]["parameters"]
        written.append((message.text, [(one["text"], one.get("parameter_name")) for one in parameters]))
    assert written[0][0] == "<city>, <name>"
    assert sorted(written[0][1]) == [("<city>", "city"), ("<name>", "name")]
    assert written[1] == ("<2>, <1>, <2>", [("<1>", None), ("<2>", None)])


# -- Refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("key", ["paused:en", "foreign:en", "happy:en", "code:en", "nonsense"])
def test_what_is_not_offered_is_refused_and_what_was_typed_stays(
    lena: Client, ticket: Ticket, key: str, headers: dict[str, str]
) -> None:
    response = lena.post(address(ticket), fields(ticket, key, two="typed for nothing"), headers=headers)
    html = str(response.content, "utf-8")
    assert response.status_code == 409
    assert "This template cannot be sent. Choose another one." in html
    assert "typed for nothing" in html
    assert not Message.objects.filter(kind=MessageKind.OUTBOUND).exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_empty_place_is_refused_and_the_others_stay(lena: Client, ticket: Ticket, headers: dict[str, str]) -> None:
    response = lena.post(address(ticket), fields(ticket, one="  ", two="my number"), headers=headers)
    html = str(response.content, "utf-8")
    assert response.status_code == 409
    assert "Fill in every field of the template, then send it." in html
    assert 'value="my number"' in html
    assert not Message.objects.filter(kind=MessageKind.OUTBOUND).exists()


def test_a_colleagues_newer_reply_holds_a_template_back(cast: House, lena: Client, ticket: Ticket) -> None:
    stale = fields(ticket)
    lena_saw = {**fields(ticket), "client_id": str(uuid.uuid4())}
    mateus = Client()
    mateus.force_login(cast.mateus, backend="django.contrib.auth.backends.ModelBackend")
    assert mateus.post(address(ticket), lena_saw).status_code == 303
    response = lena.post(address(ticket), stale)
    assert response.status_code == 409
    assert b"Mateus has just replied" in response.content
    assert sent().author == cast.mateus


def test_who_wrote_stop_gets_no_marketing_and_still_gets_an_answer(
    cast: House, number: WhatsAppNumber, lena: Client, ticket: Ticket
) -> None:
    approve(number, "sale", "Everything must go", category=TemplateCategory.MARKETING)
    at = clock.now()
    contact = ticket.conversation.contact
    consent.note(contact=contact, wish=Wish.STOP, source=WishSource.SETTING, occurred_at=at, at=at)
    response = lena.post(address(ticket), fields(ticket, "sale:en"))
    assert response.status_code == 409
    assert b"This contact wrote STOP" in response.content
    assert lena.post(address(ticket), fields(ticket)).status_code == 303
    assert sent().text == SAID


@pytest.mark.parametrize("change", [{"status": TemplateStatus.PAUSED}, {"body": "Hi {{1}}: {{2}}"}])
def test_a_template_paused_or_rewritten_while_it_waits_fails_with_the_reason_and_reaches_nobody(
    lena: Client, ticket: Ticket, meta: Meta, change: dict[str, str]
) -> None:
    lena.post(address(ticket), fields(ticket))
    WhatsAppTemplate.objects.filter(name="ticket_update", language="en").update(**change)
    with time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False):
        assert deliver_next()
    message = sent()
    assert (message.state, message.error_code) == (MessageState.FAILED, "template_gone")
    assert "does not let this template be sent any more" in message.error_text
    assert meta.seen == []
    assert "does not let this template be sent any more" in page(lena, ticket)


def test_a_failed_template_is_tried_again_only_while_it_is_approved(
    cast: House, lena: Client, ticket: Ticket, meta: Meta
) -> None:
    lena.post(address(ticket), fields(ticket))
    Message.objects.filter(pk=sent().pk).update(state=MessageState.FAILED, failed_at=clock.now())
    WhatsAppTemplate.objects.update(status=TemplateStatus.PAUSED)
    with pytest.raises(ChannelRefused):
        decisions.retry_reply(actor=cast.lena, message_id=sent().pk)
    WhatsAppTemplate.objects.update(status=TemplateStatus.APPROVED)
    decisions.retry_reply(actor=cast.lena, message_id=sent().pk)
    meta.plan(accepted())
    assert deliver_next()
    assert sent().state == MessageState.SENT


def test_only_templates_whose_text_alone_varies_are_offered(cast: House, number: WhatsAppNumber, meta: Meta) -> None:
    def row(name: str, *components: dict[str, Any], category: str = "UTILITY") -> dict[str, Any]:
        body = {"type": "BODY", "text": "Hello"}
        return {
            "name": name, "language": "en_US", "status": "APPROVED", "category": category,
            "components": [body, *components],
        }  # fmt: skip

    def button(**values: str) -> dict[str, Any]:
        return {"type": "BUTTONS", "buttons": [values]}

    rows = [
        row("plain", {"type": "FOOTER", "text": "Nordlicht"}, button(type="QUICK_REPLY", text="Yes")),
        row("headed", {"type": "HEADER", "format": "TEXT", "text": "News"}, category="MARKETING"),
        row("linked", button(type="URL", text="Open", url="https://example.org/")),
        row("picture", {"type": "HEADER", "format": "IMAGE"}),
        row("greeting", {"type": "HEADER", "format": "TEXT", "text": "Hello {{1}}"}),
        row("tracking", button(type="URL", text="Track", url="https://example.org/{{1}}")),
        row("coupon", button(type="COPY_CODE", text="Copy")),
        row("carousel", {"type": "CAROUSEL"}),
    ]
    meta.plan(answer(200, {"data": rows}))
    templates.synchronise(number)
    assert [one.name for one in templates.choices(cast.inbox.pk)] == ["headed", "linked", "plain"]
    assert WhatsAppTemplate.objects.get(name="headed").category == TemplateCategory.MARKETING
    meta.plan(answer(200, {"data": catalogue.templates()}))
    templates.synchronise(number)
    assert len(templates.choices(cast.inbox.pk)) == len(catalogue.templates())
    assert get_channel(cast.inbox).capabilities.templates


def test_a_program_sends_an_approved_template_where_free_text_is_refused(
    cast: House, ticket: Ticket, meta: Meta
) -> None:
    program = program_of(cast.lena)
    address = f"tickets/{ticket.pk}/messages/"
    seen = {"kind": "reply", "seen_seq": newest_seq(ticket)}
    refused = program.send("POST", address, {**seen, "text": "Hello again"})
    assert (refused.status_code, problem(refused)["code"]) == (422, "channel_refused")
    offered = {one["key"]: one for one in program.read(f"tickets/{ticket.pk}/templates/")}
    assert set(offered) == {KEY, "ticket_update:de"}
    assert offered[KEY]["variables"] == [{"key": "1", "name": "name"}, {"key": "2", "name": "ticket_number"}]
    wanted = {"key": KEY, "variables": {"1": "Aoife Brennan", "2": "#1024"}}
    empty = program.send("POST", address, {**seen, "template": {**wanted, "variables": {"1": "Aoife"}}})
    assert (empty.status_code, problem(empty)["code"]) == (422, "refused")
    both = program.send("POST", address, {**seen, "text": "x", "template": wanted})
    assert both.status_code == 400
    sent = program.send("POST", address, {**seen, "template": wanted})
    assert (sent.status_code, json.loads(sent.content)["text"]) == (201, SAID)
    meta.plan(accepted())
    deliver_next()
    assert meta.seen[0].json["template"]["name"] == "ticket_update"
