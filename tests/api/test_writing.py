"""What programs do: the actions of the pages, with refusals that a program can read."""

import datetime as dt
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse

from agents.api import idempotency
from agents.models import IdempotencyKey
from helpdesk import clock
from tests.api.conftest import Program, problem, program_of
from tests.cast import House, house, newest_seq, ticket_of, writes
from tests.inbox.conftest import reply_fields
from tests.paper import paper
from tickets import delivery
from tickets.actions import assignment, automatic, lifecycle, messaging
from tickets.actions.base import lock_ticket
from tickets.channels import Refusal
from tickets.models import (
    Contact,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Status,
    Tag,
    Ticket,
    TicketEvent,
)


def said(ticket: Ticket, text: str = "So sorry, Aoife.", **fields: Any) -> dict[str, Any]:
    """Return a reply as a program sends it."""
    return {"kind": "reply", "text": text, "seen_seq": newest_seq(ticket), **fields}


def body(answer: HttpResponse) -> Any:
    """Return what an answer says."""
    return json.loads(answer.content)


def test_a_reply_leaves_the_house_and_can_be_followed(cast: House, lena: Program, ticket: Ticket) -> None:
    answer = lena.send("POST", f"tickets/{ticket.pk}/messages/", said(ticket))
    assert answer.status_code == 201
    assert delivery.deliver_next()
    assert paper.texts == ["So sorry, Aoife."]
    found = lena.read(answer["Location"].removeprefix("http://testserver"))
    assert (found["id"], found["delivery"]["state"]) == (body(answer)["id"], "sent")
    assert lena.read(f"tickets/{ticket.pk}/")["assignee"]["id"] == cast.lena.pk


def test_a_note_stays_in_the_house(lena: Program, ticket: Ticket) -> None:
    answer = lena.send("POST", f"tickets/{ticket.pk}/messages/", {"kind": "note", "text": "Batch F2 again"})
    assert (answer.status_code, body(answer)["kind"], body(answer)["delivery"]) == (201, "note", None)
    assert not delivery.deliver_next()


def test_a_reply_that_has_not_left_can_be_taken_back(cast: House, lena: Program, ticket: Ticket) -> None:
    cast.returns.send_delay_seconds = 5
    cast.returns.save()
    reply = body(lena.send("POST", f"tickets/{ticket.pk}/messages/", said(ticket)))
    assert reply["delivery"]["state"] == "held"
    assert body(lena.send("DELETE", f"messages/{reply['id']}/"))["delivery"]["state"] == "cancelled"
    note = messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text="x", client_id=uuid.uuid4())
    assert lena.send("DELETE", f"messages/{note.pk}/").status_code == 404


def test_what_the_machine_said_is_no_reply_to_take_back(cast: House, lena: Program, ticket: Ticket) -> None:
    conversation, locked = lock_ticket(ticket.pk)
    thanks = automatic.post(
        conversation=conversation, ticket=locked, purpose=Purpose.UPDATE, text="Hello", language="en", at=clock.now()
    )
    assert problem(lena.send("DELETE", f"messages/{thanks.pk}/"))["status"] == 404


def test_what_nobody_has_seen_is_neither_answered_nor_resolved(cast: House, lena: Program, ticket: Ticket) -> None:
    stale = said(ticket)
    ticket_of(writes(cast.inbox, "One more thing"))
    newer = Message.objects.latest("seq")
    refused = lena.send("PUT", f"tickets/{ticket.pk}/resolution/", {"seen_seq": stale["seen_seq"]})
    assert refused.status_code == 409
    assert (problem(refused)["code"], problem(refused)["message_ids"]) == ("newer_activity", [newer.pk])
    messaging.reply(actor=cast.mateus, ticket_id=ticket.pk, **reply_fields(ticket, "His answer"))
    late = lena.send("POST", f"tickets/{ticket.pk}/messages/", stale)
    assert (late.status_code, problem(late)["code"]) == (409, "newer_activity")


def test_outside_the_reply_window_the_problem_says_what_would_help(lena: Program, ticket: Ticket) -> None:
    paper.refuse = Refusal(code="window_closed", text="Only templates now.", remedy="Wait for an answer.")
    found = problem(lena.send("POST", f"tickets/{ticket.pk}/messages/", said(ticket)))
    assert (found["status"], found["code"], found["refusal"]) == (422, "channel_refused", "window_closed")
    assert (found["detail"], found["remedy"]) == ("Only templates now.", "Wait for an answer.")


