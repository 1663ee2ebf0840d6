"""What is said, and how long it takes."""

import datetime as dt

from tests.analytics.oracle.past import Past, Said, Seen, seconds
from tickets.models import TicketEvent


def _team(past: Past, said: Said) -> int | None:
    return past.event_of[said.message.pk].team_id


def _waiting_since(past: Past, reply: Said) -> tuple[dt.datetime, int | None]:
    """Return since when the first reply was waited for: what only a machine had resolved begins at its reopening."""
    begun = past.start, past.start_team
    for solve in past.solves:
        reopening: TicketEvent | None = past.reopened_after(solve)
        if solve.seq > reply.message.seq or solve.actor_id is not None:
            break
        if reopening is not None and reopening.seq < reply.message.seq:
            begun = reopening.occurred_at, reopening.team_id
    return begun


def first_response(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe the first reply of a person."""
    for reply in past.replies[:1]:
        since, team = _waiting_since(past, reply)
        value = past.office_seconds(team, since, reply.at) if business else seconds(since, reply.at)
        return [past.seen(reply.at, value, team=_team(past, reply), agent=reply.message.author_id)]
    return []


def acknowledgement(past: Past) -> list[Seen]:
    """Observe the first confirmation that a machine sent."""
    sent = [m for m in past.messages if m.purpose == "acknowledgement" and m.state == "sent"]
    for message in sent[:1]:
        at = past.said_at(message)
        return [past.seen(at, seconds(past.start, at), team=opening_team(past))]
    return []


def assignment_to_reply(past: Past) -> list[Seen]:
    """Observe the first reply, from when its author had the ticket without a break."""
    for reply in past.replies[:1]:
        before = [e for e in past.events if e.seq < past.event_of[reply.message.pk].seq]
        author, since = reply.message.author_id, None
        for event in reversed(before):
            if event.assignee_id != author:
                break
            since = event.occurred_at
        if since is not None:
            since = max(since, _waiting_since(past, reply)[0])
            return [past.seen(reply.at, seconds(since, reply.at), team=_team(past, reply), agent=author)]
    return []


def waits(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe every wait: replies in order of time, each answering what its author had seen and nobody had answered."""
    found = []
    answered: set[int] = set()
    ends = [event.seq for event in past.solves]
    waiting = [m for m in past.heard if past.event_of[m.pk].status not in {"resolved", "closed"}]
    for reply in past.replies:
        said = reply.message
        mine = [
            m
            for m in waiting
            if m.pk not in answered and m.seq <= said.seen_seq and not any(m.seq < end < said.seq for end in ends)
        ]
        answered |= {m.pk for m in mine}
        if mine:
            oldest = min(mine, key=lambda m: (past.said_at(m), m.seq))
            since, team = past.said_at(oldest), past.event_of[oldest.pk].team_id
            value = past.office_seconds(team, since, reply.at) if business else seconds(since, reply.at)
            found.append(past.seen(reply.at, value, team=_team(past, reply), agent=said.author_id))
    return found


def opening_team(past: Past) -> int | None:
    """Return where routing sent the ticket in the moment in which it was opened."""
    return [event for event in past.events if event.recorded_at == past.events[0].recorded_at][-1].team_id


def opened(past: Past) -> list[Seen]:
    """Observe the opening."""
    return [past.seen(past.ticket.opened_at, team=opening_team(past))]


def spoken(past: Past) -> list[Seen]:
    """Observe every message that was said, by either side."""
    said = [m for m in past.messages if m.kind == "inbound" or m.state == "sent"]
    return [past.seen(past.said_at(m), team=past.event_of[m.pk].team_id) for m in said]


def missed(past: Past) -> list[Seen]:
    """Observe the end of a day since the contact's last message in which nobody replied, nor ever had, nor resolved."""
    moments = sorted(past.said_at(m) for m in past.heard if past.event_of[m.pk].status not in {"resolved", "closed"})
    for at in moments:
        end = at + dt.timedelta(hours=24)
        heard_again = any(at < other <= end for other in moments)
        replied = any(reply.at <= end for reply in past.replies)
        resolved = any(at <= solve.occurred_at <= end for solve in past.solves)
        if not heard_again and not replied and not resolved:
            return [past.seen(end, team=opening_team(past))]
    return []
