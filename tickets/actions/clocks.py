"""Notice what the clocks have to say."""

from django.db.models import Q

from tickets.actions.base import action, lock_ticket, now, touch
from tickets.clock_steps import notice_again, notice_breach, notice_warning
from tickets.models import ClockState, SlaClock
from tickets.sweeping import LOOKED_AT, first_of


@action
def notice(*, clock_id: int) -> bool:
    """Record the breach, the warning or the reminder that is due; return whether there was one."""
    ticket_id = SlaClock.objects.values_list("ticket_id", flat=True).get(pk=clock_id)
    _conversation, ticket = lock_ticket(ticket_id)
    clock = SlaClock.objects.select_for_update(no_key=True).get(pk=clock_id)
    at = now()
    news = notice_breach(clock, ticket, at) or notice_again(clock, ticket, at) or notice_warning(clock, ticket, at)
    if news:
        touch(ticket)
    return news


def notice_next() -> bool:
    """Look after one clock that is due; return whether there may be more. Whatever it was, it is due later or never."""
    at = now()
    first = Q(breached_at__isnull=True) & (Q(due_at__lte=at) | Q(warned_at__isnull=True, warn_at__lte=at))
    due = SlaClock.objects.filter(first | Q(again_at__lte=at), state=ClockState.RUNNING)
    return first_of(due.order_by("due_at").values_list("pk", flat=True)[:LOOKED_AT], _look_after)


def _look_after(clock_id: int) -> bool:
    notice(clock_id=clock_id)
    return True
