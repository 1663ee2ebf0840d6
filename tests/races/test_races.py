"""Many threads, one row, real PostgreSQL: one winner, nothing lost, nothing twice."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from agents import presence
from agents.models import Assignment, Membership, PresenceState, Team
from helpdesk import clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tests.races.conftest import RUNS, THREADS, together
from tickets import delivery, intake
from tickets.actions import assignment, drafts, lifecycle, messaging
from tickets.actions.rules import RuleDraft, create_rule
from tickets.defaults import install_texts
from tickets.errors import AlreadyAssigned, NewerActivity
from tickets.inbound import InboundMessage, Outcome
from tickets.models import (
    OPEN_STATUSES,
    AgentSkill,
    Contact,
    Conversation,
    Draft,
    Inbox,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Status,
    Tag,
    Ticket,
    TicketEvent,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_five_first_messages_at_once_are_acknowledged_once(cast: House, pool: ThreadPoolExecutor) -> None:
    install_texts()

    def taker(inbound: InboundMessage) -> Callable[[], object]:
        return lambda: intake.receive(inbound)

    for number in range(RUNS):
        together(pool, [taker(writes(cast.inbox, phone=f"4917{number:08}")) for _ in range(5)])
    assert Ticket.objects.count() == RUNS
    assert Message.objects.filter(purpose=Purpose.ACKNOWLEDGEMENT).count() == RUNS
    assert Message.objects.filter(kind=MessageKind.INBOUND).count() == 5 * RUNS


def test_an_album_of_a_new_contact_is_one_ticket(cast: House, pool: ThreadPoolExecutor) -> None:
    def taker(inbound: InboundMessage) -> Callable[[], object]:
        return lambda: intake.receive(inbound)

    for number in range(40):
        album = [writes(cast.inbox, f"photo {part}", phone=f"4917655{number:05}") for part in range(4)]
        together(pool, [taker(inbound) for inbound in album])
    assert (Contact.objects.count(), Conversation.objects.count(), Ticket.objects.count()) == (40, 40, 40)
    assert Message.objects.count() == 160
    assert set(Counter(Message.objects.values_list("ticket_id", flat=True)).values()) == {4}
    places = Message.objects.values_list("conversation_id", "seq")
    assert len(set(places)) == 160


def test_parallel_copies_of_a_message_are_one_message(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(RUNS):
        inbound = writes(cast.inbox, phone=f"4917644{number:05}")
        receipts = together(pool, [partial(intake.receive, inbound)] * THREADS)
        outcomes = Counter(receipt.outcome for receipt in receipts)  # type: ignore[attr-defined]
        assert outcomes == {Outcome.OPENED: 1, Outcome.DUPLICATE: THREADS - 1}
    assert Message.objects.count() == Ticket.objects.count() == RUNS


def test_identities_that_arrive_crosswise_do_not_wait_for_each_other(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(RUNS):
        phone, bsuid = f"4917633{number:05}", f"DE.{number}"
        calls = [
            partial(intake.receive, writes(cast.inbox, phone=phone, bsuid=name)) for name in (bsuid, "", bsuid, "")
        ]
        together(pool, calls)
    assert Contact.objects.count() == Ticket.objects.count() == RUNS
    assert Message.objects.count() == 4 * RUNS


def test_one_of_two_claims_wins(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(RUNS):
        ticket = ticket_of(writes(cast.inbox, phone=f"4917622{number:05}"))
        calls = [partial(assignment.claim, actor=actor, ticket_id=ticket.pk) for actor in (cast.lena, cast.mateus)]
        results = together(pool, calls * 2)
        winners = {result.assignee_id for result in results if isinstance(result, Ticket)}
        assert len(winners) == 1
        assert sum(isinstance(result, AlreadyAssigned) for result in results) == 2
        assert ticket.events.filter(kind="assigned").count() == 1


def test_a_double_click_is_one_reply(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(RUNS):
        ticket = ticket_of(writes(cast.inbox, phone=f"4917611{number:05}"))
        click, seen = uuid.uuid4(), newest_seq(ticket)

        def send(ticket: Ticket = ticket, click: uuid.UUID = click, seen: int = seen) -> Message:
            return messaging.reply(actor=cast.lena, ticket_id=ticket.pk, text="Hello", client_id=click, seen_seq=seen)

        assert len({message.pk for message in together(pool, [send] * 4)}) == 1  # type: ignore[attr-defined]
    assert Message.objects.filter(kind=MessageKind.OUTBOUND).count() == RUNS


def overlapping(pool: ThreadPoolExecutor, first: Callable[[], object], second: Callable[[], object]) -> None:
    """Let the second call begin while the first has done its work and not committed; both end without an error."""
    done = threading.Event()

    def begin() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            first()
            follower = pool.submit(end)
            waits = [False]
            while not (waits[0] or done.is_set()):
                cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                waits = list(cursor.fetchone() or [False])
        connection.close()
        follower.result(timeout=60)

    def end() -> None:
        try:
            second()
        finally:
            done.set()
            connection.close()

    pool.submit(begin).result(timeout=60)


@pytest.mark.parametrize("sent_first", [True, False])
def test_a_draft_that_meets_its_own_sending_is_gone(cast: House, pool: ThreadPoolExecutor, sent_first: bool) -> None:
    ticket = ticket_of(writes(cast.inbox))
    click, seen = uuid.uuid4(), newest_seq(ticket)

    def send() -> None:
        messaging.reply(actor=cast.lena, ticket_id=ticket.pk, text="So sorry", client_id=click, seen_seq=seen)

    def keep() -> None:
        drafts.keep_draft(actor=cast.lena, ticket_id=ticket.pk, text="So sor", client_id=click)

    overlapping(pool, *((send, keep) if sent_first else (keep, send)))
    assert Message.objects.filter(kind=MessageKind.OUTBOUND).count() == 1
    assert not Draft.objects.exists()


def test_of_two_agents_who_reply_at_once_one_is_held(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(RUNS):
        ticket = ticket_of(writes(cast.inbox, phone=f"4917600{number:05}"))
        seen = newest_seq(ticket)
        calls = [
            partial(
                messaging.reply,
                actor=actor,
                ticket_id=ticket.pk,
                text="Hello",
                client_id=uuid.uuid4(),
                seen_seq=seen,
            )
            for actor in (cast.lena, cast.mateus)
        ]
        results = together(pool, calls)
        assert Counter(type(result) for result in results) == {Message: 1, NewerActivity: 1}


def test_resolve_and_a_message_at_the_same_moment_lose_nothing(cast: House, pool: ThreadPoolExecutor) -> None:
    for number in range(RUNS):
        phone = f"4917699{number:05}"
        ticket = ticket_of(writes(cast.inbox, phone=phone))
        seen = newest_seq(ticket)
        together(
            pool,
            [
                partial(lifecycle.resolve, actor=cast.lena, ticket_id=ticket.pk, seen_seq=seen),
                partial(intake.receive, writes(cast.inbox, "Wait", phone=phone)),
            ],
        )
        ticket.refresh_from_db()
        assert ticket.status in OPEN_STATUSES, "the contact's last word keeps the ticket open"
        assert ticket.unanswered_count >= 1
    assert Ticket.objects.count() == RUNS


def test_many_workers_send_each_message_once_and_in_order(cast: House, pool: ThreadPoolExecutor) -> None:
    cast.inbox.max_sending = 5
    cast.inbox.save()
    expected = []
    for number in range(RUNS):
        ticket = ticket_of(writes(cast.inbox, phone=f"4917688{number:05}"))
        for part in range(3):
            messaging.reply(
                actor=cast.lena,
                ticket_id=ticket.pk,
                text=f"{number}/{part}",
                client_id=uuid.uuid4(),
                seen_seq=newest_seq(ticket),
            )
            expected.append(f"{number}/{part}")

    def work() -> None:
        while delivery.deliver_next():
            pass

    together(pool, [work] * THREADS)
    while delivery.deliver_next():
        pass
    assert sorted(paper.texts) == sorted(expected)
    for number in range(RUNS):
        assert [text for text in paper.texts if text.startswith(f"{number}/")] == [f"{number}/{p}" for p in range(3)]
    assert set(Message.objects.filter(kind="outbound").values_list("state", flat=True)) == {MessageState.SENT}


def test_places_in_a_conversation_are_given_once(cast: House, pool: ThreadPoolExecutor) -> None:
    ticket = ticket_of(writes(cast.inbox))
    for _ in range(RUNS):
        together(
            pool,
            [
                lambda: intake.receive(writes(cast.inbox, "more")),
                lambda: messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text="note", client_id=uuid.uuid4()),
                lambda: intake.receive(writes(cast.inbox, "and more")),
            ],
        )
    places = [
        *Message.objects.values_list("seq", flat=True),
        *TicketEvent.objects.values_list("seq", flat=True),
    ]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_a_hundred_arrivals_are_shared_fairly_among_three_people_of_two_teams(
    cast: House, pool: ThreadPoolExecutor
) -> None:
    people = [cast.lena, cast.mateus, cast.amira]
    Team.objects.update(assignment=Assignment.LEAST_LOAD, capacity=50)
    second = Inbox.objects.create(name="Billing", channel="paper", team=cast.finance)
    for person in people:
        Membership.objects.create(user=person, team=cast.finance)
        presence.set_state(person.pk, PresenceState.ONLINE, clock.now())
    inbounds = [writes((cast.inbox, second)[n % 2], phone=f"4917677{n:05}") for n in range(100)]
    for begin in range(0, 100, THREADS):
        together(pool, [partial(intake.receive, inbound) for inbound in inbounds[begin : begin + THREADS]])
    shares = [Ticket.objects.filter(assignee=person).count() for person in people]
    assert sorted(shares) == [33, 33, 34]


def test_twenty_tickets_that_ask_for_a_skill_are_shared_by_the_two_who_have_it(
    cast: House, pool: ThreadPoolExecutor
) -> None:
    Team.objects.update(assignment=Assignment.LEAST_LOAD, capacity=50)
    heating = Tag.objects.create(name="heating", is_skill=True)
    create_rule(actor=cast.ada, draft=RuleDraft(name="Boilers", keywords=("boiler",), tag_ids=(heating.pk,)))
    for person in (cast.lena, cast.mateus, cast.amira):
        presence.set_state(person.pk, PresenceState.ONLINE, clock.now())
    for person in (cast.mateus, cast.amira):
        AgentSkill.objects.create(user=person, tag=heating)
    for run in range(max(1, RUNS // 10)):
        inbounds = [writes(cast.inbox, "My boiler is cold", phone=f"4917{run:04}{n:05}") for n in range(20)]
        for begin in range(0, 20, THREADS):
            together(pool, [partial(intake.receive, inbound) for inbound in inbounds[begin : begin + THREADS]])
        waiting = Ticket.objects.filter(status=Status.NEW).values_list("assignee", flat=True)
        assert Counter(waiting) == {cast.mateus.pk: 10, cast.amira.pk: 10}
        Ticket.objects.update(status=Status.RESOLVED, resolved_at=clock.now(), closes_at=clock.now())


def test_a_queue_that_many_workers_empty_gives_each_ticket_once_and_to_nobody_too_many(
    cast: House, pool: ThreadPoolExecutor
) -> None:
    Team.objects.update(assignment=Assignment.LEAST_LOAD, capacity=7)
    tickets = [ticket_of(writes(cast.inbox, phone=f"4917678{n:05}")) for n in range(25)]
    for person in (cast.lena, cast.mateus, cast.amira):
        presence.set_state(person.pk, PresenceState.ONLINE, clock.now())

    def work() -> None:
        for _try in range(40):
            assignment.assign_next()

    together(pool, [work] * THREADS)
    shares = Counter(Ticket.objects.values_list("assignee", flat=True))
    assert shares == {cast.lena.pk: 7, cast.mateus.pk: 7, cast.amira.pk: 7, None: 4}
    assert TicketEvent.objects.filter(kind="assigned", ticket__in=tickets).count() == 21
