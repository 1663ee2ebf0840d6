"""What becomes of a message on its way out. Every write holds only for the attempt that it speaks of."""

import datetime as dt

import structlog
from django.utils.translation import gettext as _

from agents import notify
from tickets import sla
from tickets.actions.automatic import is_automatic
from tickets.actions.base import action, lock_conversation, lock_ticket, now, record, refresh_waiting, touch
from tickets.inbound import DeliveryReport, DeliveryStatus
from tickets.models import (
    OPEN_STATUSES,
    Conversation,
    DeliveryAttempt,
    EventKind,
    Message,
    MessageState,
    Status,
    Ticket,
)

log = structlog.get_logger(__name__)
ERROR_LENGTH = 500


def _lock(message_id: int) -> tuple[Conversation, Ticket | None, Message]:
    while True:
        place = Message.objects.only("ticket_id", "conversation_id").get(pk=message_id)
        ticket: Ticket | None = None
        if place.ticket_id is None:
            conversation = lock_conversation(place.conversation_id)
        else:
            conversation, ticket = lock_ticket(place.ticket_id)
        message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
        # A merge may have moved it while we waited for the ticket.
        if message.ticket_id == place.ticket_id:
            return conversation, ticket, message


def misplaced(message: Message) -> str:
    """Say why a message cannot leave from where a merge has put it; empty when it stands where it was written."""
    if message.inbox_id == message.conversation.inbox_id:
        return ""
    return _("This message was written for another inbox. Write it once more here.")


def _note(
    conversation: Conversation,
    ticket: Ticket | None,
    kind: EventKind,
    message: Message,
    at: dt.datetime,
    occurred_at: dt.datetime | None = None,
) -> None:
    if ticket is None:
        return
    attempt = message.attempt
    record(ticket, conversation, kind, actor=None, at=at, occurred_at=occurred_at, message=message, attempt=attempt)


def _resume_wait(conversation: Conversation, ticket: Ticket | None) -> None:
    """Open the ticket again whose reply did not arrive: the contact still waits, since when they began to."""
    if ticket is None:
        return
    if ticket.status == Status.RESOLVED and not conversation.tickets.filter(status__in=OPEN_STATUSES).exists():
        ticket.status = Status.OPEN
        ticket.resolved_at = ticket.closes_at = None
        resolved = ticket.events.filter(kind=EventKind.RESOLVED).latest("seq")
        ticket.settled_seq = resolved.data["settled_seq"]
        sla.forget_stop(ticket)
    if ticket.is_open:
        refresh_waiting(ticket)


def _arrived(
    conversation: Conversation, ticket: Ticket | None, message: Message, at: dt.datetime, occurred_at: dt.datetime
) -> None:
    """Record that the provider has it, and since when; only a person's reply ends a wait."""
    if is_automatic(message):
        _note(conversation, ticket, EventKind.AUTOMATIC_ACCEPTED, message, at, occurred_at)
        return
    if ticket is not None and ticket.is_open:
        refresh_waiting(ticket)
    _note(conversation, ticket, EventKind.REPLY_ACCEPTED, message, at, occurred_at)


@action
def accept(*, message_id: int, attempt: int, external_id: str) -> bool:
    """Record that the provider took the message; return False when this attempt is no longer the one that counts."""
    conversation, ticket, message = _lock(message_id)
    at = now()
    if message.attempt != attempt or message.state == MessageState.CANCELLED:
        return False
    if message.external_id is None:
        message.external_id = external_id
    # A status that overtook this answer may have settled the row already; it is not taken back.
    if message.state not in {MessageState.SENDING, MessageState.UNKNOWN}:
        message.save(update_fields=["external_id"])
        return True
    message.state = MessageState.SENT
    message.sent_at = message.sent_at or at
    message.lease_until = message.unknown_at = message.asked_at = None
    message.error_code = message.error_text = ""
    message.save()
    _arrived(conversation, ticket, message, at, at)
    return True


@action
def put_back(*, message_id: int, attempt: int, due_at: dt.datetime, code: str, text: str) -> bool:
    """Queue a message again that the provider definitely refused for the moment."""
    conversation, ticket, message = _lock(message_id)
    if message.attempt != attempt or message.state != MessageState.SENDING:
        return False
    message.state = MessageState.QUEUED
    message.due_at = due_at
    message.lease_until = None
    message.error_code, message.error_text = code[:32], text[:ERROR_LENGTH]
    message.save()
    del conversation, ticket
    return True


def _tell_author(message: Message, kind: str, at: dt.datetime) -> None:
    if message.author_id is not None and message.ticket_id is not None:
        key = f"message-{message.pk}-{kind}-{message.attempt}"
        notify.notify({message.author_id}, kind=kind, key=key, ticket_id=message.ticket_id, at=at)


def _fail(
    conversation: Conversation, ticket: Ticket | None, message: Message, at: dt.datetime, code: str, text: str
) -> None:
    message.state = MessageState.FAILED
    message.failed_at = at
    message.lease_until = None
    message.error_code, message.error_text = code[:32], text[:ERROR_LENGTH]
    message.save()
    if is_automatic(message):
        log.warning("automatic_message_dropped", message=message.pk, purpose=message.purpose, code=message.error_code)
        _note(conversation, ticket, EventKind.AUTOMATIC_DROPPED, message, at)
        return
    _resume_wait(conversation, ticket)
    _note(conversation, ticket, EventKind.REPLY_FAILED, message, at)
    _tell_author(message, "delivery_failed", at)


@action
def fail(*, message_id: int, attempt: int, code: str, text: str) -> bool:
    """Record that the message will not arrive; the ticket is open again and the wait resumes."""
    conversation, ticket, message = _lock(message_id)
    if message.attempt != attempt or message.state != MessageState.SENDING:
        return False
    _fail(conversation, ticket, message, now(), code, text)
    return True


