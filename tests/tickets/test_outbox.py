"""The outbox: at most once, in order, and honest about what nobody knows."""

import datetime as dt
import itertools
import uuid

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tickets import delivery, intake
from tickets.actions import decisions, lifecycle, messaging, outbox
from tickets.channels import DeliveryUnknown, Refusal, SendError, get_channel
from tickets.errors import ChannelRefused, WrongStatus
from tickets.inbound import DeliveryReport, DeliveryStatus
from tickets.models import (
    DeliveryAttempt,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Status,
    Ticket,
    TicketEvent,
)

NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
BUSY = SendError("WhatsApp is busy.", permanent=False, code="130429")
BLOCKED = SendError("The number cannot receive messages.", permanent=True, code="131026")


def reply(cast: House, ticket: Ticket, text: str = "On its way") -> Message:
    """Lena replies to what she sees."""
    return messaging.reply(
        actor=cast.lena, ticket_id=ticket.pk, text=text, client_id=uuid.uuid4(), seen_seq=newest_seq(ticket)
    )


def report(message: Message, status: DeliveryStatus, **fields: object) -> bool:
    """The provider reports about a message."""
    values: dict[str, object] = {
        "inbox_id": message.inbox_id,
        "external_id": message.external_id or "",
        "status": status,
        "occurred_at": clock.now(),
    }
    return delivery.report(DeliveryReport(**{**values, **fields}))  # type: ignore[arg-type]


def drain() -> None:
    """Send all that is due."""
    while delivery.deliver_next():
        pass


