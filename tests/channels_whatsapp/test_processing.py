"""From updates to effects: in order, once, and never stopped by one bad row."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection

from channels_whatsapp import claims, inbound, splitting
from channels_whatsapp.models import InboundUpdate, Lane, UpdateState, WhatsAppNumber
from helpdesk import clock
from tests.channels_whatsapp.payloads import AOIFE_BSUID, card, envelope, status, text, value
from tests.channels_whatsapp.test_splitting import at_once, store
from tickets.models import Contact, ContentType, Message, Ticket

pytestmark = pytest.mark.django_db


def outcomes() -> list[str]:
    return list(InboundUpdate.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.fixture
def poison_is_refused(db: None) -> None:
    """Let the database refuse texts with "poison" in them, as a stand-in for any bug that one message meets."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_message ADD CONSTRAINT poison CHECK (text NOT LIKE '%poison%')")


def test_a_text_message_becomes_a_ticket(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text("Where is my parcel?")], contacts=[card(user_id=AOIFE_BSUID)])))
    drain()
    message = Message.objects.get()
    assert (message.text, message.content_type) == ("Where is my parcel?", ContentType.TEXT)
    assert message.ticket is not None
    contact = Contact.objects.get()
    assert (contact.name, contact.phone) == ("Aoife Brennan", "+353 87 412 0968")
    assert set(contact.identities.values_list("kind", "value")) == {
        ("bsuid", AOIFE_BSUID),
        ("phone", "353874120968"),
    }
    assert outcomes() == ["applied"]


def test_a_copy_of_a_request_changes_nothing(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    payload = envelope(value(messages=[text()]))
    for _ in range(3):
        store(payload)
        drain()
    assert outcomes() == ["applied", "duplicate", "duplicate"]
    assert Message.objects.count() == 1


def test_the_same_body_again_after_a_month_changes_nothing(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    payload = envelope(value(messages=[text()]))
    store(payload)
    drain()
    InboundUpdate.objects.all().delete()
    with time_machine.travel(clock.now() + dt.timedelta(days=30), tick=False):
        store(payload)
        drain()
    assert InboundUpdate.objects.get().parked_reason == "too_old"
    assert Message.objects.count() == 1


def test_messages_are_claimed_before_statuses(number: WhatsAppNumber) -> None:
    store(envelope(value(statuses=[status(f"wamid.{n}") for n in range(30)])))
    store(envelope(value(messages=[text()])))
    splitting.split_next()
    claimed = claims.claim()
    assert claimed[0].lane == Lane.MESSAGE
    assert len(claimed) == claims.BATCH


def test_an_update_waits_for_the_older_ones_of_its_sender(number: WhatsAppNumber) -> None:
    other = text("other", **{"from": "351911222333"})
    store(envelope(value(messages=[text("1"), text("2"), other], contacts=[])))
    splitting.split_next()
    claimed = [update.payload["message"]["text"]["body"] for update in claims.claim()]
    assert claimed == ["1", "2", "other"]


def test_of_a_sender_whom_one_worker_serves_no_other_takes_anything(number: WhatsAppNumber) -> None:
    messages = [text(str(n)) for n in range(claims.BATCH + 5)] + [text("other", **{"from": "351911222333"})]
    store(envelope(value(messages=messages, contacts=[])))
    splitting.split_next()
    assert len(claims.claim()) == claims.BATCH
    assert [update.payload["message"]["text"]["body"] for update in claims.claim()] == ["other"]
    assert claims.claim() == []


def test_after_one_that_failed_the_rest_of_its_senders_run_is_given_back(
    number: WhatsAppNumber, poison_is_refused: None
) -> None:
    other = text("other", **{"from": "351911222333"})
    store(envelope(value(messages=[text("poison"), text("2"), text("3"), other], contacts=[])))
    assert inbound.process_next()
    assert list(Message.objects.values_list("text", flat=True)) == ["other"]
    rows = InboundUpdate.objects.filter(state=UpdateState.WAITING).order_by("pk")
    assert list(rows.values_list("attempts", "lease_until")) == [(1, None), (0, None), (0, None)]
    assert claims.claim() == []


@pytest.mark.parametrize(
    ("candidates", "locked", "run"),
    [
        ([(1, 0, "a"), (2, 0, "a"), (3, 0, "b")], [1, 2, 3], [1, 2, 3]),
        ([(1, 1, "a"), (2, 0, "a"), (3, 0, "b")], [1, 2, 3], [1]),
        ([(1, 0, "a"), (2, 1, "b"), (3, 0, "b"), (4, 0, "c")], [1, 2, 3, 4], [1, 4]),
        ([(1, 0, "a"), (2, 0, "a"), (3, 0, "b")], [2, 3], [3]),
        ([(1, 0, ""), (2, 0, ""), (3, 1, ""), (4, 0, "")], [2, 3, 4], [2, 4]),
        ([(1, 0, "a")], [], []),
    ],
)
def test_a_run_never_overtakes_within_a_sender(
    candidates: list[tuple[int, int, str]], locked: list[int], run: list[int]
) -> None:
    assert claims.choose([claims.Candidate(*row) for row in candidates], locked) == run


def test_a_parked_update_no_longer_holds_its_sender_up(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text("no id", id=None), text("next")])))
    drain()
    assert list(InboundUpdate.objects.order_by("pk").values_list("state", "parked_reason")) == [
        ("parked", "unusable"),
        ("done", ""),
    ]


