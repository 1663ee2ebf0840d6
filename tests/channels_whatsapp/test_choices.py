"""Questions with answers to tap, templates outside the window, and what WhatsApp says about wishes."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from channels_whatsapp import templates, wire
from channels_whatsapp.models import TemplateStatus, WhatsAppNumber, WhatsAppTemplate
from helpdesk import clock
from surveys.words import options
from tests.cast import House, ticket_of, writes
from tests.channels_whatsapp.meta import Meta, accepted, graph_error, reset
from tests.channels_whatsapp.payloads import PNID, envelope, now_seconds, status, value
from tests.channels_whatsapp.test_splitting import store
from tests.tickets.test_outbox import drain as send_all
from tickets import consent
from tickets.actions import automatic
from tickets.actions.base import lock_conversation
from tickets.channels import Draft, get_channel
from tickets.models import Conversation, Message, MessageState, Purpose

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(hours=24)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def conversation(cast: House, number: WhatsAppNumber) -> Conversation:
    """Aoife wrote at nine."""
    with time_machine.travel(NINE, tick=False):
        return ticket_of(writes(cast.inbox)).conversation


def ask(conversation: Conversation, content: dict[str, Any] | None, language: str = "de") -> Message:
    """Queue a question."""
    locked = lock_conversation(conversation.pk)
    return automatic.post(
        conversation=locked,
        ticket=None,
        purpose=Purpose.SURVEY,
        text="Wie zufrieden sind Sie?",
        language=language,
        at=clock.now(),
        content=content,
    )


def approve(language: str = "de", **fields: object) -> WhatsAppTemplate:
    """Return a template for satisfaction, approved."""
    values: dict[str, object] = {
        "waba_id": "200300400500600",
        "name": "satisfaction_survey",
        "language": language,
        "status": TemplateStatus.APPROVED,
        "body": "Wie zufrieden sind Sie?",
        "buttons": ["5", "4", "3", "2", "1"],
        "purpose": Purpose.SURVEY,
    }
    return WhatsAppTemplate.objects.create(**{**values, **fields})


def test_five_answers_are_a_list_and_three_are_buttons(conversation: Conversation, meta: Meta) -> None:
    meta.plan(accepted("wamid.A"), accepted("wamid.B"))
    with time_machine.travel(NINE + SECOND, tick=False):
        ask(conversation, options("t", 5, "de"))
        send_all()
        few = options("t", 5, "de")["choices"]
        assert isinstance(few, dict)
        ask(conversation, {"choices": {**few, "options": few["options"][:3]}})
        send_all()
    listed, buttons = (call.json["interactive"] for call in meta.seen)
    assert listed["type"] == "list"
    assert listed["action"]["button"] == "Auswählen"
    assert [row["id"] for row in listed["action"]["sections"][0]["rows"]] == [f"survey:t:{n}" for n in (5, 4, 3, 2, 1)]
    assert listed["action"]["sections"][0]["rows"][0]["description"] == "Sehr zufrieden"
    assert buttons["type"] == "button"
    assert len(buttons["action"]["buttons"]) == 3


@pytest.mark.parametrize(("after", "kind"), [(DAY - SECOND, "interactive"), (DAY + SECOND, "template")])
def test_at_the_edge_of_the_window_the_template_takes_over(
    conversation: Conversation, meta: Meta, after: dt.timedelta, kind: str
) -> None:
    approve()
    meta.plan(accepted())
    with time_machine.travel(NINE + after, tick=False):
        message = ask(conversation, options("t", 5, "de"))
        send_all()
    message.refresh_from_db()
    assert (message.state, meta.seen[-1].json["type"]) == (MessageState.SENT, kind)
    if kind == "template":
        buttons = meta.seen[-1].json["template"]["components"]
        assert [one["parameters"][0]["payload"] for one in buttons] == [f"survey:t:{n}" for n in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize("fields", [{"status": TemplateStatus.PAUSED}, {"language": "fr"}, {"buttons": []}])
def test_a_template_that_is_stopped_or_does_not_fit_is_none(
    conversation: Conversation, meta: Meta, fields: dict[str, Any]
) -> None:
    approve(**fields)
    with time_machine.travel(NINE + DAY + SECOND, tick=False):
        draft = Draft(text="?", purpose=Purpose.SURVEY, language="de", choices=5)
        refusal = get_channel(conversation.inbox).refusal(conversation, draft, clock.now())
        message = ask(conversation, options("t", 5, "de"))
        send_all()
    message.refresh_from_db()
    assert refusal is not None
    assert (refusal.code, message.error_code) == ("no_template", "no_template")
    assert meta.seen == []


def test_variables_stand_in_their_order(conversation: Conversation) -> None:
    template = approve(body="{{1}}: #{{2}}", variables=["name", "ticket_number"], buttons=[])
    message = Message(content={"variables": {"ticket_number": 7, "name": "Aoife\n  B"}})
    body = templates.render(template, message)["components"][0]
    assert [one["text"] for one in body["parameters"]] == ["Aoife B", "7"]


@pytest.mark.parametrize("kind", ["button_reply", "list_reply"])
def test_a_tap_arrives_as_a_choice(kind: str) -> None:
    block = {"type": "interactive", "interactive": {"type": kind, kind: {"id": "survey:t:5", "title": "⭐⭐⭐⭐⭐"}}}
    message = {"id": "wamid.1", "from": "4915112345678", "timestamp": "1772442000", **block}
    said = wire.parse_message({"message": message}, inbox_id=1, received_at=NINE)
    assert (said.text, said.content) == ("⭐⭐⭐⭐⭐", {"choice": {"id": "survey:t:5", "title": "⭐⭐⭐⭐⭐"}})


def test_a_switch_in_the_app_stops_and_starts(
    conversation: Conversation, post: Callable[..., int], drain: Callable[[], None]
) -> None:
    def switch(value: str, at: int) -> None:
        preference = {"wa_id": "353874120968", "category": "marketing_messages", "value": value, "timestamp": at}
        metadata = {"display_phone_number": "4940555000000", "phone_number_id": PNID}
        content = {"messaging_product": "whatsapp", "metadata": metadata, "user_preferences": [preference]}
        change = {"field": "user_preferences", "value": content}
        post({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
        drain()

    switch("stop", 1_772_442_000)
    assert consent.refuses(conversation.contact_id)
    switch("resume", 1_772_442_060)
    assert not consent.refuses(conversation.contact_id)


@pytest.mark.parametrize("early", [True, False])
def test_such_a_refusal_counts_as_a_status_too_even_when_it_overtakes_the_answer(
    conversation: Conversation, meta: Meta, drain: Callable[[], None], early: bool
) -> None:
    with time_machine.travel(NINE + SECOND, tick=False):
        message = ask(conversation, None)
        meta.plan(reset if early else accepted("wamid.OUT1"))
        send_all()
        token = str(message.attempts.get().token)
        block = status("wamid.OUT1", "failed", timestamp=str(now_seconds()), biz_opaque_callback_data=token)
        block["errors"] = [{"code": 131050}]
        store(envelope(value(statuses=[block])))
        drain()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.FAILED, "131050")
    assert consent.refuses(conversation.contact_id)


def test_a_refusal_because_of_the_contacts_wish_is_their_word(conversation: Conversation, meta: Meta) -> None:
    meta.plan(graph_error(131050))
    with time_machine.travel(NINE + SECOND, tick=False):
        ask(conversation, None)
        send_all()
    assert consent.refuses(conversation.contact_id)
