"""Two tickets about one thing become one, and can become two again."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from agents import presence
from agents.models import Assignment, Membership, PresenceState, Team
from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tickets import delivery, intake
from tickets.actions import assignment, decisions, lifecycle, messaging, triage
from tickets.actions.merging import merge, unmerge
from tickets.actions.spam import mark_spam
from tickets.channels import SendError
from tickets.errors import NewerActivity, NotAllowed, Refused, WrongStatus
from tickets.inbound import Outcome
from tickets.models import (
    Change,
    ClockState,
    Contact,
    Conversation,
    EventKind,
    Inbox,
    Message,
    MessageState,
    Metric,
    Status,
    Ticket,
)

NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
Journey = time_machine.Traveller


@pytest.fixture
def journey() -> Iterator[time_machine.Traveller]:
    """Stand at nine in the morning."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def answer(cast: House, ticket: Ticket) -> Message:
    """Lena answers what she sees, and it leaves."""
    seen = newest_seq(ticket)
    message = messaging.reply(actor=cast.lena, ticket_id=ticket.pk, text="Hello", client_id=uuid.uuid4(), seen_seq=seen)
    while delivery.deliver_next():
        pass
    return message


def resolved(cast: House, ticket: Ticket) -> Ticket:
    """Lena resolves what she sees."""
    return lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def merged(cast: House, source: Ticket, target: Ticket) -> Ticket:
    """Lena merges what she sees."""
    merge(actor=cast.lena, ticket_id=source.pk, into_id=target.pk, seen_seq=newest_seq(source))
    source.refresh_from_db()
    target.refresh_from_db()
    return target


def undone(cast: House, source: Ticket, target: Ticket) -> Ticket:
    """Lena undoes it."""
    found = unmerge(actor=cast.lena, ticket_id=source.pk)
    source.refresh_from_db()
    target.refresh_from_db()
    return found


def two(cast: House, journey: Journey) -> tuple[Ticket, Ticket]:
    """Aoife's tent was resolved; four days later she writes about it once more: a second ticket."""
    old = ticket_of(writes(cast.inbox, "My tent pole snapped"))
    answer(cast, old)
    resolved(cast, old)
    journey.shift(dt.timedelta(days=4))
    new = ticket_of(writes(cast.inbox, "The new pole snapped, too"))
    assert new.follow_up_of == old
    lifecycle.close_next()
    return Ticket.objects.get(pk=old.pk), new


@pytest.fixture
def spain(cast: House) -> Inbox:
    """Return the second number of the house."""
    return Inbox.objects.create(name="Support ES", channel="paper", team=cast.returns)


def apart(cast: House, spain: Inbox, journey: Journey) -> tuple[Ticket, Ticket]:
    """Aoife writes to one number and five minutes later to the other; we know that it is her."""
    first = ticket_of(writes(cast.inbox, "My tent pole snapped"))
    journey.shift(MINUTE * 5)
    second = ticket_of(writes(spain, "Hello, my tent!"))
    one, other = first.conversation.contact, second.conversation.contact
    Contact.objects.filter(pk=other.pk).update(merged_into=one)
    Conversation.objects.filter(pk=second.conversation_id).update(contact=one)
    return first, second


def look(ticket: Ticket) -> tuple[object, ...]:
    """Return everything about a ticket that a merge may change and undoing it must restore."""
    ticket.refresh_from_db()
    clocks = ticket.clocks.exclude(state=ClockState.CANCELLED).order_by("metric", "started_at")
    return (
        (ticket.status, ticket.resolved_at, ticket.waiting_since, ticket.unanswered_count, ticket.due_at),
        (ticket.last_message_id, ticket.needs_human, ticket.settled_seq, ticket.merged_into_id),
        list(ticket.messages.order_by("seq").values_list("pk", "conversation", "seq", "seen_seq", "is_settled")),
        sorted(ticket.tags.values_list("name", flat=True)),
        list(clocks.values_list("metric", "state", "started_at", "breached_at")),
    )


# -- In one conversation -----------------------------------------------------------------------------


