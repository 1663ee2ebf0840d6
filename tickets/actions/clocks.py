"""Notice what the clocks have to say."""

from django.db.models import Q

from tickets import sla
from tickets.actions.base import action, lock_ticket, now, touch
from tickets.models import ClockState, SlaClock


@action
def notice(*, clock_id: int) -> bool:
    """Record the breach or the warning that is due; return whether there was one."""
    ticket_id = SlaClock.objects.values_list("ticket_id", flat=True).get(pk=clock_id)
    _conversation, ticket = lock_ticket(ticket_id)
    clock = SlaClock.objects.select_for_update(no_key=True).get(pk=clock_id)
    at = now()
    news = sla.notice_breach(clock, ticket, at) or sla.notice_warning(clock, ticket, at)
    if news:
        touch(ticket)
    return news


def notice_next() -> bool:
    """Look after one clock that is due; return whether there may be more."""
    at = now()
    running = SlaClock.objects.filter(state=ClockState.RUNNING, breached_at__isnull=True)
    due = running.filter(Q(due_at__lte=at) | Q(warned_at__isnull=True, warn_at__lte=at))
    clock_id = due.order_by("due_at").values_list("pk", flat=True).first()
    return clock_id is not None and notice(clock_id=clock_id)
