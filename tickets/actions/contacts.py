"""What we know of a contact."""

from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import Permission, may
from tickets.actions.base import action, lock_ticket, touch
from tickets.errors import NotAllowed, Refused
from tickets.models import OPEN_STATUSES, Contact, Ticket

NAME_LENGTH = 200


@action
def rename(*, actor: User, contact_id: int, name: str) -> Contact:
    """Give a contact another name; what the channel says no longer changes it.

    Raises NotAllowed for somebody who answers none of the contact's tickets, Contact.DoesNotExist.
    """
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
    tickets = Ticket.objects.filter(conversation__contact=contact)
    teams = tickets.order_by("team_id").values_list("team_id", flat=True).distinct()
    if not any(may(actor, Permission.ANSWER, team_id=team_id) for team_id in teams):
        raise NotAllowed(_("Only those who answer this contact can change it."))
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Refused(_("A name has 1 to 200 characters."))
    if contact.name == name:
        return contact
    contact.name = name
    contact.save(update_fields=["name"])
    for ticket_id in tickets.filter(status__in=OPEN_STATUSES).order_by("conversation_id").values_list("pk", flat=True):
        _conversation, ticket = lock_ticket(ticket_id)
        touch(ticket)
    return contact
