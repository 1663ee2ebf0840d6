"""What it is about and how urgent it is."""

from django.utils.translation import gettext as _

from agents.models import User
from tickets import sla
from tickets.actions.base import action, lock_ticket_for, now, record
from tickets.actions.lifecycle import SUBJECT_LENGTH
from tickets.errors import Refused
from tickets.models import EventKind, Priority, Ticket


@action
def set_priority(*, actor: User, ticket_id: int, priority: int) -> Ticket:
    """Change the priority; the promise that fits it counts from when each clock began."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if priority not in Priority.values:
        raise Refused(_("There is no such priority."))
    if ticket.priority == priority:
        return ticket
    before = ticket.priority
    ticket.priority = priority
    policies = sla.promise_anew(ticket, at)
    record(
        ticket,
        conversation,
        EventKind.PRIORITY_CHANGED,
        actor=actor,
        at=at,
        before=before,
        after=priority,
        sla_policies=policies,
    )
    return ticket


@action
def set_subject(*, actor: User, ticket_id: int, subject: str) -> Ticket:
    """Give the ticket another subject; at most 80 characters."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    subject = " ".join(subject.split())
    if not subject or len(subject) > SUBJECT_LENGTH:
        raise Refused(_("A subject has 1 to 80 characters."))
    if ticket.subject == subject:
        return ticket
    ticket.subject = subject
    record(ticket, conversation, EventKind.SUBJECT_CHANGED, actor=actor, at=at)
    return ticket
