"""The only door in: one inbound message becomes rows, exactly once.

Order of locks: contact, conversation, ticket. The conversation's row is what two first messages in parallel meet at;
behind it stands the partial unique index that allows one open ticket per conversation.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from helpdesk import clock
from tickets.actions.base import action, next_seq, record, refresh_waiting
from tickets.actions.lifecycle import open_ticket, reopen_by_contact
from tickets.courtesy import is_courtesy
from tickets.identities import remember, resolve_contact
from tickets.inbound import InboundMessage, Outcome
from tickets.models import (
    OPEN_STATUSES,
    ActorKind,
    Attachment,
    AuthorKind,
    Conversation,
    EventKind,
    Inbox,
    Message,
    MessageKind,
    Seen,
    Status,
    Ticket,
)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of an inbound message."""

    outcome: Outcome
    message_id: int | None = None
    ticket_id: int | None = None


def _first_time(inbound: InboundMessage, at: dt.datetime) -> bool:
    """Claim the provider's id; a copy that arrives meanwhile waits here for our commit and then knows."""
    digest = hashlib.sha256(inbound.external_id.encode("utf-8", "surrogatepass")).digest()
    if not Seen.claim(inbox_id=inbound.inbox_id, kind="message", digest=digest, at=at):
        return False
    # Digests are purged after thirty days; a replay after that still meets the message itself.
    return not Message.objects.filter(inbox_id=inbound.inbox_id, external_id=inbound.external_id).exists()


def _is_answer(inbound: InboundMessage, conversation: Conversation) -> bool:
    """Ask the apps above whether this answers a question of theirs, before a ticket is chosen."""
    return any(import_string(path)(inbound, conversation) for path in settings.ANSWERS)


def _choose_ticket(
    inbound: InboundMessage, conversation: Conversation, at: dt.datetime
) -> tuple[Ticket | None, Outcome]:
    """Return the ticket the message belongs to, locked, and how it got there; None when a new one must be opened."""
    tickets = conversation.tickets.select_for_update(no_key=True)
    ticket = tickets.filter(status__in=OPEN_STATUSES).first()
    if ticket is not None:
        return ticket, Outcome.JOINED
    last = tickets.filter(status=Status.RESOLVED, closes_at__gt=at).order_by("-resolved_at").first()
    if last is None:
        return None, Outcome.OPENED
    return last, Outcome.JOINED if is_courtesy(inbound.text, inbound.content_type) else Outcome.REOPENED


def _store(inbound: InboundMessage, conversation: Conversation, ticket: Ticket | None, at: dt.datetime) -> Message:
    quoted = None
    if inbound.quoted_external_id:
        quoted = conversation.messages.filter(external_id=inbound.quoted_external_id).first()
    message = Message.objects.create(
        inbox_id=inbound.inbox_id,
        conversation=conversation,
        ticket=ticket,
        seq=next_seq(conversation),
        kind=MessageKind.INBOUND,
        author_kind=AuthorKind.CONTACT,
        content_type=inbound.content_type,
        text=inbound.text,
        content=inbound.content,
        quoted=quoted,
        external_id=inbound.external_id,
        occurred_at=min(inbound.occurred_at, at),
        recorded_at=at,
    )
    for file in inbound.attachments:
        Attachment.objects.create(
            message=message,
            provider_id=file.provider_id,
            media_type=file.media_type[:100],
            file_name=file.file_name[:255],
            sha256=file.sha256[:64],
            due_at=at,
        )
    return message


@action
def receive(inbound: InboundMessage) -> Receipt:
    """Take one inbound message in: once, into the right ticket, whatever else happens at the same moment."""
    arrived = clock.now()
    if not _first_time(inbound, arrived):
        return Receipt(outcome=Outcome.DUPLICATE)
    inbox = Inbox.objects.get(pk=inbound.inbox_id)
    contact = resolve_contact(inbound, arrived)
    conversation, _created = Conversation.objects.get_or_create(inbox=inbox, contact=contact)
    conversation = (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("inbox")
        .get(pk=conversation.pk)
    )
    at = clock.now()
    remember(contact, inbound)
    if not inbound.opens_ticket or _is_answer(inbound, conversation):
        message = _store(inbound, conversation, None, at)
        return Receipt(outcome=Outcome.RECORDED, message_id=message.pk)
    occurred_at = min(inbound.occurred_at, at)
    ticket, outcome = _choose_ticket(inbound, conversation, at)
    if ticket is None:
        before = conversation.tickets.order_by("-pk").first()
        ticket = open_ticket(
            conversation=conversation,
            subject=inbound.text or str(inbound.content_type.label),
            occurred_at=occurred_at,
            at=at,
            follow_up_of=before,
        )
    message = _store(inbound, conversation, ticket, at)
    ticket.conversation = conversation
    ticket.last_message = message
    if outcome == Outcome.REOPENED:
        reopen_by_contact(ticket, conversation, message, at)
    elif ticket.is_open:
        if ticket.status == Status.PENDING:
            ticket.status = Status.OPEN
        ticket.snoozed_until = None
        refresh_waiting(ticket)
    record(
        ticket,
        conversation,
        EventKind.MESSAGE_RECEIVED,
        actor=None,
        actor_kind=ActorKind.CONTACT,
        at=at,
        occurred_at=occurred_at,
        message=message,
    )
    return Receipt(outcome=outcome, message_id=message.pk, ticket_id=ticket.pk)