def test_subject_priority_and_tags_change_together_or_not_at_all(lena: Program, ticket: Ticket) -> None:
    ticket.tags.add(Tag.objects.create(name="old"), Tag.objects.create(name="Tent"))
    wanted = {"subject": "Tent pole", "priority": "urgent", "tags": ["tent", "batch F2"]}
    found = body(lena.send("PATCH", f"tickets/{ticket.pk}/", wanted))
    assert (found["subject"], found["priority"], sorted(found["tags"])) == ("Tent pole", "urgent", ["Tent", "batch F2"])
    version = found["version"]
    refused = lena.send("PATCH", f"tickets/{ticket.pk}/", {"subject": "Other", "tags": ["x", " \t "]})
    assert refused.status_code in {400, 422}
    assert (lena.read(f"tickets/{ticket.pk}/")["version"]) == version


def test_work_is_claimed_given_and_handed_over(cast: House, lena: Program, ticket: Ticket) -> None:
    mateus, address = program_of(cast.mateus), f"tickets/{ticket.pk}/"
    assert body(lena.send("PUT", f"{address}claim/"))["assignee"]["id"] == cast.lena.pk
    assert problem(mateus.send("PUT", f"{address}claim/"))["code"] == "already_assigned"
    assert problem(mateus.send("PUT", f"{address}assignment/", {"assignee": None}))["code"] == "not_allowed"
    given = lena.send("PUT", f"{address}assignment/", {"assignee": cast.mateus.pk})
    assert body(given)["assignee"]["name"] == "Mateus"
    handed = mateus.send("POST", f"{address}transfer/", {"team": cast.finance.pk, "note": "A refund"})
    assert body(handed) == {"id": ticket.pk, "team": {"id": cast.finance.pk, "name": "Finance"}, "assignee": None}
    assert mateus.get(address).status_code == 404
    assert Message.objects.filter(kind=MessageKind.NOTE, text="A refund").count() == 1


def test_a_ticket_is_resolved_and_reopened(lena: Program, ticket: Ticket) -> None:
    address = f"tickets/{ticket.pk}/resolution/"
    assert body(lena.send("PUT", address, {"seen_seq": newest_seq(ticket)}))["status"] == "resolved"
    assert problem(lena.send("PUT", address, {"seen_seq": 99}))["code"] == "wrong_status"
    assert body(lena.send("DELETE", address))["status"] == "open"


def test_a_renamed_contact_is_shown_at_once(cast: House, lena: Program, ticket: Ticket) -> None:
    version = lena.read(f"tickets/{ticket.pk}/")["version"]
    contact = ticket.conversation.contact_id
    assert body(lena.send("PATCH", f"contacts/{contact}/", {"name": " Aoife  B. "}))["name"] == "Aoife B."
    assert lena.read(f"tickets/{ticket.pk}/")["version"] > version
    assert lena.send("PATCH", f"contacts/{contact}/", {"name": "Aoife B."}).status_code == 200
    reader = program_of(cast.jonas).send("PATCH", f"contacts/{contact}/", {"name": "X"})
    assert (reader.status_code, Contact.objects.get().name) == (403, "Aoife B.")


# -- Nothing that is not offered can be set ----------------------------------------------------------

WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "tickets/{ticket}/": ("PATCH", {"subject": "New"}),
    "tickets/{ticket}/assignment/": ("PUT", {"assignee": None}),
    "tickets/{ticket}/transfer/": ("POST", {"team": 0}),
    "tickets/{ticket}/resolution/": ("PUT", {"seen_seq": 99}),
    "tickets/{ticket}/messages/": ("POST", {"kind": "note", "text": "x"}),
    "contacts/{contact}/": ("PATCH", {"name": "New"}),
}


