"""What one invented ticket leaves in the tables: the rows that the actions would have written, step by step.

The actions need about a second of database work for one ticket, sixty days of a busy desk would take an hour. Here a
ticket costs a millisecond; that its rows equal those of the actions is what `tests/seed` proves, column by column.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from agents.models import User
from tickets.actions.base import TAKES_OVER
from tickets.models import (
    ActorKind,
    AuthorKind,
    ClockState,
    Conversation,
    DeliveryAttempt,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Metric,
    Purpose,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    SlaTarget,
    Status,
    Step,
    Ticket,
    TicketEvent,
)
from tickets.sla import RESPONSES, Ruler

ACCEPTED_AFTER = dt.timedelta(seconds=1)
DELIVERED_AFTER = dt.timedelta(seconds=3)
NOTICED_AFTER = dt.timedelta(seconds=1)
SECOND = dt.timedelta(seconds=1)


@dataclass
class Terms:
    """The policies by priority with their targets, and how they measure; read once."""

    policies: dict[int, tuple[SlaPolicy, dict[str, SlaTarget]]]
    ruler: Ruler
    send_delay: dt.timedelta


@dataclass
class Ledger:
    """The rows of one ticket, in the order in which they were written."""

    conversation: Conversation
    ticket: Ticket
    terms: Terms
    messages: list[Message] = field(default_factory=list)
    attempts: list[DeliveryAttempt] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)
    clocks: list[SlaClock] = field(default_factory=list)
    sla_events: list[SlaEvent] = field(default_factory=list)
    changes: int = 0
    answered: bool = False

    # -- Steps --------------------------------------------------------------------------------------

    def write(self, at: dt.datetime, text: str, external_id: str) -> None:
        """Let the contact write: the first message opens, one after the resolve reopens."""
        self._sweep(at)
        ticket = self.ticket
        said = at - SECOND
        fresh: list[TicketEvent] = []
        opening = not self.messages
        if opening:
            fresh.append(
                self.event(
                    EventKind.OPENED,
                    at,
                    by_contact=True,
                    said=said,
                    team=ticket.team_id,
                    follow_up_of=ticket.follow_up_of_id,
                )
            )
        message = self.message(MessageKind.INBOUND, at, text, external_id=external_id, occurred_at=said)
        ticket.last_message = message
        if ticket.status == Status.RESOLVED:
            ticket.status, ticket.resolved_at, ticket.closes_at = Status.OPEN, None, None
            ticket.unanswered_count, ticket.waiting_since = 1, said
            fresh.append(self.event(EventKind.REOPENED, at, by_contact=True, said=said))
        else:
            ticket.unanswered_count += 1
            ticket.waiting_since = min(ticket.waiting_since or said, said)
        fresh.append(self.event(EventKind.MESSAGE_RECEIVED, at, by_contact=True, said=said, message=message))
        self.commit(fresh, at)

    def claim(self, at: dt.datetime, agent: User) -> None:
        """Let an agent take the ticket."""
        self._sweep(at)
        before = self.ticket.assignee_id
        self.ticket.assignee = agent
        if self.ticket.status == Status.NEW:
            self.ticket.status = Status.OPEN
        self.commit([self.event(EventKind.ASSIGNED, at, actor=agent, before=before, after=agent.pk)], at)

    def transfer(self, at: dt.datetime, actor: User, team_id: int, assignee: User) -> None:
        """Hand the ticket over to somebody in another team."""
        self._sweep(at)
        ticket = self.ticket
        before = {"team": ticket.team_id, "assignee": ticket.assignee_id}
        ticket.team_id, ticket.assignee = team_id, assignee
        policies = self._promise_anew(at)
        after = {"team": team_id, "assignee": assignee.pk}
        self.commit(
            [self.event(EventKind.TRANSFERRED, at, actor=actor, before=before, after=after, sla_policies=policies)], at
        )

    def set_priority(self, at: dt.datetime, actor: User, priority: int) -> None:
        """Give the ticket another priority, and the promises that belong to it."""
        self._sweep(at)
        before, self.ticket.priority = self.ticket.priority, priority
        policies = self._promise_anew(at)
        self.commit(
            [
                self.event(
                    EventKind.PRIORITY_CHANGED, at, actor=actor, before=before, after=priority, sla_policies=policies
                )
            ],
            at,
        )

    def reply(self, at: dt.datetime, agent: User, text: str, external_id: str, read_after: dt.timedelta) -> None:
        """Let an agent answer all that was said; the answer is accepted, delivered and read."""
        self._sweep(at)
        ticket = self.ticket
        seen = self.conversation.last_seq
        message = self.message(MessageKind.OUTBOUND, at, text, external_id=external_id, author=agent)
        message.seen_seq = seen
        before = {"status": ticket.status, "assignee": ticket.assignee_id}
        if ticket.status == Status.NEW:
            ticket.status = Status.OPEN
        ticket.last_message = message
        ticket.unanswered_count, ticket.waiting_since = 0, None
        replied = self.event(
            EventKind.REPLIED,
            at,
            actor=agent,
            message=message,
            seen=seen,
            before=before,
            assignee=ticket.assignee_id,
            team=ticket.team_id,
        )
        self.commit([replied], at)
        self.answered = True
        left = at + self.terms.send_delay
        accepted = left + ACCEPTED_AFTER
        message.due_at, message.sent_at = left, accepted
        message.delivered_at = left + DELIVERED_AFTER
        message.read_at = left + max(read_after, DELIVERED_AFTER)
        self.attempts.append(DeliveryAttempt(message=message, number=1, token=uuid.uuid4(), started_at=left))
        self._sweep(accepted)
        self.commit([self.event(EventKind.REPLY_ACCEPTED, accepted, message=message, attempt=1)], accepted)
        # Each of the two receipts made open pages look again.
        ticket.version += 2

    def resolve(self, at: dt.datetime, agent: User, reopen_window: dt.timedelta) -> None:
        """Let an agent resolve the ticket."""
        self._sweep(at)
        ticket = self.ticket
        before, settled_seq = ticket.status, ticket.settled_seq
        ticket.status, ticket.resolved_at, ticket.closes_at = Status.RESOLVED, at, at + reopen_window
        ticket.waiting_since, ticket.unanswered_count = None, 0
        ticket.settled_seq = self.conversation.last_seq
        resolved = self.event(
            EventKind.RESOLVED, at, actor=agent, before=before, settled_seq=settled_seq, assignee=ticket.assignee_id
        )
        self.commit([resolved], at)

    def close(self, noticed_at: dt.datetime) -> None:
        """Close the ticket at the end of its reopen window."""
        self._sweep(noticed_at)
        due = self.ticket.closes_at
        assert due is not None  # noqa: S101 - resolved tickets close
        self.ticket.status = Status.CLOSED
        self.commit([self.event(EventKind.CLOSED, noticed_at, said=due)], noticed_at)

    # -- Rows ---------------------------------------------------------------------------------------

    def _seq(self) -> int:
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
        message = Message(
            inbox_id=self.conversation.inbox_id,
            conversation=self.conversation,
            ticket=self.ticket,
            seq=self._seq(),
            kind=kind,
            purpose=Purpose.REPLY if outbound else "",
            author_kind=AuthorKind.AGENT if outbound else AuthorKind.CONTACT,
            author=author,
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
        return TicketEvent(
            ticket=self.ticket,
            seq=self._seq(),
            kind=kind,
            actor_kind=ActorKind.CONTACT if by_contact else who,
            actor=actor,
            message=message,
            data=data,
            occurred_at=said or at,
            recorded_at=at,
            team_id=self.ticket.team_id,
            assignee=self.ticket.assignee,
            status=self.ticket.status,
        )

    def commit(self, events: list[TicketEvent], at: dt.datetime) -> None:
        """End a step with its events."""
        self._keep_clocks(at)
        self.events += events
        self.changes += 1
        self.ticket.version += len(events)
        self.ticket.last_activity_at = max(self.ticket.last_activity_at, at)

    # -- Clocks -------------------------------------------------------------------------------------

    def _keep_clocks(self, at: dt.datetime) -> None:
        ticket = self.ticket
        for clock in self.clocks:
            self._notice_breach(clock, at)
        response = next((c for c in self.clocks if c.metric in RESPONSES and c.state == ClockState.RUNNING), None)
        if response is not None and response.started_at != ticket.waiting_since:
            self._stop(response, at)
            response = None
        if response is None and ticket.waiting_since is not None:
            metric = Metric.NEXT_RESPONSE if self.answered else Metric.FIRST_RESPONSE
            response = self._start(metric, ticket.waiting_since)
        resolution = next((c for c in self.clocks if c.metric == Metric.RESOLUTION), None)
        if resolution is None:
            self._start(Metric.RESOLUTION, ticket.opened_at)
        elif ticket.is_open and resolution.state == ClockState.STOPPED:
            self._resume(resolution, at)
        elif not ticket.is_open and resolution.state == ClockState.RUNNING:
            self._stop(resolution, at)
        ticket.due_at = response.due_at if response else None
        ticket.warn_at = response.warn_at if response else None

    def _start(self, metric: Metric, started_at: dt.datetime) -> SlaClock:
        clock = SlaClock(ticket=self.ticket, metric=metric, started_at=started_at, state=ClockState.RUNNING)
        self._promise(clock)
        self.clocks.append(clock)
        return clock

    def _promise(self, clock: SlaClock) -> None:
        policy, targets = self.terms.policies[self.ticket.priority]
        target, ruler = targets[clock.metric], self.terms.ruler
        clock.policy = policy
        clock.hours = ruler.hours if target.in_business_hours else None
        clock.hours_version = clock.hours.version if clock.hours else 0
        clock.seconds = target.seconds
        clock.warn_seconds = target.seconds * policy.warn_percent // 100
        measure = Ruler(clock.hours)
        clock.due_at = measure.after(clock.started_at, clock.seconds)
        clock.warn_at = measure.after(clock.started_at, clock.warn_seconds)

    def _promise_anew(self, at: dt.datetime) -> dict[str, int | None]:
        before: int | None = None
        for clock in self.clocks:
            if clock.state != ClockState.RUNNING:
                continue
            before = clock.policy_id
            self._notice_breach(clock, at)
            if clock.breached_at is None:
                self._promise(clock)
        return {"before": before, "after": self.terms.policies[self.ticket.priority][0].pk}

    def _stop(self, clock: SlaClock, at: dt.datetime) -> None:
        if clock.due_at is not None:
            clock.remaining_seconds = Ruler(clock.hours).between(at, clock.due_at)
        clock.state, clock.stopped_at = ClockState.STOPPED, at

    def _resume(self, clock: SlaClock, at: dt.datetime) -> None:
        if clock.breached_at is None and clock.remaining_seconds is not None:
            ruler = Ruler(clock.hours)
            left = max(clock.remaining_seconds, 0.0)
            until_warning = left - (clock.seconds - clock.warn_seconds)
            clock.warn_at = ruler.after(at, until_warning) if until_warning > 0 else at
            clock.due_at = ruler.after(at, left)
        clock.state, clock.stopped_at, clock.remaining_seconds = ClockState.RUNNING, None, None
        self._notice_breach(clock, at)

    def _sweep(self, until: dt.datetime) -> None:
        """Warn and record breaches, each at its time; whoever notices touches the ticket, so that pages look again."""
        for clock in self.clocks:
            if clock.state != ClockState.RUNNING or clock.breached_at is not None:
                continue
            if clock.warned_at is None and clock.warn_at is not None and clock.warn_at <= until:
                clock.warned_at = clock.warn_at
                self._sla_event(clock, Step.WARNING, clock.warn_at)
                self.ticket.version += 1
            if self._notice_breach(clock, until):
                self.ticket.version += 1

    def _notice_breach(self, clock: SlaClock, at: dt.datetime) -> bool:
        """Record a breach; a warning that comes after it is not worth giving."""
        news = clock.state == ClockState.RUNNING and clock.breached_at is None
        if not news or clock.due_at is None or clock.due_at > at:
            return False
        clock.breached_at = clock.due_at
        self._sla_event(clock, Step.BREACH, clock.due_at)
        return True

    def _sla_event(self, clock: SlaClock, kind: Step, at: dt.datetime) -> None:
        self.sla_events.append(SlaEvent(clock=clock, kind=kind, occurred_at=at, recorded_at=at + NOTICED_AFTER))