@action
def lose_track(*, message_id: int, attempt: int, text: str) -> bool:
    """Record that nobody knows whether the provider took the message."""
    conversation, ticket, message = _lock(message_id)
    at = now()
    if message.attempt != attempt or message.state != MessageState.SENDING:
        return False
    message.state = MessageState.UNKNOWN
    message.unknown_at = at
    message.lease_until = None
    message.error_text = text[:ERROR_LENGTH]
    message.save()
    _note(conversation, ticket, EventKind.DELIVERY_UNKNOWN, message, at)
    return True


@action
def give_up_waiting(*, message_id: int) -> bool:
    """Stop hoping for a status: drop what the machine said, ask the agent about what a person said."""
    conversation, ticket, message = _lock(message_id)
    at = now()
    if message.state != MessageState.UNKNOWN or message.asked_at is not None:
        return False
    if is_automatic(message):
        _fail(conversation, ticket, message, at, "unknown", _("Dropped: nobody knows whether it arrived."))
        return True
    message.asked_at = at
    message.save(update_fields=["asked_at"])
    _resume_wait(conversation, ticket)
    _note(conversation, ticket, EventKind.DELIVERY_UNKNOWN, message, at)
    _tell_author(message, "delivery_unknown", at)
    return True


def withhold(ticket: Ticket, at: dt.datetime, *, code: str, text: str) -> list[int]:
    """Stop what a locked ticket has in the outbox and no worker has claimed; return the replies among it.

    What the machine wanted to say is dropped. What a person wrote has failed, with `text` as the reason: nothing is
    lost, and its author hears of it.
    """
    waiting = Message.objects.select_for_update(no_key=True).filter(
        ticket=ticket, state__in=[MessageState.HELD, MessageState.QUEUED]
    )
    replies = []
    for message in waiting.order_by("pk"):
        message.error_code, message.error_text = code, text[:ERROR_LENGTH]
        if is_automatic(message):
            message.state = MessageState.CANCELLED
        else:
            message.state, message.failed_at = MessageState.FAILED, at
            _tell_author(message, "delivery_failed", at)
            replies.append(message.pk)
        message.save(update_fields=["state", "failed_at", "error_code", "error_text"])
    return replies


def find(report: DeliveryReport) -> int | None:
    """Return the message that a report speaks of, also before the call that sent it was answered."""
    by_id = Message.objects.filter(inbox_id=report.inbox_id, external_id=report.external_id).values_list(
        "pk", flat=True
    )
    message_id = by_id.first()
    if message_id is not None or not report.token:
        return message_id
    return (
        DeliveryAttempt.objects.filter(token=report.token, message__inbox_id=report.inbox_id)
        .values_list("message_id", flat=True)
        .first()
    )


COLUMN = {
    DeliveryStatus.SENT: "sent_at",
    DeliveryStatus.DELIVERED: "delivered_at",
    DeliveryStatus.READ: "read_at",
    DeliveryStatus.PLAYED: "played_at",
}


# What an attempt says of itself alone; that something arrived holds for the message, whichever attempt it was.
OF_ITS_ATTEMPT = frozenset({DeliveryStatus.SENT, DeliveryStatus.FAILED})


def _is_outdated(report: DeliveryReport, message: Message) -> bool:
    """Whether a report speaks of an attempt that another one has taken the place of."""
    if report.status not in OF_ITS_ATTEMPT:
        return False
    if report.status == DeliveryStatus.FAILED and message.state == MessageState.QUEUED:
        return True
    # Nearly every message has one attempt, and then nobody need look.
    if message.attempt < 2 or not report.token:
        return False
    older = DeliveryAttempt.objects.filter(token=report.token, message=message, number__lt=message.attempt)
    return older.exists()


def _was_delivered(message: Message) -> bool:
    return bool(message.delivered_at or message.read_at or message.played_at)


@action
def apply_report(*, report: DeliveryReport) -> bool:
    """Apply a provider's status; the end row is the same for every order and any number of copies.

    Receipts only rise and keep their earliest time. A failure counts unless the message was delivered; a delivery
    counts even after a failure. What comes late about an attempt that was made anew changes nothing. Returns False when
    we know no such message, perhaps not yet.
    """
    message_id = find(report)
    if message_id is None:
        return False
    conversation, ticket, message = _lock(message_id)
    at = now()
    if message.state == MessageState.CANCELLED or _is_outdated(report, message):
        return True
    occurred_at = min(report.occurred_at, at)
    if message.external_id is None:
        message.external_id = report.external_id
    if report.status == DeliveryStatus.FAILED:
        if message.state == MessageState.FAILED or _was_delivered(message):
            return True
        _fail(conversation, ticket, message, at, report.error_code, report.error_text)
        return True
    column = COLUMN[report.status]
    known = getattr(message, column)
    settles = message.state in {MessageState.SENDING, MessageState.UNKNOWN, MessageState.QUEUED}
    # A late `sent` does not undo a failure; a delivery does, because it happened.
    settles = settles or (message.state == MessageState.FAILED and report.status != DeliveryStatus.SENT)
    if known is not None and known <= occurred_at and not settles:
        return True
    setattr(message, column, occurred_at if known is None else min(known, occurred_at))
    if settles:
        message.state = MessageState.SENT
        message.sent_at = message.sent_at or occurred_at
        message.failed_at = message.unknown_at = message.asked_at = message.lease_until = None
        message.error_code = message.error_text = ""
    message.save()
    if ticket is None:
        return True
    if settles:
        _arrived(conversation, ticket, message, at, occurred_at)
    else:
        touch(ticket)
    return True
