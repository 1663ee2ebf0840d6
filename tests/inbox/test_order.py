"""The order of the work list over random tickets: overdue, soon due, later; in each the urgent and the oldest first."""

import datetime as dt
import random

import pytest

from helpdesk import clock
from tests.cast import House, ticket_of, writes
from tickets import queue
from tickets.cursors import Cursor
from tickets.models import Priority, Ticket
from tickets.queue import SOON, View

FAR = dt.datetime.max.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_ticket_is_overlooked_and_each_stands_where_its_urgency_puts_it(cast: House, seed: int) -> None:
    chance, at = random.Random(seed), clock.now()
    for number in range(25):
        ticket = ticket_of(writes(cast.inbox, phone=f"35387{number:07}"))
        ticket.priority = chance.choice(Priority.values)
        ticket.due_at = chance.choice([None, at, at + SOON, at + chance.randrange(-40, 40) * dt.timedelta(minutes=1)])
        ticket.opened_at = at - chance.randrange(3) * dt.timedelta(hours=1)
        ticket.save(update_fields=["priority", "due_at", "opened_at"])

    def urgency(ticket: Ticket) -> tuple[object, ...]:
        due = ticket.due_at or FAR
        return (due > at, due > at + SOON, ticket.priority, due, ticket.opened_at, ticket.pk)

    wanted = [ticket.pk for ticket in sorted(Ticket.objects.all(), key=urgency)]
    cut = queue.cut_of(cast.lena, View.ALL, [cast.returns.pk], at)
    found: list[int] = []
    cursor: Cursor | None = None
    while not found or cursor is not None:
        page = queue.page(cut, counted=queue.counts(cut), cursor=cursor, size=7)
        found += [row.line.pk for row in page.rows]
        cursor = Cursor.decode(page.next_cursor) if page.next_cursor else None
    assert found == wanted
    assert [row["pk"] for row in queue.ordered(Ticket.objects.all(), at)] == wanted
