"""Sending: what may be sent when, to whom, and what an agent hears when it may not."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.management import call_command
from pytest_django.fixtures import Settings

from channels_whatsapp import numbers, receipts
from channels_whatsapp.channel import MAX_TEXT, WINDOW, WhatsAppChannel
from channels_whatsapp.errors import ERRORS, UNKNOWN_CODE, explain
from channels_whatsapp.models import WhatsAppNumber
from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tests.channels_whatsapp.meta import Meta, accepted, answer, graph_error, hang
from tests.channels_whatsapp.payloads import AOIFE, AOIFE_BSUID, PNID
from tickets import read_receipts
from tickets.actions import messaging
from tickets.channels import Channel, DeliveryUnknown, Draft, Refusal, SendError, get_channel
from tickets.delivery import deliver_next
from tickets.models import ContactIdentity, Conversation, Message, MessageState, Ticket

pytestmark = pytest.mark.django_db
TOKEN = uuid.UUID("6f9619ff-8b86-4d11-b42d-00c04fc964ff")
channel: Channel = WhatsAppChannel()


@pytest.fixture
def ticket(cast: House, number: WhatsAppNumber) -> Ticket:
    """Aoife wrote a moment ago."""
    return ticket_of(writes(cast.inbox, phone=AOIFE, bsuid=AOIFE_BSUID))


def reply(cast: House, ticket: Ticket, text: str = "A new pole is on its way") -> Message:
    message = messaging.reply(actor=cast.lena, ticket_id=ticket.pk, text=text, client_id=uuid.uuid4(), seen_seq=99)
    return Message.objects.select_related("conversation", "inbox", "quoted").get(pk=message.pk)


def refusal(conversation: Conversation, text: str = "hello", **later: float) -> Refusal | None:
    newest = ContactIdentity.objects.order_by("-last_inbound_at").values_list("last_inbound_at", flat=True)[0]
    assert newest is not None
    return channel.refusal(conversation, Draft(text=text), newest + dt.timedelta(**later))


def test_settings_wire_the_channel(cast: House) -> None:
    assert isinstance(get_channel(cast.inbox), WhatsAppChannel)


# -- When --------------------------------------------------------------------------------------------


def test_the_window_is_open_for_24_hours_less_one_second_and_no_longer(ticket: Ticket) -> None:
    assert refusal(ticket.conversation, hours=23, minutes=59, seconds=59) is None
    closed = refusal(ticket.conversation, hours=24, seconds=1)
    assert closed is not None
    assert closed.code == "window_closed"
    assert refusal(ticket.conversation, hours=24) is not None


def test_the_window_counts_from_the_providers_time_of_the_newest_message(cast: House, ticket: Ticket) -> None:
    later = clock.now() + dt.timedelta(hours=5)
    with time_machine.travel(later, tick=False):
        ticket_of(writes(cast.inbox, phone=AOIFE, bsuid=AOIFE_BSUID, at=later - dt.timedelta(hours=1)))
    window = channel.reply_window(ticket.conversation, clock.now())
    assert window.ends_at == later - dt.timedelta(hours=1) + WINDOW


def test_the_window_belongs_to_the_identity_that_we_would_send_to(ticket: Ticket) -> None:
    long_ago = clock.now() - dt.timedelta(days=3)
    ContactIdentity.objects.filter(kind="phone").update(last_inbound_at=long_ago)
    assert refusal(ticket.conversation, hours=1) is None
    ContactIdentity.objects.filter(kind="bsuid").update(last_inbound_at=long_ago)
    assert refusal(ticket.conversation, hours=25) is not None


def test_a_text_may_have_4096_characters(ticket: Ticket) -> None:
    assert refusal(ticket.conversation, "ü" * MAX_TEXT) is None
    refused = refusal(ticket.conversation, "ü" * (MAX_TEXT + 1))
    assert refused is not None
    assert refused.code == "too_long"
    assert "4097" in refused.text


def test_nothing_is_sent_through_a_paused_number_until_it_is_resumed(ticket: Ticket, number: WhatsAppNumber) -> None:
    numbers.pause(number, reason="190")
    refused = refusal(ticket.conversation)
    assert refused is not None
    assert refused.code == "paused"
    assert "access token" in refused.text
    numbers.resume(number)
    assert refusal(ticket.conversation) is None


def test_an_inbox_without_a_number_says_so(cast: House) -> None:
    conversation = ticket_of(writes(cast.inbox)).conversation
    refused = channel.refusal(conversation, Draft(text="x"), clock.now())
    assert refused is not None
    assert refused.code == "not_connected"


def test_a_contact_who_never_wrote_has_no_open_window(ticket: Ticket) -> None:
    ContactIdentity.objects.update(last_inbound_at=None)
    refused = channel.refusal(ticket.conversation, Draft(text="x"), clock.now())
    assert refused is not None
    assert refused.code == "window_closed"
    ContactIdentity.objects.all().delete()
    refused = channel.refusal(ticket.conversation, Draft(text="x"), clock.now())
    assert refused is not None
    assert refused.code == "no_recipient"


# -- Sending -----------------------------------------------------------------------------------------


def test_a_reply_goes_to_the_business_scoped_id_and_carries_our_token(cast: House, ticket: Ticket, meta: Meta) -> None:
    meta.plan(accepted("wamid.OUT"))
    assert channel.send(reply(cast, ticket), token=TOKEN) == "wamid.OUT"
    assert meta.seen[0].json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": AOIFE_BSUID,
        "type": "text",
        "text": {"body": "A new pole is on its way", "preview_url": False},
        "biz_opaque_callback_data": str(TOKEN),
    }


def test_without_a_business_scoped_id_it_goes_to_the_number_with_a_plus_sign(
    cast: House, number: WhatsAppNumber, meta: Meta
) -> None:
    meta.plan(accepted())
    channel.send(reply(cast, ticket_of(writes(cast.inbox, phone=AOIFE))), token=TOKEN)
    assert meta.seen[0].json["to"] == f"+{AOIFE}"
    assert "recipient" not in meta.seen[0].json


def test_a_quoted_message_is_named(cast: House, ticket: Ticket, meta: Meta) -> None:
    meta.plan(accepted())
    message = reply(cast, ticket)
    message.quoted = ticket.messages.exclude(pk=message.pk).get()
    channel.send(message, token=TOKEN)
    assert meta.seen[0].json["context"] == {"message_id": message.quoted.external_id}


@pytest.mark.parametrize(
    ("code", "attempt", "permanent", "retry_after"),
    [
        (131047, 1, True, None),
        (131026, 1, True, None),
        (131050, 1, True, None),
        (190, 1, True, None),
        (368, 1, True, None),
        (131000, 1, False, None),
        (131000, 2, True, None),
        (2, 5, False, None),
        (131016, 1, False, None),
        (130429, 1, False, 10),
        (80007, 1, False, 10),
        (131056, 1, False, 1),
        (131056, 2, False, 4),
        (131056, 3, False, 16),
        (999999, 1, True, None),
    ],
)
def test_each_error_says_whether_to_try_again_and_when(
    cast: House, ticket: Ticket, meta: Meta, code: int, attempt: int, permanent: bool, retry_after: float | None
) -> None:
    meta.plan(graph_error(code))
    message = reply(cast, ticket)
    message.attempt = attempt
    with pytest.raises(SendError) as caught:
        channel.send(message, token=TOKEN)
    error = caught.value
    assert (error.permanent, error.retry_after, error.code) == (permanent, retry_after, str(code))
    assert error.text.endswith(".")


def test_an_unknown_error_of_a_broken_server_is_tried_again(cast: House, ticket: Ticket, meta: Meta) -> None:
    meta.plan(graph_error(987654, 500))
    with pytest.raises(SendError) as caught:
        channel.send(reply(cast, ticket), token=TOKEN)
    assert not caught.value.permanent


def test_without_an_answer_the_fate_is_unknown_and_nothing_is_sent_again(
    cast: House, ticket: Ticket, meta: Meta
) -> None:
    meta.plan(hang)
    message = reply(cast, ticket)
    Message.objects.filter(pk=message.pk).update(due_at=clock.now())
    assert deliver_next() is True
    message.refresh_from_db()
    assert message.state == MessageState.UNKNOWN
    with time_machine.travel(clock.now() + dt.timedelta(hours=1), tick=False):
        assert deliver_next() is False
    assert len(meta.seen) == 1


def test_a_message_that_slips_out_of_the_window_while_it_waits_is_not_sent(
    cast: House, ticket: Ticket, meta: Meta
) -> None:
    meta.plan(accepted())
    message = reply(cast, ticket)
    with time_machine.travel(clock.now() + WINDOW + dt.timedelta(seconds=1), tick=False):
        deliver_next()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.FAILED, "window_closed")
    assert not meta.seen


@pytest.mark.parametrize("code", [190, 0, 368])
def test_a_dead_token_or_a_block_pauses_the_number_and_is_reported_once(
    cast: House, ticket: Ticket, meta: Meta, number: WhatsAppNumber, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    meta.plan(graph_error(code, 401))
    message = reply(cast, ticket)
    for _ in range(3):
        with pytest.raises(SendError):
            channel.send(message, token=TOKEN)
    number.refresh_from_db()
    assert number.paused_reason == str(code)
    assert sum("number_paused" in record.getMessage() for record in caplog.records) == 1


def test_a_lost_encryption_key_fails_the_message_and_not_the_worker(
    cast: House, ticket: Ticket, meta: Meta, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = ["another-key-0123456789-0123456789-0123456789"]
    with pytest.raises(SendError, match="access token"):
        channel.send(reply(cast, ticket), token=TOKEN)
    assert not meta.seen


def test_a_refused_call_is_definite_and_a_proxys_page_is_not(cast: House, ticket: Ticket, meta: Meta) -> None:
    message = reply(cast, ticket)
    meta.plan(answer(429, b"slow down", "Retry-After: 9"))
    with pytest.raises(SendError) as caught:
        channel.send(message, token=TOKEN)
    assert (caught.value.permanent, caught.value.retry_after) == (False, 9)
    meta.plan(answer(502, b"<html>"))
    with pytest.raises(DeliveryUnknown):
        channel.send(message, token=TOKEN)


def test_logs_of_sending_hold_neither_token_nor_text_nor_number(
    cast: House, ticket: Ticket, meta: Meta, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for script in (hang, graph_error(131047), answer(404, b"x"), accepted()):
        meta.plan(script)
        Message.objects.filter(state=MessageState.UNKNOWN).update(state=MessageState.CANCELLED)
        message = reply(cast, ticket, "sentinel text of an agent")
        Message.objects.filter(pk=message.pk).update(due_at=clock.now())
        deliver_next()
    seen = caplog.text + "".join(capfd.readouterr())
    assert "whatsapp_refused" in seen
    assert "sentinel" not in seen
    assert AOIFE not in seen
    assert AOIFE_BSUID not in seen


def test_every_code_of_the_table_has_a_sentence() -> None:
    assert all(str(kind.text).endswith(".") for kind in ERRORS.values())
    assert explain("no number") is UNKNOWN_CODE
    assert explain(250).text == explain(10).text


# -- Read receipts -----------------------------------------------------------------------------------


def test_an_inbound_message_is_ticked_as_read(ticket: Ticket, meta: Meta) -> None:
    meta.plan(answer(200, {"success": True}))
    message = ticket.messages.get()
    assert receipts.mark_read(message) is True
    assert meta.seen[0].json["message_id"] == message.external_id
    assert meta.seen[0].line.startswith(f"POST /v26.0/{PNID}/messages")


def test_a_receipt_that_fails_is_let_go(ticket: Ticket, meta: Meta) -> None:
    meta.plan(graph_error(100))
    assert receipts.mark_read(ticket.messages.get()) is False


def test_a_contact_sees_that_an_agent_works_at_the_ticket(ticket: Ticket, meta: Meta) -> None:
    meta.plan(answer(200, {"success": True}))
    assert read_receipts.note(ticket.pk)
    assert read_receipts.tell_next() is True
    assert read_receipts.tell_next() is False
    assert [call.json["status"] for call in meta.seen] == ["read"]


def test_the_system_check_names_a_paused_number(number: WhatsAppNumber, capsys: pytest.CaptureFixture[str]) -> None:
    numbers.pause(number, reason="190")
    call_command("check", databases=["default"])
    assert "is paused" in capsys.readouterr().err
