"""What becomes of our messages, as Meta reports it: any order, any number of copies, early or foreign."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable

import pytest
import time_machine

from channels_whatsapp.models import InboundUpdate, WhatsAppNumber
from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tests.channels_whatsapp.payloads import envelope, now_seconds, status, value
from tests.channels_whatsapp.test_splitting import store
from tickets.actions import messaging, outbox
from tickets.models import DeliveryAttempt, Message, MessageState

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
TOKEN = uuid.UUID("6f9619ff-8b86-4d11-b42d-00c04fc964ff")


@pytest.fixture
def sending(cast: House, number: WhatsAppNumber) -> Message:
    """Return a reply whose call is under way: the token is known, the answer is not."""
    ticket = ticket_of(writes(cast.inbox))
    message = messaging.reply(
        actor=cast.lena, ticket_id=ticket.pk, text="A new pole is on its way", client_id=uuid.uuid4(), seen_seq=99
    )
    now = clock.now()
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENDING, attempt=1, lease_until=now + dt.timedelta(seconds=45)
    )
    DeliveryAttempt.objects.create(message=message, number=1, token=TOKEN, started_at=now)
    return message


@pytest.fixture
def sent(sending: Message) -> Message:
    """Return a reply that Meta took as wamid.OURS."""
    outbox.accept(message_id=sending.pk, attempt=1, external_id="wamid.OURS")
    sending.refresh_from_db()
    return sending


def end_row(message: Message) -> tuple[str | None, list[bool]]:
    message.refresh_from_db()
    times = [message.sent_at, message.delivered_at, message.read_at, message.failed_at]
    return message.state, [time is not None for time in times]


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read", "failed"])))
def test_every_order_of_three_copies_each_ends_in_the_same_row(
    sent: Message, drain: Drain, order: tuple[str, ...]
) -> None:
    moment = {"sent": 1, "delivered": 2, "read": 3, "failed": 4}
    base = now_seconds() - 60
    for _ in range(3):
        for kind in order:
            block = status("wamid.OURS", kind, timestamp=str(base + moment[kind]))
            if kind == "failed":
                block["errors"] = [{"code": 131026}]
            store(envelope(value(statuses=[block])))
    drain()
    assert end_row(sent) == (MessageState.SENT, [True, True, True, False])
    assert sent.delivered_at == dt.datetime.fromtimestamp(base + 2, dt.UTC)
    assert sent.read_at == dt.datetime.fromtimestamp(base + 3, dt.UTC)


def test_a_failure_tells_the_agent_why_in_a_sentence(sent: Message, drain: Drain) -> None:
    store(envelope(value(statuses=[status("wamid.OURS", "failed", errors=[{"code": 131047, "title": "raw"}])])))
    drain()
    assert end_row(sent)[0] == MessageState.FAILED
    assert sent.error_code == "131047"
    assert "24 hours" in sent.error_text


def test_a_status_that_overtakes_the_answer_settles_the_message_by_its_token(sending: Message, drain: Drain) -> None:
    store(envelope(value(statuses=[status("wamid.EARLY", "sent", biz_opaque_callback_data=str(TOKEN))])))
    drain()
    assert end_row(sending)[0] == MessageState.SENT
    assert sending.external_id == "wamid.EARLY"


def test_a_status_without_our_token_waits_for_its_message(sending: Message, drain: Drain) -> None:
    store(envelope(value(statuses=[status("wamid.OURS", "delivered")])))
    drain()
    assert InboundUpdate.objects.get().state == "waiting"
    outbox.accept(message_id=sending.pk, attempt=1, external_id="wamid.OURS")
    with time_machine.travel(clock.now() + dt.timedelta(seconds=2), tick=False):
        drain()
    assert InboundUpdate.objects.get().outcome == "applied"
    assert end_row(sending)[1][1]


def test_a_foreign_status_is_tried_for_a_minute_ever_more_rarely_and_then_let_go(
    number: WhatsAppNumber, drain: Drain
) -> None:
    start = clock.now()
    tried = []
    with time_machine.travel(start, tick=False):
        store(envelope(value(statuses=[status("wamid.NOT-OURS")])))
    for second in range(70):
        with time_machine.travel(start + dt.timedelta(seconds=second), tick=False):
            before = InboundUpdate.objects.values_list("due_at", "state").first()
            drain()
            if InboundUpdate.objects.values_list("due_at", "state").first() != before:
                tried.append(second)
    assert tried == [0, 1, 2, 4, 8, 16, 32, 64]
    update = InboundUpdate.objects.get()
    assert (update.state, update.outcome) == ("done", "foreign")


@pytest.mark.parametrize("token", ["ticket-77", "", None, 7, "x" * 600])
def test_what_other_programs_put_into_the_callback_data_does_no_harm(
    sent: Message, drain: Drain, token: object
) -> None:
    store(envelope(value(statuses=[status("wamid.OURS", "read", biz_opaque_callback_data=token)])))
    drain()
    assert InboundUpdate.objects.get().outcome == "applied"


def test_a_status_of_a_kind_of_next_year_is_let_pass(sent: Message, drain: Drain) -> None:
    store(envelope(value(statuses=[status("wamid.OURS", "pondered")])))
    drain()
    assert InboundUpdate.objects.get().outcome == "ignored"


def test_a_status_of_the_future_is_taken_as_of_now(sent: Message, drain: Drain) -> None:
    store(envelope(value(statuses=[status("wamid.OURS", "read", timestamp=str(now_seconds() + 3600))])))
    drain()
    sent.refresh_from_db()
    assert sent.read_at is not None
    assert sent.read_at <= clock.now()
