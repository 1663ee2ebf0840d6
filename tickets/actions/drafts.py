"""Keep what a person has typed and not sent."""

import uuid

from agents.models import User
from tickets.actions.base import action, lock_ticket_for, now
from tickets.models import Draft, Message, Ticket


@action
def keep_draft(*, actor: User, ticket_id: int, text: str, client_id: uuid.UUID) -> None:
    """Keep the text of the reply that would be sent with this `client_id`; an empty one forgets it.

    Once that reply exists nothing is kept: the text has been sent, and its copy was only late.
    """
    # Sending takes the same locks: the copy either comes first and is deleted with it, or finds the reply.
    _conversation, ticket = lock_ticket_for(actor, ticket_id)
    if Message.objects.filter(client_id=client_id).exists():
        return
    if text.strip():
        Draft.objects.update_or_create(ticket=ticket, user=actor, defaults={"text": text, "updated_at": now()})
    else:
        forget_draft(actor=actor, ticket=ticket)


def forget_draft(*, actor: User, ticket: Ticket) -> None:
    """Forget what a person has typed, in whichever window; the ticket must be locked."""
    Draft.objects.filter(ticket=ticket, user=actor).delete()
