"""What a token's owner may see, with all that the answers need: the querysets of the pages."""

from django.db.models import QuerySet

from agents.models import Membership, User
from tickets.models import Contact, Inbox, Message, Ticket, readable


def tickets(user: User) -> QuerySet[Ticket]:
    """Return the visible tickets; two queries however many."""
    return (
        Ticket.objects.visible_to(user)
        .select_related("conversation__inbox", "conversation__contact", "team", "assignee")
        .prefetch_related("tags")
    )


def messages(user: User) -> QuerySet[Message]:
    """Return the messages of visible tickets, and those without a ticket of the same conversations; two queries."""
    visible = Ticket.objects.visible_to(user)
    return (
        Message.objects.filter(readable(visible))
        .select_related("conversation", "author", "inbox")
        .prefetch_related("attachments")
    )


def contacts(user: User) -> QuerySet[Contact]:
    """Return the contacts of visible tickets; who merely exists is seen by those who see everything."""
    known = Contact.objects.filter(merged_into__isnull=True)
    if user.is_active and user.sees_everything:
        return known
    return known.filter(pk__in=Ticket.objects.visible_to(user).values("conversation__contact"))


def inboxes(user: User) -> QuerySet[Inbox]:
    """Return the inboxes of own teams."""
    known = Inbox.objects.select_related("team")
    if user.is_active and user.sees_everything:
        return known
    return known.filter(team__in=Membership.objects.filter(user=user).values("team"))


def agents() -> QuerySet[User]:
    """Return the people who work in a team: those whom a ticket can be handed to; four queries."""
    return (
        User.objects.filter(is_active=True, memberships__isnull=False)
        .distinct()
        .prefetch_related("teams", "skills__tag")
    )
