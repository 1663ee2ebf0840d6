"""What it is about and how urgent it is."""

from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from agents.models import User
from tickets import sla
from tickets.actions.base import action, lock_ticket_for, now, record
from tickets.actions.lifecycle import SUBJECT_LENGTH
from tickets.errors import Refused
from tickets.models import EventKind, Priority, Tag, Ticket, TicketTag

TAG_LENGTH = 40
MAX_TAGS = 20


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


def tag_named(name: str) -> Tag:
    """Return the tag of this name, new or not; two spellings that differ only in case are one tag."""
    Tag.objects.bulk_create([Tag(name=name)], ignore_conflicts=True)
    return Tag.objects.get(Exact(Lower("name"), Lower(Value(name))))


@action
def add_tag(*, actor: User, ticket_id: int, name: str) -> Ticket:
    """Put a tag on a ticket; one that does not exist yet comes to be."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    name = " ".join(name.split())
    if not name or len(name) > TAG_LENGTH:
        raise Refused(_("A tag has 1 to 40 characters."))
    if ticket.tags.count() >= MAX_TAGS:
        raise Refused(_("A ticket has 20 tags at most. Remove one first."))
    tag = tag_named(name)
    if not TicketTag.objects.filter(ticket=ticket, tag=tag).exists():
        TicketTag.objects.create(ticket=ticket, tag=tag)
        record(ticket, conversation, EventKind.TAGS_CHANGED, actor=actor, at=at, added=[tag.pk], removed=[])
    return ticket


@action
def remove_tag(*, actor: User, ticket_id: int, tag_id: int) -> Ticket:
    """Take a tag off a ticket; one that is not on it changes nothing."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if TicketTag.objects.filter(ticket=ticket, tag_id=tag_id).delete()[0]:
        record(ticket, conversation, EventKind.TAGS_CHANGED, actor=actor, at=at, added=[], removed=[tag_id])
    return ticket
