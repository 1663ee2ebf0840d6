"""Merging and marking as spam while others do something else with the same tickets."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tests.races.conftest import RUNS, together
from tickets import delivery, intake
from tickets.actions import lifecycle, messaging
from tickets.actions.merging import merge, unmerge
from tickets.actions.spam import mark_spam
from tickets.errors import NewerActivity, Refused
from tickets.models import OPEN_STATUSES, EventKind, Message, MessageKind, MessageState, Status, Ticket

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FEW = max(3, RUNS // 4)


def two(cast: House, phone: str) -> tuple[Ticket, Ticket]:
    """Return a closed ticket and the open one that followed it."""
    old = ticket_of(writes(cast.inbox, phone=phone))
    lifecycle.resolve(actor=cast.lena, ticket_id=old.pk, seen_seq=newest_seq(old))
    Ticket.objects.filter(pk=old.pk).update(closes_at=clock.now())
    lifecycle.close_next()
    return old, ticket_of(writes(cast.inbox, "Once more", phone=phone))


def test_merged_crosswise_one_direction_wins(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(FEW):
        old, new = two(cast, f"4917599{number:05}")
        seen = newest_seq(new)
        there = partial(merge, actor=cast.lena, ticket_id=new.pk, into_id=old.pk, seen_seq=seen)
        back = partial(merge, actor=cast.mateus, ticket_id=old.pk, into_id=new.pk, seen_seq=seen)
        results = together(pool, [there, back, there, back])
        assert sum(isinstance(result, Refused) for result in results) == 2, "a second click is no refusal"
        source, target = (new, old) if Ticket.objects.get(pk=new.pk).merged_into_id else (old, new)
        target.refresh_from_db()
        assert (target.merged_into, target.is_open, target.messages.count()) == (None, True, 2)
        assert [source.events.filter(kind=EventKind.MERGED).count(), target.unanswered_count] == [1, 1]
        together(pool, [partial(unmerge, actor=cast.lena, ticket_id=source.pk)] * 2)
        assert sorted(Ticket.objects.filter(pk__in=[old.pk, new.pk]).values_list("status", flat=True)) == [
            Status.CLOSED,
            Status.NEW,
        ]


def test_a_message_that_arrives_while_tickets_are_merged_waits_in_the_open_one(
    cast: House, pool: ThreadPoolExecutor
) -> None:
    for number in range(FEW):
        phone = f"4917588{number:05}"
        old, new = two(cast, phone)
        seen = newest_seq(new)
        calls: list[Callable[[], object]] = [
            partial(merge, actor=cast.lena, ticket_id=new.pk, into_id=old.pk, seen_seq=seen),
            partial(intake.receive, writes(cast.inbox, "And this", phone=phone)),
        ]
        merged, _receipt = together(pool, calls)
        open_one = Ticket.objects.get(pk__in=[old.pk, new.pk], status__in=OPEN_STATUSES)
        assert open_one.pk == (new.pk if isinstance(merged, NewerActivity) else old.pk)
        assert open_one.unanswered_count == 2
        assert open_one.messages.filter(text="And this").exists()


def test_a_reply_that_meets_spam_is_sent_or_stays_here_and_nothing_between(
    cast: House, pool: ThreadPoolExecutor
) -> None:
    for number in range(FEW):
        paper.reset()
        ticket = ticket_of(writes(cast.inbox, phone=f"4917577{number:05}"))
        seen = newest_seq(ticket)
        messaging.reply(actor=cast.lena, ticket_id=ticket.pk, text="Hello", client_id=uuid.uuid4(), seen_seq=seen)
        mark = partial(mark_spam, actor=cast.mateus, ticket_id=ticket.pk, seen_seq=seen)
        together(pool, [mark, delivery.deliver_next, mark, delivery.deliver_next])
        message = Message.objects.get(ticket=ticket, kind=MessageKind.OUTBOUND)
        assert message.state == (MessageState.SENT if paper.sent else MessageState.FAILED)
        assert ticket.events.filter(kind=EventKind.MARKED_SPAM).count() == 1
        ticket.refresh_from_db()
        assert (ticket.status, ticket.unanswered_count) == (Status.CLOSED, 0)
