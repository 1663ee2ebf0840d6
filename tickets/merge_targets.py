"""Whose tickets belong together: those of one person, under however many contacts they are known."""

from agents.models import User
from tickets.models import Contact, Ticket

SHOWN = 20


def person_behind(contact_id: int) -> int:
    """Return the contact that somebody is known as, through all merges of contacts."""
    contact = Contact.objects.get(pk=contact_id)
    while contact.merged_into is not None:
        contact = contact.merged_into
    return contact.pk


def everybody_like(contact_id: int) -> set[int]:
    """Return all contacts that are known to be this person."""
    found: set[int] = set()
    more = {person_behind(contact_id)}
    while more:
        found |= more
        more = set(Contact.objects.filter(merged_into__in=more).values_list("pk", flat=True))
    return found


def merge_targets(source: Ticket, user: User) -> list[Ticket]:
    """Return the newest tickets of the same person into which this one may be merged, as far as this reader sees."""
    people = everybody_like(source.conversation.contact_id)
    tickets = Ticket.objects.visible_to(user).standing().filter(conversation__contact__in=people)
    return list(tickets.exclude(pk=source.pk).select_related("team").order_by("-pk")[:SHOWN])
