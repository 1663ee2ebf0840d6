"""How tickets end, and whether they stay so."""

import datetime as dt

from tests.analytics.oracle.past import SETTLED, Past, Seen, seconds
from tickets.models import EventKind, TicketEvent

WEEK = dt.timedelta(days=7)


def _resolution(past: Past, solve: TicketEvent, *, business: bool) -> list[Seen]:
    if past.is_for_machines:
        return []
    at, (since, team) = solve.occurred_at, past.begun(past.own, solve.seq)
    value = past.office_seconds(team, since, at) if business else seconds(since, at)
    return [past.seen(at, value, team=solve.team_id, agent=solve.actor_id)]


def resolution(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe the last resolve."""
    return [one for solve in past.solves[-1:] for one in _resolution(past, solve, business=business)]


def first_resolution(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe the first resolve."""
    return [one for solve in past.solves[:1] for one in _resolution(past, solve, business=business)]


def work(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe the last resolve, less the time in which the ticket was pending or on hold."""
    found = []
    for one, solve in zip(resolution(past, business=business), past.solves[-1:], strict=False):
        (begin, team), end = past.begun(past.own, solve.seq), solve.occurred_at
        pauses, since = 0, None
        for event in [*past.events, None]:
            if event is not None and event.seq in past.own.void and event.kind != EventKind.REPLY_FAILED:
                continue  # as if it had not been
            if event is not None and past.own.aside_at(event) is not None:
                continue
            if since is not None and (event is None or event.status not in {"pending", "on_hold"}):
                first = max(since, begin)
                last = max(first, min(event.occurred_at if event else end, end))
                pauses += past.office_seconds(team, first, last) if business else seconds(first, last)
                since = None
            elif since is None and event is not None and event.status in {"pending", "on_hold"}:
                since = event.occurred_at
        found.append(past.seen(end, int(one.value) - pauses, team=solve.team_id, agent=solve.actor_id))
    return found


def deflected(past: Past, others: list[Past]) -> list[Seen]:
    """Observe the last resolve: did no person write, was none asked for, and was it quiet for 72 hours?"""
    quiet = dt.timedelta(hours=72)
    for last in past.solves[-1:]:
        wrote = past.ticket.messages.filter(kind="outbound", author_kind="agent").exists()
        wished = any(event.kind == EventKind.HUMAN_WANTED for part in past.parts for event in part.events)
        again = [(solve, past.reopened_after(solve)) for solve in past.solves]
        reopened = any(event and event.occurred_at - solve.occurred_at <= quiet for solve, event in again)
        value = int(not (wrote or wished or reopened or _comes_back(past, others, quiet)))
        return [past.seen(last.occurred_at, value, team=last.team_id, agent=last.actor_id)]
    return []


def reopenings(past: Past) -> list[Seen]:
    """Observe the first resolve: did it hold as long as a message would have opened the ticket again?"""
    for solve in past.solves[:1]:
        again = past.reopened_after(solve)
        value = int(again is not None and again.occurred_at - solve.occurred_at <= past.inbox.reopen_window)
        return [past.seen(solve.occurred_at, value, team=solve.team_id, agent=solve.actor_id)]
    return []


def _comes_back(past: Past, others: list[Past], within: dt.timedelta = WEEK) -> bool:
    """Whether the contact opened another ticket within a week, or less, after the last resolve."""
    at = past.solves[-1].occurred_at
    mine = [other for other in others if other.contact == past.contact and other.ticket != past.ticket]
    return any(at < other.ticket.opened_at <= at + within for other in mine)


def first_contact(past: Past, others: list[Past]) -> list[Seen]:
    """Observe the last resolve of a person: one person, one go, no return."""
    if not past.solves or past.solves[-1].actor_id is None:
        return []
    last = past.solves[-1]
    people = {reply.message.author_id for reply in past.replies_before(last)} | {last.actor_id}
    moved = [event for event in past.events if event.kind == EventKind.TRANSFERRED and event.seq < last.seq]
    again = [(solve, past.reopened_after(solve)) for solve in past.solves]
    good = (
        len(people) == 1
        and not any(event and event.occurred_at - solve.occurred_at <= WEEK for solve, event in again)
        and not any(past.replies_before(event) for event in moved)
        and not _comes_back(past, others)
    )
    return [past.seen(last.occurred_at, int(good), team=last.team_id, agent=last.actor_id)]


def repeats(past: Past, others: list[Past]) -> list[Seen]:
    """Observe the last resolve: did the contact come back?"""
    for last in past.solves[-1:]:
        value = int(_comes_back(past, others))
        return [past.seen(last.occurred_at, value, team=last.team_id, agent=last.actor_id)]
    return []


def returning(past: Past, others: list[Past]) -> list[Seen]:
    """Observe the opening: had the contact a ticket before?"""
    from tests.analytics.oracle.talk import opened

    before = any(o.contact == past.contact and o.ticket.opened_at < past.ticket.opened_at for o in others)
    return [Seen(**{**vars(one), "value": int(before)}) for one in opened(past)]


def promises(past: Past) -> list[Seen]:
    """Observe promises that were kept or broken, credited to who had the ticket then."""
    found = []
    for clock in past.clocks:
        at = clock.breached_at or clock.stopped_at
        if at is not None and clock.state != "cancelled":
            then = [event for event in past.events if event.recorded_at <= at] or past.events[:1]
            value = int(clock.breached_at is None)
            found.append(past.seen(at, value, team=then[-1].team_id, agent=then[-1].assignee_id))
    return found


def is_open(past: Past) -> bool:
    """Whether it is open now."""
    return past.ticket.status not in SETTLED
