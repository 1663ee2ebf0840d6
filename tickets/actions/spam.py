"""Mark as spam, and take the mark back."""

from typing import Any

from django.utils.translation import gettext as _

from agents.models import User
from tickets.actions import outbox
from tickets.actions.base import action, lock_ticket_for, now, record
from tickets.actions.lifecycle import open_one, refuse_set_aside, refuse_unseen, set_aside, take_back
from tickets.models import OPEN_STATUSES, EventKind, Status, Ticket


@action
def mark_spam(*, actor: User, ticket_id: int, seen_seq: int) -> Ticket:
    """Put a ticket aside as spam: nothing that has not left yet is sent, nothing is promised or asked any more.

    A second call changes nothing. Raises NewerActivity when the contact wrote after `seen_seq`, WrongStatus for a
    ticket that was merged into another one.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if ticket.is_spam:
        return ticket
    refuse_set_aside(ticket)
    refuse_unseen(conversation, seen_seq)
    data: dict[str, Any] = {"from": str(ticket.status)}
    set_aside(ticket, at)
    ticket.spam_at = at
    data["stopped"] = outbox.withhold(ticket, at, code="spam", text=_("Not sent: the ticket was marked as spam."))
    record(ticket, conversation, EventKind.MARKED_SPAM, actor=actor, at=at, **data)
    return ticket


@action
def unmark_spam(*, actor: User, ticket_id: int) -> Ticket:
    """Return a ticket to where it stood before it was marked; a second call changes nothing.

    Where it was open and its conversation has an open ticket by now, that one is returned, linked, and the mark stays.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if not ticket.is_spam:
        return ticket
    before = Status(ticket.events.filter(kind=EventKind.MARKED_SPAM).latest("seq").data["from"])
    if before in OPEN_STATUSES and (other := open_one(conversation, ticket, actor=actor, at=at)) is not None:
        return other
    ticket.spam_at = None
    take_back(ticket, before, at)
    record(ticket, conversation, EventKind.UNMARKED_SPAM, actor=actor, at=at, to=str(ticket.status))
    return ticket
