"""The change cursor: no late commit is skipped, and nothing is read twice."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError

from tests.cast import House, house, ticket_of, writes
from tickets import changes
from tickets.models import Change, ChangeCursor, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> House:
    """Return the furnished house, committed."""
    return house()


@pytest.fixture
def colleague() -> Iterator[ThreadPoolExecutor]:
    """Return a thread with a connection of its own."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield executor
        executor.submit(connections.close_all).result()


def read_all(name: str = "facts", limit: int = 1000) -> list[int]:
    """Read until there is no more."""
    seen: list[int] = []
    while True:
        with transaction.atomic():
            batch = changes.read(name, limit)
        seen.extend(batch.ticket_ids)
        if not batch.more:
            return seen


def read_until(*expected: int, name: str = "facts") -> list[int]:
    """Read until the expected tickets have come; other databases of the cluster may hold the horizon for a moment."""
    seen: list[int] = []
    stop = time.monotonic() + 60
    while not set(expected) <= set(seen) and time.monotonic() < stop:
        seen.extend(read_all(name))
        time.sleep(0.01)
    return seen


def three_tickets(cast: House) -> list[Ticket]:
    """Let three people write."""
    return [ticket_of(writes(cast.inbox, "hello", phone=f"4917655000{number}")) for number in range(3)]


def test_a_reader_gets_every_changed_ticket_once(cast: House) -> None:
    tickets = three_tickets(cast)
    assert sorted(read_until(*(ticket.pk for ticket in tickets))) == sorted(ticket.pk for ticket in tickets)
    assert read_all() == []


def test_readers_of_different_names_do_not_disturb_each_other(cast: House) -> None:
    tickets = three_tickets(cast)
    read_until(*(ticket.pk for ticket in tickets))
    assert sorted(read_all("surveys")) == sorted(ticket.pk for ticket in tickets)


def test_a_transaction_that_commits_late_is_not_skipped(cast: House, colleague: ThreadPoolExecutor) -> None:
    early, late, _ = three_tickets(cast)
    read_until(early.pk, late.pk)
    began, go = threading.Event(), threading.Event()

    def dawdle() -> None:
        with transaction.atomic():
            Change.objects.create(ticket=late)  # the older transaction and the smaller number
            began.set()
            assert go.wait(20)

    dawdling = colleague.submit(dawdle)
    assert began.wait(20)
    Change.objects.create(ticket=early)
    assert read_all() == []  # the newer one waits for the older one, or the older one would be lost
    go.set()
    dawdling.result(20)
    assert read_until(early.pk, late.pk) == [late.pk, early.pk]


def test_what_a_reader_does_and_where_it_stands_are_kept_or_lost_together(cast: House) -> None:
    tickets = three_tickets(cast)
    stop = time.monotonic() + 60
    lost: tuple[int, ...] = ()
    while len(lost) < 3 and time.monotonic() < stop:
        with transaction.atomic():
            lost = changes.read("facts").ticket_ids
            transaction.set_rollback(True)
    assert sorted(read_all()) == sorted(lost) == sorted(ticket.pk for ticket in tickets)


def test_a_second_reader_of_one_name_gets_nothing_while_the_first_reads(
    cast: House, colleague: ThreadPoolExecutor
) -> None:
    tickets = three_tickets(cast)
    read_until(*(ticket.pk for ticket in tickets))
    with transaction.atomic():
        assert ChangeCursor.objects.select_for_update().get(name="facts")
        assert colleague.submit(read_all, "surveys").result(20) != []
        Change.objects.create(ticket=tickets[0])
        began = time.monotonic()
        assert colleague.submit(read_all).result(20) == []
        assert time.monotonic() - began < 5  # it did not wait either
    assert read_until(tickets[0].pk) == [tickets[0].pk]


def test_batches_come_in_order_and_say_whether_there_is_more(cast: House) -> None:
    tickets = three_tickets(cast)
    read_until(*(ticket.pk for ticket in tickets))
    for ticket in [*tickets, *tickets]:
        Change.objects.create(ticket=ticket)
    seen: list[int] = []
    stop = time.monotonic() + 60
    while len(seen) < 6 and time.monotonic() < stop:
        seen.extend(read_all(limit=2))
    assert seen == [ticket.pk for ticket in [*tickets, *tickets]]


def test_a_dump_restored_into_a_younger_cluster_is_read_again(cast: House) -> None:
    tickets = three_tickets(cast)
    read_until(*(ticket.pk for ticket in tickets))
    far = 2**60
    Change.objects.update(transaction_id=far)
    ChangeCursor.objects.update(transaction_id=far, change_id=far)
    assert sorted(read_until(*(ticket.pk for ticket in tickets))) == sorted(ticket.pk for ticket in tickets)


def test_a_reader_that_reads_everything_itself_goes_on_from_there(cast: House) -> None:
    three = three_tickets(cast)
    read_until(*(ticket.pk for ticket in three), name="surveys")  # so all three are certain by now
    changes.skip_to_now("facts")
    Change.objects.create(ticket=three[1])
    assert read_until(three[1].pk) == [three[1].pk]


def test_changes_are_forgotten_when_all_readers_have_read_them(cast: House) -> None:
    one, two, three = (ticket.pk for ticket in three_tickets(cast))
    read_until(one, two, three, name="facts")
    assert not changes.forget_next()
    assert Change.objects.count() == 3  # the other reader has not even begun
    read_until(one, two, three, name="surveys")
    Change.objects.create(ticket_id=two)
    read_until(two, name="facts")
    changes.forget_next()
    assert list(Change.objects.values_list("ticket_id", flat=True)) == [two]
    assert read_until(two, name="surveys") == [two]


def test_reading_needs_a_transaction(cast: House) -> None:
    with pytest.raises(TransactionManagementError):
        changes.read("facts")
