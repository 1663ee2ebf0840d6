"""From one stored request to its updates: tolerant, in order, exactly once."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from channels_whatsapp import inbound, splitting
from channels_whatsapp.models import InboundUpdate, Lane, WebhookRequest, WhatsAppNumber
from channels_whatsapp.numbers import connect_number
from helpdesk import clock
from tests.cast import House
from tests.channels_whatsapp.payloads import (
    AOIFE_BSUID,
    PNID,
    card,
    encode,
    envelope,
    now_seconds,
    status,
    text,
    value,
)
from tickets.models import Inbox, Message

pytestmark = pytest.mark.django_db
Post = Callable[[Any], int]


def store(payload: Any) -> WebhookRequest:
    """Store a request as the webhook does."""
    body = payload if isinstance(payload, bytes) else encode(payload)
    return WebhookRequest.objects.create(body=body, size=len(body), secret_index=0, received_at=clock.now())


def at_once(run: Callable[[], None], workers: int) -> None:
    """Let several workers start at the same moment, each with its own connection; what one raises is raised here."""
    barrier = threading.Barrier(workers)

    def worker() -> None:
        barrier.wait(10)
        try:
            run()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(worker) for _ in range(workers)]:
            future.result(60)


def states() -> list[tuple[str, str]]:
    return list(InboundUpdate.objects.order_by("pk").values_list("state", "parked_reason"))


def test_every_message_and_status_of_a_batch_becomes_one_update_in_its_order(number: WhatsAppNumber) -> None:
    payload = envelope(
        value(messages=[text("1"), text("2")]), value(statuses=[status("wamid.A")]), value(messages=[text("3")])
    )
    payload["entry"].append(envelope(value(messages=[text("4")]))["entry"][0])
    request = store(payload)
    assert splitting.split_next()
    rows = request.updates.order_by("position")
    assert [row.position for row in rows] == [0, 1, 2, 3, 4]
    assert [row.lane for row in rows] == [Lane.MESSAGE, Lane.MESSAGE, Lane.STATUS, Lane.MESSAGE, Lane.MESSAGE]
    assert [row.payload["message"]["text"]["body"] for row in rows if row.lane == Lane.MESSAGE] == list("1234")
    assert {row.number for row in rows} == {number}


def test_an_entry_that_is_an_object_instead_of_a_list_is_read_all_the_same(number: WhatsAppNumber) -> None:
    payload = envelope(value(messages=text("hello"), contacts=card()))
    payload["entry"] = payload["entry"][0]
    payload["entry"]["changes"] = payload["entry"]["changes"][0]
    store(payload)
    splitting.split_next()
    assert states() == [("waiting", "")]
    assert InboundUpdate.objects.get().payload["contact"] == card()


def test_each_message_keeps_the_card_of_its_own_sender(number: WhatsAppNumber) -> None:
    ana = card("Ana", wa_id=None, user_id="PT.77")
    messages = [text("by number"), text("by id", **{"from": None, "from_user_id": "PT.77"})]
    store(envelope(value(messages=messages, contacts=[ana, card()])))
    splitting.split_next()
    first, second = InboundUpdate.objects.order_by("pk")
    assert first.payload["contact"]["profile"]["name"] == "Aoife Brennan"
    assert second.payload["contact"]["profile"]["name"] == "Ana"
    assert second.identity_key == f"{PNID}:PT.77"


def test_a_person_known_by_id_and_number_has_one_place_in_the_line(number: WhatsAppNumber) -> None:
    store(envelope(value(messages=[text("1"), text("2")], contacts=[card(user_id=AOIFE_BSUID)])))
    splitting.split_next()
    assert set(InboundUpdate.objects.values_list("identity_key", flat=True)) == {f"{PNID}:{AOIFE_BSUID}"}


def test_contacts_beside_statuses_are_no_message(number: WhatsAppNumber) -> None:
    store(envelope(value(statuses=[status("wamid.A")], contacts=[card()])))
    splitting.split_next()
    assert InboundUpdate.objects.get().lane == Lane.STATUS


@pytest.mark.parametrize(
    "payload",
    [
        envelope({"event": "APPROVED"}, field="message_template_status_update"),
        envelope({"what": "ever"}, field="a_field_of_next_year"),
        envelope(value(errors=[{"code": 130429}])),
        {"entry": [{"changes": [{"field": "messages", "value": "text"}]}]},
        {"entry": [{"changes": [{}]}]},
    ],
)
def test_whatever_is_neither_message_nor_status_is_kept_and_done(
    number: WhatsAppNumber, drain: Callable[[], None], payload: Any
) -> None:
    store(payload)
    drain()
    update = InboundUpdate.objects.get()
    assert (update.lane, update.state, update.outcome) == (Lane.OTHER, "done", "ignored")


def test_nul_and_lone_surrogates_are_cleaned_and_emoji_are_not(number: WhatsAppNumber) -> None:
    body = encode(envelope(value(messages=[text("PLACE")]))).replace(b"PLACE", b"a\\u0000b\\ud83cc \\ud83c\\udfd5")
    store(body)
    splitting.split_next()
    assert InboundUpdate.objects.get().payload["message"]["text"]["body"] == "ab\ufffdc 🏕"


def test_ids_that_come_as_whole_numbers_keep_every_digit(number: WhatsAppNumber) -> None:
    store({"entry": [{"changes": [{"field": "x", "value": {"id": 12345678901234567890, "more": 10**30}}]}]})
    splitting.split_next()
    assert InboundUpdate.objects.get().payload["value"] == {"id": 12345678901234567890, "more": str(10**30)}


def test_splitting_twice_is_impossible(number: WhatsAppNumber) -> None:
    store(envelope(value(messages=[text()])))
    assert splitting.split_next() is True
    assert splitting.split_next() is False
    assert InboundUpdate.objects.count() == 1


def test_a_request_whose_splitter_died_is_split_when_the_lease_ends(number: WhatsAppNumber) -> None:
    store(envelope(value(messages=[text()])))
    ids, _until = splitting._claim_requests()
    assert ids
    assert splitting.split_next() is False
    with time_machine.travel(clock.now() + splitting.LEASE, tick=False):
        assert splitting.split_next() is True
    assert InboundUpdate.objects.count() == 1


def test_a_request_that_kills_its_splitter_five_times_is_given_up_and_the_others_are_split(
    number: WhatsAppNumber,
) -> None:
    poison, innocent = store(envelope(value(messages=[text()]))), store(envelope(value(messages=[text()])))
    later = clock.now()
    for _ in range(splitting.MAX_ATTEMPTS):
        with time_machine.travel(later, tick=False):
            ids, _until = splitting._claim_requests()
            assert poison.pk in ids
        later += splitting.LEASE
    with time_machine.travel(later, tick=False):
        assert splitting.split_next()
        assert splitting.split_next()
    poison.refresh_from_db()
    assert poison.unreadable == "gave_up"
    assert list(InboundUpdate.objects.values_list("request", flat=True)) == [innocent.pk]


# -- Unknown numbers and old updates -----------------------------------------------------------------


def test_messages_for_a_number_without_an_inbox_wait_until_it_has_one(cast: House, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text("too early")], pnid="999"), value(statuses=[status("w")], pnid="999")))
    drain()
    assert states() == [("parked", "unknown_number")] * 2
    assert not Message.objects.exists()
    connect_number(inbox=cast.inbox, phone_number_id="999", waba_id="", display_number="", access_token="token")
    drain()
    assert Message.objects.get().text == "too early"


def test_a_number_that_was_connected_while_its_request_was_split_is_found_by_the_sweep(cast: House) -> None:
    store(envelope(value(messages=[text()])))
    splitting.split_next()
    WhatsAppNumber.objects.create(inbox=cast.inbox, phone_number_id=PNID, access_token="token")
    assert inbound.adopt() == 1
    assert states() == [("waiting", "")]


def test_without_metadata_an_update_is_parked(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    content = value(messages=[text()])
    del content["metadata"]
    store(envelope(content))
    drain()
    assert states() == [("parked", "unknown_number")]


def test_mixed_numbers_in_one_request_reach_their_own_inboxes(
    cast: House, number: WhatsAppNumber, drain: Callable[[], None]
) -> None:
    second = Inbox.objects.create(name="Support US", channel="whatsapp", team=cast.finance)
    connect_number(inbox=second, phone_number_id="777", waba_id="", display_number="", access_token="token")
    store(envelope(value(messages=[text("eu")]), value(messages=[text("us")], pnid="777")))
    drain()
    assert dict(Message.objects.values_list("text", "inbox")) == {"eu": cast.inbox.pk, "us": second.pk}


def test_what_was_more_than_eight_days_old_on_arrival_is_parked_and_can_be_tried_again(
    number: WhatsAppNumber, drain: Callable[[], None]
) -> None:
    eight_days = 8 * 24 * 3600
    old = text("replayed", timestamp=str(now_seconds() - eight_days - 5))
    late = text("late", timestamp=str(now_seconds() - eight_days + 60))
    store(envelope(value(messages=[old, late])))
    drain()
    assert states() == [("parked", "too_old"), ("done", "")]
    inbound.replay(list(InboundUpdate.objects.values_list("pk", flat=True)))
    drain()
    assert set(Message.objects.values_list("text", flat=True)) == {"replayed", "late"}


def test_after_a_long_outage_of_ours_nothing_counts_as_old(number: WhatsAppNumber, drain: Callable[[], None]) -> None:
    store(envelope(value(messages=[text()])))
    with time_machine.travel(clock.now() + dt.timedelta(days=20), tick=False):
        drain()
    assert states() == [("done", "")]


# -- Several workers ---------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_workers_split_each_request_once_and_number_the_updates_in_order_of_receipt(
    number: WhatsAppNumber,
) -> None:
    requests = [store(envelope(value(messages=[text(str(n)), text(str(n))]))) for n in range(120)]

    def run() -> None:
        while WebhookRequest.objects.filter(finished_at__isnull=True).exists():
            splitting.split_next()

    at_once(run, 4)
    rows = list(InboundUpdate.objects.order_by("pk").values_list("request_id", "position"))
    assert rows == [(request.pk, position) for request in requests for position in (0, 1)]


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_claims_another_does_not_wait(number: WhatsAppNumber) -> None:
    store(envelope(value(messages=[text()])))
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [splitting.ADVISORY_SPLIT])
            held.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    assert splitting.split_next() is False
    release.set()
    thread.join(10)
    assert splitting.split_next() is True