@pytest.mark.parametrize("address", WRITES)
def test_every_other_field_of_the_models_is_refused_by_name(
    cast: House, lena: Program, ticket: Ticket, address: str
) -> None:
    method, offered = WRITES[address]
    path = address.format(ticket=ticket.pk, contact=ticket.conversation.contact_id)
    columns = {f.name for model in (Ticket, Message, Contact) for f in model._meta.get_fields()} | {"is_staff", "owner"}
    offers = {"subject", "priority", "tags", "assignee", "team", "note", "seen_seq", "kind", "text", "quoted", "name"}
    for column in sorted(columns - offers):
        answer = lena.send(method, path, {**offered, column: 1})
        assert (answer.status_code, column in problem(answer)["errors"]) == (400, True), column
    assert TicketEvent.objects.exclude(kind__in=["opened", "message_received"]).count() == 0


def test_ids_of_foreign_things_do_not_exist(cast: House, lena: Program, ticket: Ticket) -> None:
    foreign = ticket_of(writes(cast.inbox, "Not hers", phone="1"))
    Ticket.objects.filter(pk=foreign.pk).update(team=cast.finance)
    message = Message.objects.get(ticket=foreign)
    quoting = lena.send("POST", f"tickets/{ticket.pk}/messages/", said(ticket, quoted=message.pk))
    assert list(problem(quoting)["errors"]) == ["quoted"]
    for method, path, sent, field in [
        ("PUT", "assignment/", {"assignee": 999_999}, "assignee"),
        ("PUT", "assignment/", {"assignee": cast.ada.pk}, "assignee"),
        ("POST", "transfer/", {"team": 999_999}, "team"),
        ("POST", "transfer/", {"team": cast.finance.pk, "assignee": 999_999}, "assignee"),
    ]:
        answer = lena.send(method, f"tickets/{ticket.pk}/{path}", sent)
        assert (answer.status_code, list(problem(answer)["errors"])) == (400, [field])


BODIES: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[" * 60_000, 400),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    (b'"text"', 400),
    (b"[]", 400),
    (b"null", 400),
    (b'{"kind": "note", "text": NaN}', 400),
    (b'{"kind": "note", "text": ' + b"9" * 5000 + b"}", 400),
    (b'{"kind": "note", "text": "\\u0000"}', 400),
    (b'{"kind": "note", "text": "\\ud800"}', 400),
    (b'{"kind": "note", "text": "x", "\\ud800": 1}', 400),
    (b'{"kind": "note", "text": {"a": 1}}', 400),
    (b'{"kind": "note", "text": ""}', 400),
    (b'{"kind": "note", "text": "' + b"x" * 4097 + b'"}', 400),
    (b'{"kind": "reply", "text": "x", "seen_seq": 1e999}', 400),
    (b'{"kind": "reply", "text": "x", "seen_seq": 9223372036854775808}', 400),
    (b'{"kind": "reply", "text": "x"}', 400),
    (b'{"kind": "note", "text": "' + b"x" * 70_000 + b'"}', 413),
]


@pytest.mark.parametrize(("raw", "status"), BODIES, ids=range(len(BODIES)))
def test_no_body_breaks_the_house(lena: Program, ticket: Ticket, raw: bytes, status: int) -> None:
    answer = lena.send("POST", f"tickets/{ticket.pk}/messages/", raw)
    assert problem(answer)["status"] == status
    assert Message.objects.count() == 1


def test_only_json_is_read(lena: Program, ticket: Ticket) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = lena.send("POST", f"tickets/{ticket.pk}/messages/", b"kind=note&text=x", content_type=kind)
        assert problem(answer)["status"] == 415


# -- Once --------------------------------------------------------------------------------------------