def test_a_status_that_is_early_holds_no_message_up(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(statuses=[status("wamid.UNKNOWN")])))
    drain()
    store(envelope(value(messages=[text()])))
    drain()
    assert sorted(InboundUpdate.objects.values_list("lane", "state")) == [(1, "done"), (2, "waiting")]


def test_work_that_fails_is_tried_five_times_and_then_parked(
    number: WhatsAppNumber, poison_is_refused: None, drain: Callable[[], None]
) -> None:
    store(envelope(value(messages=[text("poison"), text("after it")])))
    start = clock.now()
    for seconds in range(40):
        with time_machine.travel(start + dt.timedelta(seconds=seconds), tick=False):
            drain()
    poison, after = InboundUpdate.objects.order_by("pk")
    assert (poison.state, poison.parked_reason, poison.attempts) == ("parked", "gave_up", splitting.MAX_ATTEMPTS)
    assert after.state == UpdateState.DONE
    assert list(Message.objects.values_list("text", flat=True)) == ["after it"]


def test_others_do_not_wait_for_one_that_fails(
    number: WhatsAppNumber, poison_is_refused: None, drain: Callable[[], None]
) -> None:
    people = [f"35191122233{n}" for n in range(9)]
    messages = [text("poison" if n == 4 else "fine", **{"from": phone}) for n, phone in enumerate(people)]
    store(envelope(value(messages=messages, contacts=[])))
    drain()
    assert Message.objects.count() == 8


def test_after_a_repair_a_parked_update_can_be_tried_again(
    number: WhatsAppNumber, poison_is_refused: None, drain: Callable[[], None]
) -> None:
    store(envelope(value(messages=[text("poison")])))
    start = clock.now()
    for seconds in range(40):
        with time_machine.travel(start + dt.timedelta(seconds=seconds), tick=False):
            drain()
    update = InboundUpdate.objects.get()
    assert update.state == UpdateState.PARKED
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_message DROP CONSTRAINT poison")
    assert inbound.replay([update.pk]) == 1
    drain()
    assert Message.objects.get().text == "poison"


def test_a_crash_between_claim_and_end_costs_one_lease(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text()])))
    splitting.split_next()
    assert len(claims.claim()) == 1
    drain()
    assert not Message.objects.exists()
    with time_machine.travel(clock.now() + claims.LEASE, tick=False):
        drain()
    assert Message.objects.count() == 1
    assert InboundUpdate.objects.get().attempts == 2


def test_a_frozen_worker_that_wakes_up_changes_nothing(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text()])))
    splitting.split_next()
    (frozen,) = claims.claim()
    with time_machine.travel(clock.now() + claims.LEASE, tick=False):
        (taken_over,) = claims.claim()
        inbound.work(frozen)
        assert not Message.objects.exists()
        inbound.work(taken_over)
    assert Message.objects.count() == 1
    assert outcomes() == ["applied"]


def test_a_row_that_kills_its_worker_is_parked_and_takes_nobody_with_it(
    number: WhatsAppNumber, drain: Callable[[], None]
) -> None:
    """The killer is the first of a batch; from the second try on each row of that batch is tried alone."""
    people = [f"35191122233{n}" for n in range(5)]
    store(envelope(value(messages=[text(f"m{n}", **{"from": p}) for n, p in enumerate(people)], contacts=[])))
    splitting.split_next()
    killer = InboundUpdate.objects.order_by("pk")[0].pk
    moment = clock.now()
    for _ in range(30):
        with time_machine.travel(moment, tick=False):
            while claimed := claims.claim():
                for update in claimed:
                    if update.pk == killer and update.attempts <= splitting.MAX_ATTEMPTS:
                        break  # The process is gone, and the rest of its batch with it.
                    inbound.work(update)
        moment += claims.LEASE
    states = dict(InboundUpdate.objects.values_list("pk", "state"))
    assert Counter(states.values()) == {"parked": 1, "done": 4}
    assert states[killer] == "parked"


