"""What a clock reports: warnings, the breach, reminders; each once, stamped with its own time, however late.

What was due several times while nobody looked is told once: the newest counts, the others are stale. A warning is not
given after the breach, a reminder only while somebody still waits for what was promised.
"""

import datetime as dt

from django.db.models import Max

from agents import notify
from tickets.calendars import Ruler, ruler_of
from tickets.models import ClockState, SlaClock, SlaEvent, Step, Ticket

# Who was reminded so often of one promise is not reminded any more.
MOST_REMINDERS = 1000


def next_warning(clock: SlaClock, at: dt.datetime, *, used: float) -> dt.datetime | None:
    """Return when the next warning after the first is due, of a clock that has used so many seconds at `at`."""
    ahead = [seconds for seconds in clock.further_warn_seconds if seconds > round(used, 3)]
    return ruler_of(clock).after(at, ahead[0] - used) if ahead else None


def next_reminder(clock: SlaClock, since: dt.datetime, at: dt.datetime) -> dt.datetime | None:
    """Return the first time after `at` that is a whole number of intervals after `since`; None if nobody reminds.

    The interval is what the policy says now, in the time that the promise counts in: business hours as they are now,
    or day and night.
    """
    if clock.policy.remind_minutes is None:
        return None
    ruler, interval = Ruler(clock.hours), clock.policy.remind_minutes * 60
    return ruler.after(since, (round(ruler.between(since, at), 3) // interval + 1) * interval)


def notice_breach(clock: SlaClock, ticket: Ticket, at: dt.datetime) -> bool:
    """Record that the due time has passed, once, stamped with the due time; return whether it was news."""
    news = clock.state == ClockState.RUNNING and clock.breached_at is None
    if not news or clock.due_at is None or clock.due_at > at:
        return False
    clock.breached_at = clock.due_at
    # Whoever hears of the breach late need not be reminded of it in the same moment.
    clock.again_at = next_reminder(clock, clock.due_at, at)
    clock.save(update_fields=["breached_at", "again_at"])
    _report(clock, ticket, Step.BREACH, 1, clock.due_at, at)
    return True


def notice_warning(clock: SlaClock, ticket: Ticket, at: dt.datetime) -> bool:
    """Record that the first share of the time is used, once, unless a later warning is due as well."""
    news = clock.state == ClockState.RUNNING and clock.warned_at is None and clock.breached_at is None
    if not news or clock.warn_at is None or clock.warn_at > at:
        return False
    clock.warned_at = clock.warn_at
    clock.save(update_fields=["warned_at"])
    _report(clock, ticket, Step.WARNING, 1, clock.warn_at, at)
    return True


def notice_again(clock: SlaClock, ticket: Ticket, at: dt.datetime) -> bool:
    """Record the newest further warning or, after the breach, the newest reminder that is due."""
    if clock.state != ClockState.RUNNING or clock.again_at is None or clock.again_at > at:
        return False
    return _warn_again(clock, ticket, at) if clock.breached_at is None else _remind(clock, ticket, at)


def _warn_again(clock: SlaClock, ticket: Ticket, at: dt.datetime) -> bool:
    since, ruler = clock.again_at, ruler_of(clock)
    if since is None or clock.due_at is None:
        return False
    used_then = round(clock.seconds - ruler.between(since, clock.due_at), 3)
    used = round(clock.seconds - ruler.between(at, clock.due_at), 3)
    passed = [seconds for seconds in clock.further_warn_seconds if used_then <= seconds <= used]
    # From one step to the next are whole seconds, so no fraction is lost however often it is computed.
    newest = ruler.after(since, passed[-1] - used_then) if passed[1:] else since
    clock.again_at = next_warning(clock, newest or at, used=passed[-1] if passed else used)
    if clock.warned_at is None:
        clock.warned_at = clock.warn_at  # stale beside the newer one
    clock.save(update_fields=["again_at", "warned_at"])
    step = 1 + sum(seconds <= used for seconds in clock.further_warn_seconds)
    return newest is not None and _report(clock, ticket, Step.WARNING, step, newest, at)


def _remind(clock: SlaClock, ticket: Ticket, at: dt.datetime) -> bool:
    since = clock.again_at
    last = clock.events.filter(kind=Step.REMINDER).aggregate(last=Max("step"))["last"] or 0
    if since is None or clock.policy.remind_minutes is None or last >= MOST_REMINDERS:
        clock.again_at = None
        clock.save(update_fields=["again_at"])
        return False
    ruler, interval = Ruler(clock.hours), clock.policy.remind_minutes * 60
    missed = round(ruler.between(since, at), 3) // interval
    newest = ruler.after(since, missed * interval) if missed else since
    clock.again_at = next_reminder(clock, since, at)
    clock.save(update_fields=["again_at"])
    return newest is not None and _report(clock, ticket, Step.REMINDER, last + 1, newest, at)


def _report(clock: SlaClock, ticket: Ticket, kind: Step, step: int, occurred_at: dt.datetime, at: dt.datetime) -> bool:
    """Write the event and notify the assignee and those who supervise the team; return whether it was news."""
    _event, is_new = SlaEvent.objects.get_or_create(
        clock=clock, kind=kind, step=step, defaults={"occurred_at": occurred_at, "recorded_at": at}
    )
    if not is_new:
        return False
    people = notify.supervisors(ticket.team_id)
    if ticket.assignee_id is not None:
        people.add(ticket.assignee_id)
    key = f"clock-{clock.pk}-{kind}" if step == 1 else f"clock-{clock.pk}-{kind}-{step}"
    notify.notify(people, kind=f"sla_{kind}", key=key, ticket_id=ticket.pk, at=at)
    return True