def test_a_repeated_request_has_one_effect_and_one_answer(lena: Program, ticket: Ticket) -> None:
    address, key = f"tickets/{ticket.pk}/messages/", {"Idempotency-Key": "order-17"}
    sent = said(ticket)
    first, again = (lena.send("POST", address, sent, **key) for _copy in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert Message.objects.filter(kind=MessageKind.OUTBOUND).count() == 1
    other = lena.send("POST", address, {**sent, "text": "Other"}, **key)
    assert (other.status_code, problem(other)["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_the_tokens_own_and_lasts_a_day(cast: House, lena: Program, ticket: Ticket) -> None:
    address, note = f"tickets/{ticket.pk}/messages/", {"kind": "note", "text": "Once"}
    send = {"Idempotency-Key": "k"}
    assert program_of(cast.mateus).send("POST", address, note, **send).status_code == 201
    assert lena.send("POST", address, note, **send).get("Idempotency-Replayed") is None
    with time_machine.travel(clock.now() + dt.timedelta(hours=24, seconds=1)):
        assert lena.send("POST", address, note, **send).get("Idempotency-Replayed") is None
        assert not idempotency.forget_old()
        assert IdempotencyKey.objects.count() == 1


def test_a_refusal_is_not_kept(cast: House, lena: Program, ticket: Ticket) -> None:
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    address, key = f"tickets/{ticket.pk}/messages/", {"Idempotency-Key": "k"}
    assert lena.send("POST", address, said(ticket), **key).status_code == 409
    lifecycle.reopen(actor=cast.lena, ticket_id=ticket.pk)
    assert lena.send("POST", address, said(ticket), **key).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 256, "a b"])
def test_a_key_that_is_none_is_refused(lena: Program, ticket: Ticket, key: str) -> None:
    answer = lena.send("POST", f"tickets/{ticket.pk}/messages/", said(ticket), **{"Idempotency-Key": key})
    assert problem(answer)["code"] == "idempotency_key_invalid"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_copies_at_the_same_moment_are_one_message(transactional_db: None) -> None:
    cast = house()
    ticket = ticket_of(writes(cast.inbox))
    lena, sent = program_of(cast.lena), said(ticket)
    for number in range(5):
        barrier = threading.Barrier(8)

        def copy(number: int = number, barrier: threading.Barrier = barrier) -> HttpResponse:
            try:
                barrier.wait(timeout=10)
                key = {"Idempotency-Key": f"copy-{number}"}
                return lena.send("POST", f"tickets/{ticket.pk}/messages/", {**sent, "text": f"Reply {number}"}, **key)
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=8) as pool:
            answers = [future.result(timeout=60) for future in [pool.submit(copy) for _copy in range(8)]]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    replies = Message.objects.filter(kind=MessageKind.OUTBOUND)
    assert sorted(replies.values_list("text", flat=True)) == [f"Reply {number}" for number in range(5)]
    assert TicketEvent.objects.filter(kind=EventKind.REPLIED).count() == 5
    assert set(replies.values_list("state", flat=True)) == {MessageState.QUEUED}
    assert assignment.claim(actor=cast.lena, ticket_id=ticket.pk).status == Status.OPEN


def test_spam_is_marked_filtered_and_taken_back(lena: Program, ticket: Ticket) -> None:
    stale = lena.send("POST", f"tickets/{ticket.pk}/spam/", {"seen_seq": 0})
    assert (stale.status_code, problem(stale)["code"]) == (409, "newer_activity")
    marked = body(lena.send("POST", f"tickets/{ticket.pk}/spam/", {"seen_seq": newest_seq(ticket)}))
    assert (marked["status"], marked["spam"], marked["merged_into"]) == ("closed", True, None)
    assert [one["id"] for one in lena.read("tickets/?spam=true")["results"]] == [ticket.pk]
    assert lena.read("tickets/?spam=false")["results"] == []
    back = body(lena.send("DELETE", f"tickets/{ticket.pk}/spam/"))
    assert (back["status"], back["spam"]) == ("new", False)


def test_a_ticket_is_merged_into_another_of_its_contact_and_taken_out_again(
    cast: House, lena: Program, ticket: Ticket
) -> None:
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    Ticket.objects.filter(pk=ticket.pk).update(closes_at=clock.now())
    lifecycle.close_next()
    later = ticket_of(writes(cast.inbox, "The new pole snapped, too"))
    wanted = {"into": ticket.pk, "seen_seq": newest_seq(later)}
    target = body(lena.send("POST", f"tickets/{later.pk}/merge/", wanted))
    assert (target["id"], target["status"], target["unanswered_count"]) == (ticket.pk, "open", 1)
    assert lena.read(f"tickets/{later.pk}/")["merged_into"] == ticket.pk
    back = body(lena.send("DELETE", f"tickets/{later.pk}/merge/"))
    assert (back["id"], back["status"], back["merged_into"]) == (later.pk, "new", None)
    wrong = lena.send("POST", f"tickets/{later.pk}/merge/", {**wanted, "into": later.pk})
    assert (wrong.status_code, problem(wrong)["code"]) == (422, "refused")