def test_an_open_ticket_opens_the_earlier_one_that_it_is_merged_into(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    began = new.waiting_since
    journey.shift(MINUTE)
    merged(cast, new, old)
    assert (new.status, new.merged_into, new.waiting_since) == (Status.CLOSED, old, None)
    assert (old.status, old.resolved_at, old.closes_at) == (Status.OPEN, None, None)
    assert (old.waiting_since, old.unanswered_count) == (began, 1)
    assert [message.text for message in old.messages.order_by("seq")] == [
        "My tent pole snapped",
        "Hello",
        "The new pole snapped, too",
    ]
    assert old.last_message == old.messages.latest("seq")
    waiting = old.clocks.get(metric=Metric.NEXT_RESPONSE)
    assert (waiting.state, waiting.started_at, old.due_at) == (ClockState.RUNNING, began, waiting.due_at)
    assert set(new.clocks.values_list("state", flat=True)) == {ClockState.CANCELLED}


def test_an_earlier_ticket_can_be_merged_into_the_open_one(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    before = (new.status, new.waiting_since, new.unanswered_count, new.due_at)
    merged(cast, old, new)
    assert old.merged_into == new
    assert (new.status, new.waiting_since, new.unanswered_count, new.due_at) == before, "what was answered stays so"
    assert new.messages.count() == 3


def test_what_was_resolved_without_an_answer_waits_for_none_in_the_target(cast: House, journey: Journey) -> None:
    old = resolved(cast, ticket_of(writes(cast.inbox, "Never mind")))
    journey.shift(dt.timedelta(days=4))
    new = ticket_of(writes(cast.inbox, "But this matters"))
    merged(cast, old, new)
    assert (new.unanswered_count, new.waiting_since, new.messages.count()) == (1, NINE + dt.timedelta(days=4), 2)


def test_two_settled_tickets_stay_settled(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    resolved(cast, new)
    merged(cast, new, old)
    assert (old.status, new.status) == (Status.CLOSED, Status.CLOSED)
    assert not lifecycle.close_if_due(ticket_id=new.pk)


def test_each_ticket_gets_one_event_and_one_change(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    message = new.messages.get()
    Change.objects.all().delete()
    merged(cast, new, old)
    last = new.events.latest("seq")
    assert (last.kind, last.actor, last.status) == (EventKind.MERGED, cast.lena, Status.CLOSED)
    assert last.data == {"into": old.pk, "from": "new"}
    last = old.events.latest("seq")
    assert (last.kind, last.actor, last.status) == (EventKind.ABSORBED, cast.lena, Status.OPEN)
    assert {name: last.data[name] for name in ("source", "messages", "tags", "from")} == {
        "source": new.pk,
        "messages": [message.pk],
        "tags": [],
        "from": "closed",
    }
    assert sorted(Change.objects.values_list("ticket", flat=True)) == sorted([old.pk, new.pk])


def test_the_target_keeps_what_it_is_and_tags_unite(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    for ticket, name in ((old, "tent"), (old, "pole"), (new, "pole"), (new, "warranty")):
        triage.add_tag(actor=cast.lena, ticket_id=ticket.pk, name=name)
    triage.set_priority(actor=cast.lena, ticket_id=new.pk, priority=1)
    before = (old.team, old.priority, old.assignee, old.subject)
    merged(cast, new, old)
    assert (old.team, old.priority, old.assignee, old.subject) == before
    assert sorted(old.tags.values_list("name", flat=True)) == ["pole", "tent", "warranty"]


@pytest.mark.parametrize("direction", ["new into old", "old into new"])
def test_undoing_it_at_once_leaves_no_trace_but_the_history(cast: House, journey: Journey, direction: str) -> None:
    old, new = two(cast, journey)
    triage.add_tag(actor=cast.lena, ticket_id=old.pk, name="tent")
    triage.add_tag(actor=cast.lena, ticket_id=new.pk, name="warranty")
    messaging.add_note(actor=cast.lena, ticket_id=new.pk, text="Third time", client_id=uuid.uuid4())
    source, target = (new, old) if direction == "new into old" else (old, new)
    before = look(source), look(target)
    merged(cast, source, target)
    assert target.messages.count() == 4
    assert undone(cast, source, target) == source
    after = look(source), look(target)
    assert after == before
    assert [source.events.latest("seq").kind, target.events.latest("seq").kind] == ["unmerged", "released"]
    merged(cast, source, target)
    undone(cast, source, target)
    assert (look(source), look(target)) == before


def test_a_target_that_was_given_to_somebody_automatically_goes_back_all_the_same(
    cast: House, journey: Journey
) -> None:
    old, new = two(cast, journey)
    Ticket.objects.filter(pk=old.pk).update(assignee=None)
    before = look(old)
    merged(cast, new, old)
    Team.objects.update(assignment=Assignment.LEAST_LOAD)
    presence.set_state(cast.mateus.pk, PresenceState.ONLINE, clock.now())
    assert assignment.assign_next()
    old.refresh_from_db()
    assert old.assignee == cast.mateus
    assert undone(cast, new, old) == new
    assert (look(old), old.assignee_id) == (before, None)


def test_undoing_it_after_somebody_went_on_in_the_target_changes_nothing(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    merged(cast, new, old)
    answer(cast, old)
    assert undone(cast, new, old) == old
    assert new.merged_into == old
    resolved(cast, old)
    assert undone(cast, new, old) == new
    assert (new.status, new.merged_into_id, new.unanswered_count) == (Status.NEW, None, 1)
    assert old.status == Status.RESOLVED
    assert [message.text for message in new.messages.all()] == ["The new pole snapped, too"]


def test_the_next_message_goes_on_in_the_target(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    merged(cast, new, old)
    receipt = intake.receive(writes(cast.inbox, "Here is a picture"))
    assert (receipt.outcome, receipt.ticket_id) == (Outcome.JOINED, old.pk)
    old.refresh_from_db()
    assert old.unanswered_count == 2


def test_a_message_that_would_reopen_the_source_reopens_the_closed_target(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    resolved(cast, new)
    merged(cast, new, old)
    assert old.status == Status.CLOSED
    receipt = intake.receive(writes(cast.inbox, "It snapped again"))
    old.refresh_from_db()
    assert (receipt.outcome, receipt.ticket_id, old.status) == (Outcome.REOPENED, old.pk, Status.OPEN)
    assert old.unanswered_count == 1


def test_when_all_windows_ended_a_new_ticket_follows_the_target(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    resolved(cast, new)
    merged(cast, new, old)
    journey.shift(dt.timedelta(days=8))
    later = ticket_of(writes(cast.inbox, "A year later"))
    assert later.follow_up_of == old


def test_a_reply_on_its_way_moves_along_and_may_fail_there(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    seen = newest_seq(new)
    message = messaging.reply(actor=cast.lena, ticket_id=new.pk, text="On it", client_id=uuid.uuid4(), seen_seq=seen)
    merged(cast, new, old)
    assert (old.status, old.waiting_since) == (Status.OPEN, None)
    paper.plan.append(SendError("No such number", permanent=True))
    delivery.deliver_next()
    message.refresh_from_db()
    old.refresh_from_db()
    assert (message.state, message.ticket) == (MessageState.FAILED, old)
    assert old.unanswered_count == 1, "nobody has answered after all"


def test_a_promise_that_ran_for_a_younger_message_is_neither_kept_nor_broken(
    cast: House, journey: Journey, spain: Inbox
) -> None:
    first, second = apart(cast, spain, journey)
    journey.shift(MINUTE)
    merged(cast, first, second)
    clocks = list(second.clocks.filter(metric=Metric.FIRST_RESPONSE).order_by("started_at"))
    assert [(one.state, one.started_at) for one in clocks] == [
        (ClockState.RUNNING, NINE),
        (ClockState.CANCELLED, NINE + MINUTE * 5),
    ]
    assert (second.waiting_since, second.due_at) == (NINE, NINE + MINUTE * 10)


# -- In two conversations of one contact -------------------------------------------------------------


def test_tickets_of_two_numbers_become_one_and_two_again(cast: House, journey: Journey, spain: Inbox) -> None:
    first, second = apart(cast, spain, journey)
    answer(cast, second)
    intake.receive(writes(spain, "And another thing"))
    before = look(second), look(first)
    merged(cast, second, first)
    assert (first.unanswered_count, first.waiting_since) == (2, NINE)
    assert [message.text for message in first.messages.order_by("seq")] == [
        "My tent pole snapped",
        "Hello, my tent!",
        "Hello",
        "And another thing",
    ]
    assert set(first.messages.values_list("conversation", flat=True)) == {first.conversation_id}
    assert undone(cast, second, first) == second
    assert (look(second), look(first)) == before


def test_a_failed_reply_that_came_from_the_other_number_is_not_sent_from_this_one(
    cast: House, journey: Journey, spain: Inbox, client: Client
) -> None:
    first, second = apart(cast, spain, journey)
    paper.plan.append(SendError("Blocked.", permanent=True, code="blocked"))
    failed = answer(cast, second)
    merged(cast, second, first)
    client.force_login(cast.lena)
    page = client.get(reverse("inbox:ticket", args=["all", first.pk])).content.decode()
    assert "written for another inbox" in page
    assert reverse("inbox:message_discard", args=[first.pk, failed.pk]) in page
    assert reverse("inbox:message_retry", args=[first.pk, failed.pk]) not in page
    with pytest.raises(WrongStatus, match="written for another inbox"):
        decisions.retry_reply(actor=cast.lena, message_id=failed.pk)
    # However such a message should come to be queued, no other number than its own may send it.
    Message.objects.filter(pk=failed.pk).update(state=MessageState.QUEUED, due_at=clock.now())
    assert delivery.deliver_next()
    failed.refresh_from_db()
    assert (failed.state, failed.error_code, paper.texts) == (MessageState.FAILED, "other_inbox", [])
    undone(cast, second, first)
    decisions.retry_reply(actor=cast.lena, message_id=failed.pk)
    delivery.deliver_next()
    failed.refresh_from_db()
    assert (failed.state, failed.inbox, failed.conversation) == (MessageState.SENT, spain, second.conversation)


def test_who_writes_to_the_other_number_again_goes_on_in_the_target(
    cast: House, journey: Journey, spain: Inbox
) -> None:
    first, second = apart(cast, spain, journey)
    merged(cast, second, first)
    receipt = intake.receive(writes(spain, "Are you there?"))
    assert receipt.ticket_id == first.pk
    first.refresh_from_db()
    assert first.unanswered_count == 3
    answer(cast, first)
    first.refresh_from_db()
    assert (first.unanswered_count, first.due_at) == (0, None)


def test_where_the_target_is_over_the_message_joins_what_is_open_at_its_number(
    cast: House, journey: Journey, spain: Inbox
) -> None:
    first, second = apart(cast, spain, journey)
    resolved(cast, first)
    journey.shift(dt.timedelta(days=4))
    resolved(cast, second)
    merged(cast, second, first)
    journey.shift(dt.timedelta(days=1))
    third = ticket_of(writes(cast.inbox, "Another tent"))
    assert third.pk != first.pk
    receipt = intake.receive(writes(spain, "And the pole?"))
    assert (receipt.outcome, receipt.ticket_id) == (Outcome.JOINED, third.pk)


def test_a_reply_that_has_not_left_the_other_number_is_waited_for(cast: House, journey: Journey, spain: Inbox) -> None:
    first, second = apart(cast, spain, journey)
    seen = newest_seq(second)
    messaging.reply(actor=cast.lena, ticket_id=second.pk, text="Hello", client_id=uuid.uuid4(), seen_seq=seen)
    with pytest.raises(WrongStatus, match="still on its way"):
        merged(cast, second, first)


# -- What is refused ---------------------------------------------------------------------------------


def test_chains_and_strangers_are_refused(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    stranger = ticket_of(writes(cast.inbox, phone="4915112345678", name="Somebody else"))
    for source, target, words in (
        (old, old, "into itself"),
        (stranger, old, "same contact"),
    ):
        with pytest.raises(Refused, match=words):
            merged(cast, source, target)
    merged(cast, new, old)
    version = old.version
    assert merged(cast, new, old).version == version, "a second click changes nothing"
    with pytest.raises(WrongStatus, match=f"#{new.pk} was merged into #{old.pk}"):
        merged(cast, old, new)
    resolved(cast, old)
    journey.shift(dt.timedelta(days=4))
    third = ticket_of(writes(cast.inbox, "A third time"))
    with pytest.raises(WrongStatus, match="Other tickets were merged"):
        merged(cast, old, third)
    with pytest.raises(WrongStatus, match="Merge into that one"):
        merged(cast, third, new)
    with pytest.raises(WrongStatus, match="merged into #"):
        mark_spam(actor=cast.lena, ticket_id=new.pk, seen_seq=newest_seq(new))
    with pytest.raises(WrongStatus, match="merged into #"):
        lifecycle.reopen(actor=cast.lena, ticket_id=new.pk)
    mark_spam(actor=cast.lena, ticket_id=third.pk, seen_seq=newest_seq(third))
    with pytest.raises(WrongStatus, match="marked as spam"):
        merged(cast, third, old)


def test_what_the_contact_wrote_meanwhile_is_read_first(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    seen = newest_seq(new)
    intake.receive(writes(cast.inbox, "Wait, this is about something else"))
    with pytest.raises(NewerActivity):
        merge(actor=cast.lena, ticket_id=new.pk, into_id=old.pk, seen_seq=seen)


def test_both_tickets_must_be_ones_own_to_work_on(cast: House, journey: Journey) -> None:
    old, new = two(cast, journey)
    Ticket.objects.filter(pk=old.pk).update(team=cast.finance)
    with pytest.raises(NotAllowed):
        merged(cast, new, old)
    Membership.objects.create(user=cast.lena, team=cast.finance)
    merged(cast, new, old)
    Membership.objects.filter(user=cast.lena, team=cast.finance).delete()
    with pytest.raises(NotAllowed):
        undone(cast, new, old)


def test_the_database_refuses_a_merged_ticket_that_is_open_or_is_itself(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    other = ticket_of(writes(cast.inbox, phone="4915112345678"))
    rows = Ticket.objects.filter(pk=ticket.pk)
    with pytest.raises(IntegrityError, match="tickets_merged_ticket_is_closed"), transaction.atomic():
        rows.update(merged_into=other)
    with pytest.raises(IntegrityError, match="tickets_ticket_not_merged_into_itself"), transaction.atomic():
        rows.update(status=Status.CLOSED, resolved_at=NINE, merged_into=ticket)
