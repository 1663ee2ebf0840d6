"""A second, slow and simple computation of the figures, from the definitions and the raw rows alone.

It shares nothing with the product's fold: replies count by their delivery columns, durations are counted minute by
minute, and what was open at the end of a day is what somebody saw who looked at the tickets then.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from tickets.models import EventKind, Message, SlaClock, Ticket, TicketEvent

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Seen:
    """One observation: on which day, worth what, credited to whom."""

    day: dt.date
    value: int
    team: int | None = None
    agent: int | None = None


def local_day(at: dt.datetime) -> dt.date:
    """Return the local day."""
    return at.astimezone(BERLIN).date()


def seconds(begin: dt.datetime, end: dt.datetime) -> int:
    """Return whole seconds."""
    return int((end - begin).total_seconds())


def office_seconds(begin: dt.datetime, end: dt.datetime) -> int:
    """Count the minutes of Monday to Friday, nine to five, one by one."""
    minutes, at = 0, begin
    while at < end:
        local = at.astimezone(BERLIN)
        minutes += local.weekday() < 5 and 9 <= local.hour < 17
        at += MINUTE
    return minutes * 60


def messages(ticket: Ticket, **kind: object) -> list[Message]:
    """Return messages of a ticket in order."""
    return list(Message.objects.filter(ticket=ticket, **kind).order_by("seq"))


def replies(ticket: Ticket) -> list[Message]:
    """Return what people said and the provider took, in the order in which it took it."""
    sent = messages(ticket, kind="outbound", purpose="reply", author_kind="agent", state="sent")
    return sorted(sent, key=lambda message: (message.sent_at, message.seq))


def start(ticket: Ticket) -> dt.datetime:
    """Return the contact's first message: the earliest before anybody replied."""
    first = next(iter(replies(ticket)), None)
    return min(m.occurred_at for m in messages(ticket, kind="inbound") if first is None or m.seq < first.seq)


def history(ticket: Ticket) -> list[TicketEvent]:
    """Return the events of a ticket in order."""
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("seq"))


def resolves(ticket: Ticket) -> list[TicketEvent]:
    """Return the resolves that stood: not taken back, and not undone by a reply that failed."""
    standing: list[TicketEvent] = []
    log = history(ticket)
    for event, before in zip(log, [None, *log], strict=False):
        if event.kind == EventKind.RESOLVED:
            standing.append(event)
        taken_back = event.kind == EventKind.RESOLVE_UNDONE
        failed = event.kind == EventKind.REPLY_FAILED and before is not None and before.status == "resolved"
        if taken_back or (failed and event.status == "open"):
            standing.pop()
    return standing


def reopened_within(ticket: Ticket, resolve: TicketEvent, window: dt.timedelta) -> bool:
    """Whether the ticket was reopened so soon after this resolve and before the next."""
    later = [event for event in history(ticket) if event.seq > resolve.seq]
    for event in later:
        if event.kind == EventKind.RESOLVED:
            return False
        if event.kind == EventKind.REOPENED and "linked" not in event.data:
            return event.occurred_at - resolve.occurred_at <= window
    return False


def team_of(message: Message) -> int | None:
    """Return the team that had the ticket when a reply was written."""
    return message.events.get(kind=EventKind.REPLIED).team_id


def first_response(ticket: Ticket, measure: Callable[[dt.datetime, dt.datetime], int] = seconds) -> list[Seen]:
    """Observe the first reply."""
    for reply in replies(ticket)[:1]:
        assert reply.sent_at is not None
        value = measure(start(ticket), reply.sent_at)
        return [Seen(local_day(reply.sent_at), value, team_of(reply), reply.author_id)]
    return []


