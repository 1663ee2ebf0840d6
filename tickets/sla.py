"""When an answer is due.

Targets count in wall time from the oldest unanswered message. Policies, business hours and the other clocks build
on `Ticket.due_at`, which stays the one column that the work list sorts by.
"""

import datetime as dt

from tickets.models import Priority, Ticket

FIRST_RESPONSE: dict[int, dt.timedelta] = {
    Priority.URGENT: dt.timedelta(minutes=5),
    Priority.HIGH: dt.timedelta(minutes=10),
    Priority.NORMAL: dt.timedelta(minutes=10),
    Priority.LOW: dt.timedelta(hours=1),
}


def due(ticket: Ticket) -> dt.datetime | None:
    """Return when the answer to the oldest unanswered message is due; None while nobody waits."""
    if ticket.waiting_since is None or not ticket.is_open:
        return None
    return ticket.waiting_since + FIRST_RESPONSE[ticket.priority]
