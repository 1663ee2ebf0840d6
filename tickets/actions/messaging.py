"""Say something: to the contact, or among ourselves."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agents.models import User
from tickets import wake
from tickets.actions.base import action, lock_ticket_for, next_seq, now, record, refresh_waiting
from tickets.actions.drafts import forget_draft
from tickets.actions.lifecycle import refuse_set_aside
from tickets.channels import Draft as ChannelDraft
from tickets.channels import Refusal, TemplateChoice, get_channel
from tickets.errors import ChannelRefused, NewerActivity, Refused, WrongStatus
from tickets.models import (
    AuthorKind,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Status,
    Ticket,
)


def _already_done(client_id: uuid.UUID, conversation: Conversation) -> Message | None:
    """Return the message of an earlier, identical click."""
    message = Message.objects.filter(client_id=client_id).first()
    if message is not None and message.conversation_id != conversation.pk:
        raise Refused(_("This message was sent elsewhere already."))
    return message


def _refuse_newer_reply(conversation: Conversation, actor: User, seen_seq: int) -> None:
    newer = list(
        conversation.messages.filter(kind=MessageKind.OUTBOUND, author_kind=AuthorKind.AGENT, seq__gt=seen_seq)
        .exclude(author=actor)
        .exclude(state=MessageState.CANCELLED)
        .select_related("author")
        .order_by("seq")
    )
    if newer:
        name = newer[-1].author.short_name if newer[-1].author else ""
        text = _("%(name)s has just replied. Your text was not sent.") % {"name": name}
        raise NewerActivity(text, [message.pk for message in newer])


@action
def reply(
    *,
    actor: User,
    ticket_id: int,
    text: str,
    client_id: uuid.UUID,
    seen_seq: int,
    quoted_id: int | None = None,
) -> Message:
    """Queue a reply to the contact; it is on its way once the team's delay for undoing has passed.

    A second call with the same `client_id` returns the first message. Raises NewerActivity when a colleague replied
    after `seen_seq`, ChannelRefused when the channel does not take it now, WrongStatus on a settled ticket.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    done = _already_done(client_id, conversation)
    if done is not None:
        return done
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."))
    refuse_set_aside(ticket)
    if not ticket.is_open:
        raise WrongStatus(_("This ticket is resolved. Reopen it to reply."))
    _refuse_newer_reply(conversation, actor, seen_seq)
    refusal = get_channel(conversation.inbox).refusal(conversation, ChannelDraft(text=text), at)
    if refusal is not None:
        raise ChannelRefused(refusal)
    quoted = conversation.messages.filter(pk=quoted_id, inbox=conversation.inbox_id).first() if quoted_id else None
    message = _queue(conversation, ticket, actor, at, text=text, client_id=client_id, seen_seq=seen_seq, quoted=quoted)
    forget_draft(actor=actor, ticket=ticket)
    return message


@action
def send_template(
    *,
    actor: User,
    ticket_id: int,
    key: str,
    variables: Mapping[str, str],
    client_id: uuid.UUID,
    seen_seq: int,
) -> Message:
    """Queue an approved template as a reply, filled in; what the person has typed so far stays their draft.

    Refuses like `reply`, a template that the channel does not offer any more, and one with an empty place.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    done = _already_done(client_id, conversation)
    if done is not None:
        return done
    refuse_set_aside(ticket)
    if not ticket.is_open:
        raise WrongStatus(_("This ticket is resolved. Reopen it to reply."))
    _refuse_newer_reply(conversation, actor, seen_seq)
    channel = get_channel(conversation.inbox)
    choice = next((one for one in channel.templates(conversation) if one.key == key), None)
    if choice is None:
        raise ChannelRefused(Refusal(code="template_gone", text=_("This template cannot be sent. Choose another one.")))
    values = _values(choice, variables)
    text = choice.fill(values)
    template = {"key": key, "name": choice.name, "language": choice.language, "variables": values}
    refusal = channel.refusal(conversation, ChannelDraft(text=text, template=key, language=choice.language), at)
    if refusal is not None:
        raise ChannelRefused(refusal)
    return _queue(
        conversation,
        ticket,
        actor,
        at,
        text=text,
        client_id=client_id,
        seen_seq=seen_seq,
        content={"template": template},
    )


def _values(choice: TemplateChoice, variables: Mapping[str, str]) -> dict[str, str]:
    """Return one line of text for each place of a template; refuse when one is empty."""
    values = {one.key: " ".join(variables.get(one.key, "").split()) for one in choice.variables}
    if not all(values.values()):
        raise Refused(_("Fill in every field of the template, then send it."))
    return values


def _queue(
    conversation: Conversation,
    ticket: Ticket,
    actor: User,
    at: dt.datetime,
    *,
    text: str,
    client_id: uuid.UUID,
    seen_seq: int,
    content: dict[str, Any] | None = None,
    quoted: Message | None = None,
) -> Message:
    """Write a person's reply into the outbox, and what it means for the ticket; both must be locked."""
    delay = ticket.team.send_delay_seconds
    message = Message.objects.create(
        inbox_id=conversation.inbox_id,
        conversation=conversation,
        ticket=ticket,
        seq=next_seq(conversation),
        kind=MessageKind.OUTBOUND,
        purpose=Purpose.REPLY,
        author_kind=AuthorKind.AGENT,
        author=actor,
        text=text,
        content=content or {},
        client_id=client_id,
        seen_seq=min(seen_seq, conversation.last_seq),
        quoted=quoted,
        occurred_at=at,
        recorded_at=at,
        state=MessageState.HELD if delay else MessageState.QUEUED,
        due_at=at + dt.timedelta(seconds=delay),
    )
    before = {"status": ticket.status, "assignee": ticket.assignee_id}
    if ticket.status in {Status.NEW, Status.PENDING, Status.ON_HOLD}:
        ticket.status = Status.OPEN
    if ticket.assignee_id is None:
        ticket.assignee = actor
    ticket.last_message = message
    refresh_waiting(ticket)
    record(
        ticket,
        conversation,
        EventKind.REPLIED,
        actor=actor,
        at=at,
        message=message,
        seen=message.seen_seq,
        before=before,
        assignee=ticket.assignee_id,
        team=ticket.team_id,
    )
    wake.wake("tickets.tasks.deliver")
    return message


@action
def add_note(*, actor: User, ticket_id: int, text: str, client_id: uuid.UUID) -> Message:
    """Write a note that only colleagues read; possible on settled tickets too."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    done = _already_done(client_id, conversation)
    if done is not None:
        return done
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."))
    message = Message.objects.create(
        inbox_id=conversation.inbox_id,
        conversation=conversation,
        ticket=ticket,
        seq=next_seq(conversation),
        kind=MessageKind.NOTE,
        author_kind=AuthorKind.AGENT,
        author=actor,
        text=text,
        client_id=client_id,
        occurred_at=at,
        recorded_at=at,
    )
    record(ticket, conversation, EventKind.NOTE_ADDED, actor=actor, at=at, message=message)
    return message