def waits(ticket: Ticket) -> list[Seen]:
    """Observe every wait: replies in order of time, each answering what its author had seen and nobody had answered."""
    found = []
    answered: set[int] = set()
    ends = [event.seq for event in resolves(ticket)]
    states = {event.message_id: event.status for event in history(ticket) if event.kind == EventKind.MESSAGE_RECEIVED}
    heard = [m for m in messages(ticket, kind="inbound") if states[m.pk] not in {"resolved", "closed"}]
    for reply in replies(ticket):
        mine = [
            m
            for m in heard
            if m.pk not in answered and m.seq <= reply.seen_seq and not any(m.seq < end < reply.seq for end in ends)
        ]
        answered |= {m.pk for m in mine}
        if mine:
            assert reply.sent_at is not None
            value = seconds(min(m.occurred_at for m in mine), reply.sent_at)
            found.append(Seen(local_day(reply.sent_at), value, team_of(reply), reply.author_id))
    return found


def resolution(
    ticket: Ticket, which: int = -1, measure: Callable[[dt.datetime, dt.datetime], int] = seconds
) -> list[Seen]:
    """Observe the last resolve, or the first."""
    standing = resolves(ticket)
    if not standing:
        return []
    event = standing[which]
    value = measure(start(ticket), event.occurred_at)
    return [Seen(local_day(event.occurred_at), value, event.team_id, event.actor_id)]


def reopenings(ticket: Ticket) -> list[Seen]:
    """Observe the first resolve: did it hold for 72 hours?"""
    for event in resolves(ticket)[:1]:
        value = int(reopened_within(ticket, event, dt.timedelta(hours=72)))
        return [Seen(local_day(event.occurred_at), value, event.team_id, event.actor_id)]
    return []


def first_contact(ticket: Ticket) -> list[Seen]:
    """Observe the last resolve: one person, one go, no return."""
    standing = resolves(ticket)
    if not standing:
        return []
    last, week = standing[-1], dt.timedelta(days=7)
    people = {reply.author_id for reply in replies(ticket) if reply.seq < last.seq} | {last.actor_id}
    spoken = sorted(reply.seq for reply in replies(ticket))
    moved = [event.seq for event in history(ticket) if event.kind == EventKind.TRANSFERRED]
    others = Ticket.objects.filter(conversation__contact=ticket.conversation.contact).exclude(pk=ticket.pk)
    came_back = any(last.occurred_at < other.opened_at <= last.occurred_at + week for other in others)
    good = (
        len(people) == 1
        and not any(reopened_within(ticket, event, week) for event in standing)
        and not any(spoken and spoken[0] < seq < last.seq for seq in moved)
        and not came_back
    )
    return [Seen(local_day(last.occurred_at), int(good), last.team_id, last.actor_id)]


def promises(ticket: Ticket) -> list[Seen]:
    """Observe promises that were kept or broken."""
    found = []
    for clock in SlaClock.objects.filter(ticket=ticket).exclude(state="cancelled"):
        at = clock.breached_at or clock.stopped_at
        if at is not None:
            then = [event for event in history(ticket) if event.recorded_at <= at] or history(ticket)[:1]
            value = int(clock.breached_at is None)
            found.append(Seen(local_day(at), value, then[-1].team_id, then[-1].assignee_id))
    return found


def opened(ticket: Ticket) -> list[Seen]:
    """Observe the opening; the first message tells where routing had sent the ticket."""
    first = next(event for event in history(ticket) if event.kind == EventKind.MESSAGE_RECEIVED)
    return [Seen(local_day(ticket.opened_at), 1, first.team_id)]


def spoken(ticket: Ticket) -> list[Seen]:
    """Observe every message that was said."""
    heard = [Seen(local_day(m.occurred_at), 1) for m in messages(ticket, kind="inbound")]
    return heard + [Seen(local_day(m.sent_at), 1) for m in messages(ticket, state="sent") if m.sent_at]


OBSERVED: dict[str, Callable[[Ticket], list[Seen]]] = {
    "first_response_time": first_response,
    "first_response_time.business": lambda ticket: first_response(ticket, office_seconds),
    "next_response_time": waits,
    "resolution_time": resolution,
    "resolution_time.business": lambda ticket: resolution(ticket, -1, office_seconds),
    "first_resolution_time": lambda ticket: resolution(ticket, 0),
    "reopen_rate": reopenings,
    "first_contact_resolution": first_contact,
    "sla_compliance": promises,
    "volume": opened,
    "message_volume": spoken,
}
