"""The rows that one invented ticket is made of: messages, events, attempts, tags."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from agents.models import User
from helpdesk.seed.promises import Promises
from helpdesk.seed.rows import fresh
from tickets.actions.base import TAKES_OVER
from tickets.models import (
    ActorKind,
    AuthorKind,
    DeliveryAttempt,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    TicketEvent,
    TicketTag,
)


@dataclass
class Records(Promises):
    """The rows of one ticket, in the order in which they were written."""

    messages: list[Message] = field(default_factory=list)
    attempts: list[DeliveryAttempt] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)
    tags: list[TicketTag] = field(default_factory=list)

    def next_seq(self) -> int:
        """Return the next place in the conversation."""
        self.conversation.last_seq += 1
        return self.conversation.last_seq

    def message(
        self,
        kind: MessageKind,
        at: dt.datetime,
        text: str,
        *,
        external_id: str,
        author: User | None = None,
        occurred_at: dt.datetime | None = None,
    ) -> Message:
        """Return the next message of the conversation, as an agent's or the contact's."""
        outbound = kind == MessageKind.OUTBOUND
        message = fresh(
            Message,
            self.keys,
            inbox_id=self.conversation.inbox_id,
            conversation_id=self.conversation.pk,
            ticket_id=self.ticket.pk,
            seq=self.next_seq(),
            kind=kind,
            purpose=Purpose.REPLY if outbound else "",
            author_kind=AuthorKind.AGENT if outbound else AuthorKind.CONTACT,
            author_id=author.pk if author else None,
            text=text,
            external_id=external_id,
            client_id=uuid.uuid4() if outbound else None,
            occurred_at=occurred_at or at,
            recorded_at=at,
            state=MessageState.SENT if outbound else None,
            due_at=at if outbound else None,
            attempt=1 if outbound else 0,
        )
        self.messages.append(message)
        return message

    def event(
        self,
        kind: EventKind,
        at: dt.datetime,
        *,
        actor: User | None = None,
        by_contact: bool = False,
        said: dt.datetime | None = None,
        message: Message | None = None,
        **data: Any,
    ) -> TicketEvent:
        """Return the next event of the ticket."""
        if kind in TAKES_OVER:
            hours = self.terms.ruler.hours
            data["hours"] = [hours.pk, hours.version] if hours else None
        who = ActorKind.AGENT if actor else ActorKind.SYSTEM
        return fresh(
            TicketEvent,
            self.keys,
            ticket_id=self.ticket.pk,
            seq=self.next_seq(),
            kind=kind,
            actor_kind=ActorKind.CONTACT if by_contact else who,
            actor_id=actor.pk if actor else None,
            message_id=message.pk if message else None,
            data=data,
            occurred_at=said or at,
            recorded_at=at,
            team_id=self.ticket.team_id,
            assignee_id=self.ticket.assignee_id,
            status=self.ticket.status,
        )

    def attempt(self, message: Message, left: dt.datetime) -> None:
        """Note that a worker took a message up."""
        attempt = fresh(
            DeliveryAttempt, self.keys, message_id=message.pk, number=1, token=uuid.uuid4(), started_at=left
        )
        self.attempts.append(attempt)

    def commit(self, events: list[TicketEvent], at: dt.datetime) -> None:
        """End a step with its events."""
        self.keep_clocks(at)
        self.events += events
        self.ticket.version += len(events)
        self.ticket.last_activity_at = max(self.ticket.last_activity_at, at)