def test_a_reply_leaves_once_and_keeps_its_id(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    message = reply(cast, ticket)
    drain()
    message.refresh_from_db()
    assert paper.texts == ["On its way"]
    assert message.state == MessageState.SENT
    assert message.external_id == f"paper-{DeliveryAttempt.objects.get().token}"
    assert [event.kind for event in ticket.events.order_by("seq")][-2:] == [
        EventKind.REPLIED,
        EventKind.REPLY_ACCEPTED,
    ]


def test_the_same_click_twice_is_one_message(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    click = uuid.uuid4()
    values = {"actor": cast.lena, "ticket_id": ticket.pk, "text": "Hi", "client_id": click, "seen_seq": 9}
    assert messaging.reply(**values).pk == messaging.reply(**values).pk  # type: ignore[arg-type]
    assert Message.objects.filter(kind=MessageKind.OUTBOUND).count() == 1


def test_a_held_reply_waits_for_the_delay_and_can_be_undone_until_then(cast: House) -> None:
    cast.returns.send_delay_seconds = 3
    cast.returns.save()
    with time_machine.travel(NINE, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        first, second = reply(cast, ticket, "One"), reply(cast, ticket, "Two")
        drain()
        assert paper.texts == []
        decisions.undo_reply(actor=cast.lena, message_id=first.pk)
        journey.shift(dt.timedelta(seconds=3))
        drain()
        assert paper.texts == ["Two"]
        with pytest.raises(WrongStatus):
            decisions.undo_reply(actor=cast.lena, message_id=second.pk)


def test_undoing_the_only_reply_gives_the_wait_its_original_due_time_back(cast: House) -> None:
    cast.returns.send_delay_seconds = 3
    cast.returns.save()
    ticket = ticket_of(writes(cast.inbox))
    due = ticket.due_at
    message = reply(cast, ticket)
    decisions.undo_reply(actor=cast.lena, message_id=message.pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.due_at) == (Status.NEW, None, due)


def test_a_definite_refusal_is_tried_again_later(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        paper.plan[:] = [BUSY]
        drain()
        message.refresh_from_db()
        assert (message.state, paper.texts) == (MessageState.QUEUED, [])
        journey.shift(dt.timedelta(seconds=3))
        drain()
    message.refresh_from_db()
    assert (message.state, message.attempt, paper.texts) == (MessageState.SENT, 2, ["On its way"])


def test_the_provider_may_ask_for_more_patience(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        reply(cast, ticket_of(writes(cast.inbox)))
        paper.plan[:] = [SendError("Later.", permanent=False, retry_after=40)]
        drain()
        journey.shift(dt.timedelta(seconds=39))
        drain()
        assert paper.texts == []
        journey.shift(dt.timedelta(seconds=1))
        drain()
    assert paper.texts == ["On its way"]


def test_retries_end(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        paper.plan[:] = [BUSY] * 10
        for _ in range(10):
            drain()
            journey.shift(dt.timedelta(minutes=5))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.attempt <= delivery.MAX_ATTEMPTS


def test_a_failed_reply_opens_the_ticket_again_with_the_original_due_time(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    due = ticket.due_at
    message = reply(cast, ticket)
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    paper.plan[:] = [BLOCKED]
    drain()
    ticket.refresh_from_db()
    message.refresh_from_db()
    assert (message.state, message.error_text) == (MessageState.FAILED, BLOCKED.text)
    assert (ticket.status, ticket.due_at, ticket.unanswered_count) == (Status.OPEN, due, 1)


def test_nothing_of_unknown_fate_is_sent_again(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        message = reply(cast, ticket)
        paper.plan[:] = [DeliveryUnknown("no answer")]
        for _ in range(20):
            drain()
            while delivery.settle_next():
                pass
            journey.shift(dt.timedelta(minutes=5))
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.state, message.attempt, paper.texts) == (MessageState.UNKNOWN, 1, [])
    assert message.asked_at == NINE + dt.timedelta(minutes=10)
    assert ticket.unanswered_count == 1, "the contact waits again, as far as anybody knows"


def test_a_status_settles_an_unknown_fate_by_the_token_of_the_attempt(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    message = reply(cast, ticket)
    paper.plan[:] = [DeliveryUnknown("no answer")]
    drain()
    token = str(DeliveryAttempt.objects.get().token)
    assert report(message, DeliveryStatus.DELIVERED, external_id="wamid.1", token=token)
    message.refresh_from_db()
    assert (message.state, message.external_id) == (MessageState.SENT, "wamid.1")
    ticket.refresh_from_db()
    assert ticket.unanswered_count == 0


def test_a_machine_message_of_unknown_fate_is_dropped(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        message = Message.objects.create(
            inbox=cast.inbox,
            conversation=ticket.conversation,
            ticket=ticket,
            seq=99,
            kind=MessageKind.OUTBOUND,
            purpose=Purpose.ACKNOWLEDGEMENT,
            author_kind="system",
            text="We have your message",
            state=MessageState.QUEUED,
            due_at=NINE,
            occurred_at=NINE,
            recorded_at=NINE,
        )
        paper.plan[:] = [DeliveryUnknown("no answer")]
        drain()
        journey.shift(dt.timedelta(minutes=10))
        assert delivery.settle_next()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_a_worker_that_died_while_sending_leaves_an_unknown_fate_behind(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        assert delivery._claim() is not None
        journey.shift(delivery.LEASE)
        assert delivery.settle_next()
        drain()
    message.refresh_from_db()
    assert (message.state, paper.texts) == (MessageState.UNKNOWN, [])


def test_a_worker_that_was_frozen_changes_and_sends_nothing_when_it_wakes_up(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        claim = delivery._claim()
        assert claim is not None
        journey.shift(delivery.LEASE)
        delivery.settle_next()
        loaded = Message.objects.select_related("conversation__inbox", "inbox").get(pk=message.pk)
        delivery._send(claim, loaded, get_channel(loaded.inbox))
        assert paper.texts == []
        assert not outbox.fail(message_id=message.pk, attempt=claim.attempt, code="", text="late")
    message.refresh_from_db()
    assert message.state == MessageState.UNKNOWN


def test_an_agent_may_send_again_what_nobody_knows_about(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        paper.plan[:] = [DeliveryUnknown("no answer")]
        drain()
        with pytest.raises(WrongStatus):
            decisions.retry_reply(actor=cast.lena, message_id=message.pk)
        journey.shift(dt.timedelta(minutes=10))
        delivery.settle_next()
        decisions.retry_reply(actor=cast.lena, message_id=message.pk)
        drain()
    assert paper.texts == ["On its way"]
    assert DeliveryAttempt.objects.count() == 2


def test_a_reply_that_is_sent_again_was_sent_when_it_was_taken_the_second_time(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        drain()
        message.refresh_from_db()
        report(message, DeliveryStatus.FAILED)
        journey.shift(dt.timedelta(minutes=10))
        decisions.retry_reply(actor=cast.lena, message_id=message.pk)
        drain()
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (MessageState.SENT, NINE + dt.timedelta(minutes=10))


def test_a_persons_second_try_is_a_new_series_of_tries(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))

        def fares(tries: int) -> list[str]:
            """Let so many tries be refused for the moment, and return the states they leave."""
            states = []
            for _ in range(tries):
                paper.plan[:] = [BUSY]
                drain()
                message.refresh_from_db()
                states.append(str(message.state))
                journey.move_to(max(message.due_at or NINE, clock.now()))
            return states

        assert fares(6) == ["queued"] * 5 + ["failed"]
        decisions.retry_reply(actor=cast.lena, message_id=message.pk)
        assert fares(6) == ["queued"] * 5 + ["failed"]
        journey.shift(dt.timedelta(days=1))
        decisions.retry_reply(actor=cast.lena, message_id=message.pk)
        assert fares(2) == ["queued"] * 2, "the quarter of an hour begins anew as well"
        journey.shift(dt.timedelta(minutes=16))
        assert fares(1) == ["failed"]
    numbers = message.attempts.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == sorted(set(numbers)), "no attempt is taken for another"


@pytest.mark.parametrize("late", [DeliveryStatus.SENT, DeliveryStatus.FAILED])
def test_a_late_copy_about_the_first_attempt_says_nothing_about_the_second(cast: House, late: DeliveryStatus) -> None:
    message = reply(cast, ticket_of(writes(cast.inbox)))
    drain()
    message.refresh_from_db()
    of_the_first = {"external_id": message.external_id, "token": str(DeliveryAttempt.objects.get().token)}
    report(message, DeliveryStatus.FAILED, **of_the_first)
    decisions.retry_reply(actor=cast.lena, message_id=message.pk)
    assert report(message, late, **of_the_first)
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED, "what Lena sends again has not left yet"
    drain()
    message.refresh_from_db()
    assert (message.state, paper.texts) == (MessageState.SENT, ["On its way", "On its way"])
    report(message, late, **of_the_first)
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_the_first_attempt_may_turn_out_to_have_arrived_before_the_second_leaves(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        message = reply(cast, ticket_of(writes(cast.inbox)))
        paper.plan[:] = [DeliveryUnknown("no answer")]
        drain()
        journey.shift(dt.timedelta(minutes=10))
        delivery.settle_next()
        decisions.retry_reply(actor=cast.lena, message_id=message.pk)
        token = str(DeliveryAttempt.objects.get().token)
        report(message, DeliveryStatus.DELIVERED, external_id="wamid.1", token=token)
        drain()
    message.refresh_from_db()
    assert (message.state, paper.texts) == (MessageState.SENT, []), "a second copy would be one too many"


def test_a_message_that_cannot_be_settled_does_not_hold_up_those_behind_it(transactional_db: None, cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        first = ticket_of(writes(cast.inbox))
        second = ticket_of(writes(cast.inbox, phone="4915112345678"))
        broken = reply(cast, first)
        lifecycle.resolve(actor=cast.lena, ticket_id=first.pk, seen_seq=newest_seq(first))
        good = reply(cast, second)
        paper.plan[:] = [DeliveryUnknown("no answer"), DeliveryUnknown("no answer")]
        drain()
        # Taken over from another system, its history does not tell how it was resolved.
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute("SET LOCAL session_replication_role = replica")
            sql.execute("UPDATE tickets_ticketevent SET kind = 'subject_changed' WHERE kind = 'resolved'")
        journey.shift(dt.timedelta(minutes=10))
        while delivery.settle_next():
            pass
    good.refresh_from_db()
    broken.refresh_from_db()
    assert (good.asked_at, broken.asked_at) == (NINE + dt.timedelta(minutes=10), None)


def test_a_discarded_reply_is_no_answer(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    message = reply(cast, ticket)
    paper.plan[:] = [BLOCKED]
    drain()
    decisions.discard_reply(actor=cast.lena, message_id=message.pk)
    ticket.refresh_from_db()
    assert ticket.unanswered_count == 1
    drain()
    assert paper.texts == []


def test_the_window_that_closes_while_a_reply_is_queued_stops_it(cast: House) -> None:
    message = reply(cast, ticket_of(writes(cast.inbox)))
    paper.refuse = Refusal(code="window_closed", text="The reply window has closed.")
    drain()
    message.refresh_from_db()
    assert (message.state, message.error_code, paper.texts) == (MessageState.FAILED, "window_closed", [])


def test_a_closed_window_refuses_before_anything_is_queued(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    paper.refuse = Refusal(code="window_closed", text="The reply window has closed.")
    with pytest.raises(ChannelRefused):
        reply(cast, ticket)
    assert not Message.objects.filter(kind=MessageKind.OUTBOUND).exists()


def test_messages_of_a_conversation_leave_in_order_and_a_retry_holds_the_next(cast: House) -> None:
    with time_machine.travel(NINE, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        for text in ("One", "Two", "Three"):
            reply(cast, ticket, text)
        paper.plan[:] = [BUSY]
        drain()
        assert paper.texts == []
        journey.shift(dt.timedelta(seconds=3))
        drain()
    assert paper.texts == ["One", "Two", "Three"]


@pytest.mark.parametrize("plan", [[BLOCKED], [DeliveryUnknown("no answer")]], ids=["failed", "unknown"])
def test_what_failed_or_is_unknown_holds_nobody(cast: House, plan: list[Exception]) -> None:
    ticket = ticket_of(writes(cast.inbox))
    reply(cast, ticket, "One")
    reply(cast, ticket, "Two")
    paper.plan[:] = plan
    drain()
    assert paper.texts == ["Two"]


def test_an_inbox_that_hangs_takes_no_more_than_its_share(cast: House) -> None:
    cast.inbox.max_sending = 2
    cast.inbox.save()
    for number in range(5):
        reply(cast, ticket_of(writes(cast.inbox, phone=f"4917600000{number}")))
    assert [delivery._claim() is not None for _ in range(4)] == [True, True, False, False]


STATUSES = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED)


@pytest.mark.parametrize("order", list(itertools.permutations(STATUSES)), ids="-".join)
def test_every_order_of_statuses_with_copies_ends_in_the_same_row(
    cast: House, order: tuple[DeliveryStatus, ...]
) -> None:
    message = reply(cast, ticket_of(writes(cast.inbox)))
    drain()
    message.refresh_from_db()
    times = {status: clock.now() - dt.timedelta(seconds=30 - 5 * place) for place, status in enumerate(STATUSES)}
    for status in order:
        for _copy in range(3):
            report(message, status, occurred_at=times[status])
    message.refresh_from_db()
    assert message.state == MessageState.SENT, "it was read, so it was delivered, whatever else is claimed"
    assert (message.delivered_at, message.read_at) == (
        times[DeliveryStatus.DELIVERED],
        times[DeliveryStatus.READ],
    )
    assert message.failed_at is None


def test_a_late_sent_does_not_undo_a_failure(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    message = reply(cast, ticket)
    drain()
    message.refresh_from_db()
    report(message, DeliveryStatus.FAILED, error_code="131026", error_text="Not on WhatsApp.")
    report(message, DeliveryStatus.SENT)
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.FAILED, "131026")
    assert ticket.unanswered_count == 1


def test_a_status_of_a_strangers_message_is_nobodys(cast: House) -> None:
    message = reply(cast, ticket_of(writes(cast.inbox)))
    drain()
    assert not report(message, DeliveryStatus.READ, external_id="wamid.of-somebody-else")


def test_a_status_that_overtakes_the_answer_is_not_taken_back(cast: House) -> None:
    message = reply(cast, ticket_of(writes(cast.inbox)))

    def delivered_first(sending: Message) -> str:
        token = str(DeliveryAttempt.objects.get(message=sending).token)
        assert report(sending, DeliveryStatus.DELIVERED, external_id="wamid.9", token=token)
        return "wamid.9"

    paper.plan[:] = [delivered_first]
    drain()
    message.refresh_from_db()
    assert (message.state, message.external_id) == (MessageState.SENT, "wamid.9")
    assert message.delivered_at is not None


def test_a_note_has_no_way_out(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    note = messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text="Batch F2", client_id=uuid.uuid4())
    drain()
    assert paper.texts == []
    for fields in ({"state": MessageState.QUEUED, "due_at": clock.now()}, {"external_id": "wamid.1"}):
        with pytest.raises(IntegrityError, match="tickets_note_never_leaves"), transaction.atomic():
            Message.objects.filter(pk=note.pk).update(**fields)


def test_two_messages_of_a_conversation_cannot_be_under_way(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    first, second = reply(cast, ticket, "One"), reply(cast, ticket, "Two")
    lease = {"state": MessageState.SENDING, "attempt": 1, "lease_until": clock.now()}
    Message.objects.filter(pk=first.pk).update(**lease)
    with pytest.raises(IntegrityError, match="tickets_one_sending_per_conversation"):
        Message.objects.filter(pk=second.pk).update(**lease)


def test_history_cannot_be_rewritten(cast: House) -> None:
    ticket_of(writes(cast.inbox))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        TicketEvent.objects.update(kind=EventKind.CLOSED)
    with pytest.raises(IntegrityError, match="append-only"):
        TicketEvent.objects.all()._raw_delete(TicketEvent.objects.db)


def test_an_inbox_that_is_switched_off_sends_nothing(cast: House) -> None:
    reply(cast, ticket_of(writes(cast.inbox)))
    cast.inbox.is_active = False
    cast.inbox.save()
    drain()
    assert paper.texts == []
    assert intake.receive(writes(cast.inbox, "still here?")).ticket_id
