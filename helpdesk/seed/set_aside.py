"""What marking as spam and merging leave in the tables."""

import datetime as dt
from typing import Any

from agents.models import User
from helpdesk.seed.ledger import Ledger
from helpdesk.seed.rows import fresh
from tickets.models import EventKind, MessageKind, Status, TicketTag


def mark_spam(ledger: Ledger, at: dt.datetime, agent: User) -> None:
    """Let an agent put the ticket aside as spam; whatever was to be sent has left."""
    ledger.sweep(at)
    data: dict[str, Any] = {"from": str(ledger.ticket.status), "stopped": []}
    _set_aside(ledger, at)
    ledger.ticket.spam_at = at
    ledger.commit([ledger.event(EventKind.MARKED_SPAM, at, actor=agent, **data)], at)


def merge(ledger: Ledger, at: dt.datetime, agent: User, into: Ledger) -> None:
    """Let an agent merge the open ticket, which nobody answered, into a closed one of the same conversation."""
    ledger.sweep(at)
    source, target = ledger.ticket, into.ticket
    assert target.resolved_at is not None  # noqa: S101 - it is closed
    assert target.closes_at is not None  # noqa: S101
    undo: dict[str, Any] = {
        "from": str(target.status),
        "needs_human": target.needs_human,
        "assignee": target.assignee_id,
        "resolved_at": target.resolved_at.isoformat(),
        "closes_at": target.closes_at.isoformat(),
    }
    moving = [message for message in ledger.messages if message.kind == MessageKind.INBOUND]
    for message in moving:
        message.ticket_id, message.moved_from_id = target.pk, source.pk
    undo |= {"messages": [message.pk for message in moving], "tags": _unite_tags(ledger, into)}
    origin: dict[str, Any] = {"into": target.pk, "from": str(source.status)}
    _set_aside(ledger, at)
    source.merged_into_id = target.pk
    ledger.commit([ledger.event(EventKind.MERGED, at, actor=agent, **origin)], at)
    target.last_message_id = moving[-1].pk
    target.status, target.resolved_at, target.closes_at = Status.OPEN, None, None
    target.waiting_since = min(message.occurred_at for message in moving)
    target.unanswered_count = len(moving)
    into.commit([into.event(EventKind.ABSORBED, at, actor=agent, source=source.pk, **undo)], at)


def _set_aside(ledger: Ledger, at: dt.datetime) -> None:
    """Close what is no request of its own; nothing is promised any more."""
    ledger.withdraw_promises(at)
    ticket = ledger.ticket
    ticket.status, ticket.resolved_at = Status.CLOSED, at
    ticket.waiting_since, ticket.unanswered_count = None, 0


def _unite_tags(ledger: Ledger, into: Ledger) -> list[int]:
    """Put the tags of a ticket on another one; return those that it did not have."""
    known = {tag.tag_id for tag in into.tags}
    added = [tag for tag in sorted(ledger.tags, key=lambda tag: tag.tag_id) if tag.tag_id not in known]
    into.tags += [
        fresh(TicketTag, ledger.keys, ticket_id=into.ticket.pk, tag_id=tag.tag_id, source=tag.source) for tag in added
    ]
    return [tag.tag_id for tag in added]
