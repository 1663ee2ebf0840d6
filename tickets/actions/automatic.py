"""What the house says by itself: queued behind replies, said once, and dropped rather than said twice."""

import datetime as dt
from typing import Any

from tickets import consent, wake
from tickets.actions.base import commit_events, event, next_seq
from tickets.models import (
    ActorKind,
    AuthorKind,
    ContentType,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Ticket,
)

# Replies have 1, and what has the smaller number leaves first.
SEND_PRIORITY = 2
# Said later than this, a confirmation that a message came in confuses more than it helps.
CONFIRM_WITHIN = dt.timedelta(minutes=15)
CONFIRMATIONS = (Purpose.ACKNOWLEDGEMENT, Purpose.UPDATE)


def post(
    *,
    conversation: Conversation,
    ticket: Ticket | None,
    purpose: Purpose,
    text: str,
    language: str,
    at: dt.datetime,
    content: dict[str, Any] | None = None,
    due_at: dt.datetime | None = None,
) -> Message:
    """Queue a message that no person wrote; it answers nothing and leaves the contact's last words in the list.

    The caller holds the locks of the conversation and of the ticket, if there is one, whose history gets an event.
    `content` is neutral: with "choices" in it the message is a question with answers to tap.
    """
    message = Message.objects.create(
        inbox_id=conversation.inbox_id,
        conversation=conversation,
        ticket=ticket,
        seq=next_seq(conversation),
        kind=MessageKind.OUTBOUND,
        purpose=purpose,
        author_kind=AuthorKind.BOT,
        content_type=ContentType.CHOICE if content and "choices" in content else ContentType.TEXT,
        text=text,
        content=content or {},
        language=language,
        occurred_at=at,
        recorded_at=at,
        state=MessageState.QUEUED,
        send_priority=SEND_PRIORITY,
        due_at=due_at or at,
    )
    if ticket is None:
        conversation.save(update_fields=["last_seq"])
    else:
        sent = event(
            ticket,
            conversation,
            EventKind.AUTOMATIC_SENT,
            actor=None,
            actor_kind=ActorKind.BOT,
            at=at,
            message=message,
            purpose=str(purpose),
        )
        commit_events(ticket, conversation, [sent], at=at)
    wake.wake("tickets.tasks.deliver")
    return message


def is_automatic(message: Message) -> bool:
    """Whether the machine said it: nobody is asked what shall become of it, and no clock depends on it."""
    return message.author_kind != AuthorKind.AGENT or message.purpose != Purpose.REPLY


def outdated(message: Message, at: dt.datetime) -> str:
    """Return why an automatic message must not leave any more, as a code; empty when it may."""
    if consent.withholds(message):
        return "opted_out"
    if message.ticket is not None and message.ticket.is_spam:
        return "spam"
    if message.ticket is not None and message.ticket.merged_into_id is not None:
        return "merged"
    if message.purpose == Purpose.SURVEY and message.ticket is not None and message.ticket.is_open:
        return "reopened"
    if message.purpose == Purpose.REPLY and message.author_kind == AuthorKind.BOT and _is_a_persons(message.ticket):
        return "handed_over"
    if message.purpose not in CONFIRMATIONS or message.author_kind == AuthorKind.AGENT:
        return ""
    if at - message.recorded_at > CONFIRM_WITHIN:
        return "too_late"
    if message.purpose != Purpose.ACKNOWLEDGEMENT:
        return ""
    answered = Message.objects.filter(
        conversation_id=message.conversation_id,
        author_kind=AuthorKind.AGENT,
        purpose=Purpose.REPLY,
        seq__gt=message.seq,
        sent_at__isnull=False,
    )
    return "answered" if answered.exists() else ""


def _is_a_persons(ticket: Ticket | None) -> bool:
    """Whether a person has a ticket, or one is wanted there: then no bot says anything more."""
    return ticket is not None and (ticket.needs_human or ticket.assignee_id is not None)