def test_effects_and_end_are_one_transaction(number: WhatsAppNumber) -> None:
    store(envelope(value(messages=[text()])))
    splitting.split_next()
    (update,) = claims.claim()
    InboundUpdate.objects.filter(pk=update.pk).update(lease_until=clock.now())
    inbound.work(update)
    assert not Message.objects.exists()
    assert not Contact.objects.exists()
    assert InboundUpdate.objects.get().state == UpdateState.WAITING


@pytest.mark.parametrize(
    ("kind", "block"),
    [
        ("reaction", {"reaction": {"message_id": "wamid.X", "emoji": "👍"}}),
        ("system", {"system": {"type": "user_changed_number", "wa_id": "1"}}),
        ("edit", {"edit": {"original_message_id": "wamid.X"}}),
        ("revoke", {"revoke": {"original_message_id": "wamid.X"}}),
        ("request_welcome", {}),
    ],
)
def test_what_concerns_nobody_opens_no_ticket_and_no_window(
    number: WhatsAppNumber, drain: Callable[[], None], kind: str, block: dict[str, Any]
) -> None:
    store(envelope(value(messages=[text(type=kind, text=None, **block)])))
    drain()
    assert outcomes() == ["applied"]
    assert not Ticket.objects.exists()
    assert not Contact.objects.get().identities.filter(last_inbound_at__isnull=False).exists()


@pytest.mark.parametrize("kind", ["unsupported", "unknown", "poll", "ephemeral_of_next_year", "", None])
def test_a_kind_that_nobody_knows_still_opens_a_ticket(
    number: WhatsAppNumber, drain: Callable[[], None], kind: str | None
) -> None:
    store(envelope(value(messages=[text(type=kind)])))
    drain()
    assert Message.objects.get().content_type == ContentType.UNSUPPORTED
    assert Ticket.objects.count() == 1


def test_a_group_message_is_let_pass(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text(group_id="g1")])))
    drain()
    assert outcomes() == ["ignored"]


def test_nothing_of_what_people_write_reaches_the_log(
    number: WhatsAppNumber,
    poison_is_refused: None,
    drain: Callable[[], None],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    sentinel = "sentinel-of-a-customer"
    store(envelope(value(messages=[text(sentinel), text(sentinel, id=None), text(sentinel, group_id="g")])))
    store(envelope(value(messages=[text(f"poison {sentinel}", **{"from": "351911222333"})], contacts=[])))
    store(f'{{"entry": "{sentinel}'.encode())
    store(envelope({"note": sentinel}, field="account_update"))
    drain()
    seen = caplog.text + "".join(capfd.readouterr())
    assert "webhook_unreadable" in seen
    assert "update_failed" in seen
    assert sentinel not in seen
    assert "353874120968" not in seen
    assert "351911222333" not in seen


# -- Several workers ---------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_parallel_copies_have_the_effect_of_one(number: WhatsAppNumber) -> None:
    payload = envelope(value(messages=[text("once")]))
    for _ in range(10):
        store(payload)
    splitting.split_next()
    # As if ten workers held one copy each: the order within a sender would make them take turns.
    InboundUpdate.objects.update(identity_key="")

    def run() -> None:
        while inbound.process_next():
            pass

    at_once(run, 5)
    assert Counter(outcomes()) == {"applied": 1, "duplicate": 9}
    assert Message.objects.count() == 1
    assert Ticket.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_workers_keep_each_senders_order_and_lose_nothing(number: WhatsAppNumber) -> None:
    people = [f"35191122233{n}" for n in range(8)]
    for round_number in range(6):
        for phone in people:
            store(envelope(value(messages=[text(str(round_number), **{"from": phone})], contacts=[])))

    def run() -> None:
        while InboundUpdate.objects.filter(state=UpdateState.WAITING).exists() or splitting.split_next():
            inbound.process_next()

    at_once(run, 4)
    assert Ticket.objects.count() == len(people)
    for ticket in Ticket.objects.all():
        assert list(ticket.messages.order_by("seq").values_list("text", flat=True)) == list("012345")
