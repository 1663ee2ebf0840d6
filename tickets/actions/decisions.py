"""Decide what becomes of a reply that is written: take it back, send it again, give it up."""

from django.utils.translation import gettext as _

from agents.models import User
from tickets import wake
from tickets.actions.base import action, lock_ticket_for, now, record, refresh_waiting
from tickets.actions.lifecycle import refuse_set_aside
from tickets.actions.outbox import misplaced
from tickets.channels import Draft as ChannelDraft
from tickets.channels import get_channel
from tickets.errors import ChannelRefused, WrongStatus
from tickets.models import AuthorKind, Conversation, EventKind, Message, MessageKind, MessageState, Status, Ticket


def _lock_message(actor: User, message_id: int) -> tuple[Conversation, Ticket, Message]:
    """Lock a person's message of a ticket from the top down. Raises Message.DoesNotExist."""
    while True:
        ticket_id = Message.objects.values_list("ticket_id", flat=True).get(
            pk=message_id, kind=MessageKind.OUTBOUND, author_kind=AuthorKind.AGENT, ticket__isnull=False
        )
        assert ticket_id is not None  # noqa: S101 - filtered above
        conversation, ticket = lock_ticket_for(actor, ticket_id)
        message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
        # A merge may have moved it while we waited for the ticket.
        if message.ticket_id == ticket_id:
            return conversation, ticket, message


@action
def undo_reply(*, actor: User, message_id: int) -> Message:
    """Take back a reply that has not left. Raises WrongStatus when it has."""
    conversation, ticket, message = _lock_message(actor, message_id)
    at = now()
    if message.state == MessageState.CANCELLED:
        return message
    if message.state not in {MessageState.HELD, MessageState.QUEUED} or message.attempt:
        raise WrongStatus(_("This message is on its way and cannot be undone."))
    message.state = MessageState.CANCELLED
    message.save(update_fields=["state"])
    replied = ticket.events.filter(kind=EventKind.REPLIED, message=message).first()
    first_reply = not ticket.events.filter(kind=EventKind.REPLIED).exclude(message=message).exists()
    if replied is not None and first_reply and ticket.is_open:
        before = replied.data["before"]
        if before["status"] == Status.NEW and ticket.status == Status.OPEN:
            ticket.status = Status.NEW
        if before["assignee"] is None and ticket.assignee_id == message.author_id:
            ticket.assignee = None
    refresh_waiting(ticket)
    ticket.last_message = (
        ticket.messages.exclude(kind=MessageKind.NOTE).exclude(state=MessageState.CANCELLED).order_by("seq").last()
    )
    record(ticket, conversation, EventKind.REPLY_UNDONE, actor=actor, at=at, message=message)
    return message


def _is_decidable(message: Message) -> bool:
    """Whether a person may decide what becomes of it: it failed, or nobody knows and they were asked."""
    return message.state == MessageState.FAILED or (
        message.state == MessageState.UNKNOWN and message.asked_at is not None
    )


@action
def retry_reply(*, actor: User, message_id: int) -> Message:
    """Send a failed reply again, or one of unknown fate at the person's own risk of a second copy.

    Raises ChannelRefused when the channel does not take it now, WrongStatus when it is under way or was delivered.
    """
    conversation, ticket, message = _lock_message(actor, message_id)
    at = now()
    if message.state in {MessageState.QUEUED, MessageState.SENDING}:
        return message
    if not _is_decidable(message):
        raise WrongStatus(_("This message needs no second try."))
    refuse_set_aside(ticket)
    if text := misplaced(message):
        raise WrongStatus(text)
    refusal = get_channel(conversation.inbox).refusal(conversation, ChannelDraft.of(message), at)
    if refusal is not None:
        raise ChannelRefused(refusal)
    if message.state == MessageState.FAILED:
        # How that attempt ended is known: what still comes about it speaks of an older one.
        message.attempt += 1
    message.state = MessageState.QUEUED
    # A person's word begins a new series: it gets as many tries, and as much time, as the first.
    message.retried_after, message.retried_at = message.attempt, at
    message.due_at = at
    message.external_id = None
    message.sent_at = message.failed_at = message.unknown_at = message.asked_at = message.lease_until = None
    message.error_code = message.error_text = ""
    message.save()
    refresh_waiting(ticket)
    record(ticket, conversation, EventKind.REPLY_RETRIED, actor=actor, at=at, message=message)
    wake.wake("tickets.tasks.deliver")
    return message


@action
def discard_reply(*, actor: User, message_id: int) -> Message:
    """Give up a reply that was not delivered. Raises WrongStatus when it was, or is under way."""
    conversation, ticket, message = _lock_message(actor, message_id)
    at = now()
    if message.state == MessageState.CANCELLED:
        return message
    if not _is_decidable(message):
        raise WrongStatus(_("This message cannot be discarded any more."))
    message.state = MessageState.CANCELLED
    message.save(update_fields=["state"])
    refresh_waiting(ticket)
    record(ticket, conversation, EventKind.REPLY_DISCARDED, actor=actor, at=at, message=message)
    return message
