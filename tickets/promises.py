"""Take promises back and let them count again, for spam and for merged tickets."""

import datetime as dt

from django.db.models import QuerySet

from tickets import sla
from tickets.models import COUNTING_STATES, ClockState, Metric, SlaClock, Ticket


def withdraw(ticket: Ticket, at: dt.datetime) -> None:
    """Cancel what is promised for a ticket that is no request of its own any more: neither kept nor broken."""
    for clock in _counting(ticket):
        sla.set_aside(clock, at)


def realign(ticket: Ticket, at: dt.datetime) -> None:
    """Let the clocks follow messages that came or went with a merged ticket; `sla.keep` does the rest.

    A response clock that counts from a message which is not the oldest one waiting is cancelled rather than met. The
    resolution clock of a ticket that is open again has left what it had when it was withdrawn.
    """
    waiting_since = ticket.waiting_since if ticket.is_open else None
    for clock in _counting(ticket).filter(metric__in=sla.RESPONSES):
        if clock.started_at != waiting_since:
            sla.set_aside(clock, at)
    withdrawn = ticket.clocks.filter(
        metric=Metric.RESOLUTION, state=ClockState.CANCELLED, remaining_seconds__isnull=False
    )
    if ticket.is_open:
        for clock in withdrawn.select_for_update(no_key=True, of=("self",)):
            sla.resume(clock, at)


def _counting(ticket: Ticket) -> QuerySet[SlaClock]:
    counting = ticket.clocks.select_for_update(no_key=True, of=("self",)).filter(state__in=COUNTING_STATES)
    return counting.order_by("pk")
