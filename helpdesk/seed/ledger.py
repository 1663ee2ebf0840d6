"""What one invented ticket leaves in the tables: the rows that the actions would have written, step by step.

The actions need about a second of database work for one ticket, sixty days of a busy desk would take an hour. Here a
ticket costs a millisecond; that its rows equal those of the actions is what `tests/seed` proves, column by column.
"""

import datetime as dt
import uuid
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

from agents.models import Notification, User
from helpdesk.seed.rows import Keys, fresh
from tickets import phrases, placeholders, routing
from tickets.actions.acknowledgement import in_language
from tickets.actions.automatic import SEND_PRIORITY
from tickets.actions.base import TAKES_OVER
from tickets.models import (
    ActorKind,
    AuthorKind,
    AutomaticText,
    ClockState,
    Contact,
    Conversation,
    DeliveryAttempt,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Metric,
    Purpose,
    RoutingRule,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    SlaTarget,
    Status,
    Step,
    TagSource,
    Ticket,
    TicketEvent,
    TicketTag,
)
from tickets.sla import RESPONSES, Ruler

ACCEPTED_AFTER = dt.timedelta(seconds=1)
DELIVERED_AFTER = dt.timedelta(seconds=3)
READ_AFTER = dt.timedelta(seconds=20)
NOTICED_AFTER = dt.timedelta(seconds=1)
SECOND = dt.timedelta(seconds=1)


@dataclass
class Terms:
    """What held for all tickets, read once: promises, rules, words, who hears of what."""

    policies: dict[int, tuple[SlaPolicy, dict[str, SlaTarget]]]
    ruler: Ruler
    zone: zoneinfo.ZoneInfo
    send_delay: dt.timedelta
    rules: list[tuple[RoutingRule, list[int]]]
    words: list[AutomaticText]
    team_names: dict[int, str]
    supervisors: dict[int, set[int]]
    alerts_since: dt.datetime
    acknowledges: bool = True
    matches: dict[str, routing.Match | None] = field(default_factory=dict)

    def match(self, situation: routing.Situation) -> routing.Match | None:
        """Return the rule that a first message meets; the same words always meet the same one."""
        if situation.text not in self.matches:
            self.matches[situation.text] = routing.first_match([rule for rule, _tags in self.rules], situation)
        return self.matches[situation.text]

    def tags_of(self, rule: RoutingRule) -> list[int]:
        """Return the tags that a rule gives."""
        return next(tags for known, tags in self.rules if known.pk == rule.pk)


@dataclass
class Ledger:
    """The rows of one ticket, in the order in which they were written."""

    conversation: Conversation
    contact: Contact
    ticket: Ticket
    terms: Terms
    keys: Keys
    messages: list[Message] = field(default_factory=list)
    attempts: list[DeliveryAttempt] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)
    clocks: list[SlaClock] = field(default_factory=list)
    sla_events: list[SlaEvent] = field(default_factory=list)
    tags: list[TicketTag] = field(default_factory=list)
    alerts: list[Notification] = field(default_factory=list)
    answered: bool = False

    # -- Steps --------------------------------------------------------------------------------------

    def write(self, at: dt.datetime, text: str, external_id: str, acknowledged_after: int = 1) -> None:
        """Let the contact write: the first message opens and is acknowledged, one after the resolve reopens."""
        self._sweep(at)
        ticket = self.ticket
        said = at - SECOND
        fresh_events: list[TicketEvent] = []
        opening = not self.messages
        if opening:
            fresh_events.append(
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
        ticket.last_message_id = message.pk
        if opening:
            fresh_events += self._route(text, at)
        if ticket.status == Status.RESOLVED:
            ticket.status, ticket.resolved_at, ticket.closes_at = Status.OPEN, None, None
            ticket.unanswered_count, ticket.waiting_since = 1, said
            fresh_events.append(self.event(EventKind.REOPENED, at, by_contact=True, said=said))
        else:
            ticket.unanswered_count += 1
            ticket.waiting_since = min(ticket.waiting_since or said, said)
        fresh_events.append(self.event(EventKind.MESSAGE_RECEIVED, at, by_contact=True, said=said, message=message))
        self.commit(fresh_events, at)
        if opening and self.terms.acknowledges:
            self._acknowledge(at, f"{external_id}.ack", dt.timedelta(seconds=acknowledged_after))

    def _route(self, text: str, at: dt.datetime) -> list[TicketEvent]:
        ticket, language = self.ticket, self.contact.language
        situation = routing.Situation(text, self.conversation.inbox_id, ticket.team_id, language, at)
        match = self.terms.match(situation)
        if match is None:
            return []
        rule, before = match.rule, {"team": ticket.team_id, "priority": ticket.priority}
        ticket.team_id, ticket.priority = rule.team_id or ticket.team_id, rule.priority or ticket.priority
        tags = self.terms.tags_of(rule)
        self.tags += [
            fresh(TicketTag, self.keys, ticket_id=ticket.pk, tag_id=tag, source=TagSource.RULE) for tag in tags
        ]
        routed = self.event(
            EventKind.ROUTED,
            at,
            rule=rule.pk,
            version=rule.version,
            keywords=[hit.index for hit in match.hits],
            before=before,
            after={"team": ticket.team_id, "priority": ticket.priority},
            tags=tags,
        )
        return [routed]

    def _acknowledge(self, at: dt.datetime, external_id: str, after: dt.timedelta) -> None:
        """Say that the message came in, and by when it will be answered."""
        text, due_at = in_language(self.terms.words, self.contact.language), self.ticket.due_at
        words = placeholders.fill_in(
            text.text,
            {
                "ticket_number": f"#{self.ticket.pk}",
                "name": placeholders.spoken_name(self.contact.name),
                "eta": phrases.until(due_at, at, self.terms.zone, text.language) if due_at else "",
                "team": self.terms.team_names[self.ticket.team_id],
            },
        )
        self.say(at, words, Purpose.ACKNOWLEDGEMENT, text.language, external_id, after, of_ticket=True)

    def say(
        self,
        at: dt.datetime,
        text: str,
        purpose: Purpose,
        language: str,
        external_id: str,
        after: dt.timedelta,
        *,
        of_ticket: bool = False,
    ) -> Message:
        """Let the house say something by itself; a worker takes it up so much later, and it arrives and is read."""
        message = self.message(MessageKind.OUTBOUND, at, text, external_id=external_id)
        message.ticket_id = self.ticket.pk if of_ticket else None
        message.purpose, message.author_kind, message.client_id = purpose, AuthorKind.BOT, None
        message.send_priority, message.language = SEND_PRIORITY, language
        left = at + after
        message.sent_at, message.delivered_at = left + ACCEPTED_AFTER, left + DELIVERED_AFTER
        message.read_at = left + READ_AFTER
        self._attempt(message, left)
        if of_ticket:
            sent = self.event(EventKind.AUTOMATIC_SENT, at, message=message, purpose=str(purpose))
            sent.actor_kind = ActorKind.BOT
            self.commit([sent], at)
            accepted = left + ACCEPTED_AFTER
            self._sweep(accepted)
            self.commit([self.event(EventKind.AUTOMATIC_ACCEPTED, accepted, message=message, attempt=1)], accepted)
            # Each of the two receipts made open pages look again.
            self.ticket.version += 2
        return message

    def hear(self, at: dt.datetime, text: str, external_id: str) -> Message:
        """Let the contact write something that answers us and belongs to no ticket."""
        message = self.message(MessageKind.INBOUND, at, text, external_id=external_id, occurred_at=at - SECOND)
        message.ticket_id = None
        return message

    def claim(self, at: dt.datetime, agent: User) -> None:
        """Let an agent take the ticket."""
        self._sweep(at)
        before = self.ticket.assignee_id
        self.ticket.assignee_id = agent.pk
        if self.ticket.status == Status.NEW:
            self.ticket.status = Status.OPEN
        self.commit([self.event(EventKind.ASSIGNED, at, actor=agent, before=before, after=agent.pk)], at)

    def transfer(self, at: dt.datetime, actor: User, team_id: int, assignee: User) -> None:
        """Hand the ticket over to somebody in another team."""
        self._sweep(at)
        ticket = self.ticket
        before = {"team": ticket.team_id, "assignee": ticket.assignee_id}
        after = {"team": team_id, "assignee": assignee.pk}
        if before == after:
            return
        ticket.team_id, ticket.assignee_id = team_id, assignee.pk
        policies = self._promise_anew(at)
        self.commit(
            [self.event(EventKind.TRANSFERRED, at, actor=actor, before=before, after=after, sla_policies=policies)], at
        )
        if assignee.pk != actor.pk:
            self.alert({assignee.pk}, "assigned", f"ticket-{ticket.pk}-assigned-{ticket.version}", at)

    def set_priority(self, at: dt.datetime, actor: User, priority: int) -> None:
        """Give the ticket another priority, and the promises that belong to it."""
        self._sweep(at)
        before = self.ticket.priority
        if before == priority:
            return
        self.ticket.priority = priority
        policies = self._promise_anew(at)
        self.commit(
            [
                self.event(
                    EventKind.PRIORITY_CHANGED, at, actor=actor, before=before, after=priority, sla_policies=policies
                )
            ],
            at,
        )

    def tag(self, at: dt.datetime, agent: User, tag_id: int) -> None:
        """Let an agent say what it is about, unless a rule has done so."""
        self._sweep(at)
        if any(known.tag_id == tag_id for known in self.tags):
            return
        self.tags.append(fresh(TicketTag, self.keys, ticket_id=self.ticket.pk, tag_id=tag_id))
        self.commit([self.event(EventKind.TAGS_CHANGED, at, actor=agent, added=[tag_id], removed=[])], at)

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
        ticket.last_message_id = message.pk
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
        self._attempt(message, left)
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

    def alert(self, people: set[int], kind: str, key: str, at: dt.datetime) -> None:
        """Tell people in the app, as far back as anybody scrolls."""
        if at < self.terms.alerts_since:
            return
        self.alerts += [
            fresh(
                Notification,
                self.keys,
                user_id=user_id,
                kind=kind,
                key=key,
                ticket_id=self.ticket.pk,
                created_at=at,
            )
            for user_id in sorted(people)
        ]

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
        message = fresh(
            Message,
            self.keys,
            inbox_id=self.conversation.inbox_id,
            conversation_id=self.conversation.pk,
            ticket_id=self.ticket.pk,
            seq=self._seq(),
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
            seq=self._seq(),
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

    def _attempt(self, message: Message, left: dt.datetime) -> None:
        attempt = fresh(
            DeliveryAttempt, self.keys, message_id=message.pk, number=1, token=uuid.uuid4(), started_at=left
        )
        self.attempts.append(attempt)

    def commit(self, events: list[TicketEvent], at: dt.datetime) -> None:
        """End a step with its events."""
        self._keep_clocks(at)
        self.events += events
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
        clock = fresh(
            SlaClock,
            self.keys,
            ticket_id=self.ticket.pk,
            metric=metric,
            started_at=started_at,
            state=ClockState.RUNNING,
        )
        self._promise(clock)
        self.clocks.append(clock)
        return clock

    def _ruler(self, clock: SlaClock) -> Ruler:
        return self.terms.ruler if clock.hours_id else Ruler(None)

    def _promise(self, clock: SlaClock) -> None:
        policy, targets = self.terms.policies[self.ticket.priority]
        target, ruler = targets[clock.metric], self.terms.ruler
        hours = ruler.hours if target.in_business_hours else None
        clock.policy_id = policy.pk
        clock.hours_id, clock.hours_version = (hours.pk, hours.version) if hours else (None, 0)
        clock.seconds = target.seconds
        clock.warn_seconds = target.seconds * policy.warn_percent // 100
        measure = self._ruler(clock)
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
            clock.remaining_seconds = self._ruler(clock).between(at, clock.due_at)
        clock.state, clock.stopped_at = ClockState.STOPPED, at

    def _resume(self, clock: SlaClock, at: dt.datetime) -> None:
        if clock.breached_at is None and clock.remaining_seconds is not None:
            ruler = self._ruler(clock)
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
                self._sla_event(clock, Step.WARNING, clock.warn_at, clock.warn_at)
                self.ticket.version += 1
            if self._notice_breach(clock, until, clock.due_at):
                self.ticket.version += 1

    def _notice_breach(self, clock: SlaClock, at: dt.datetime, noticed_at: dt.datetime | None = None) -> bool:
        """Record a breach; an action notices it when it happens, the sweep on time."""
        news = clock.state == ClockState.RUNNING and clock.breached_at is None
        if not news or clock.due_at is None or clock.due_at > at:
            return False
        clock.breached_at = clock.due_at
        self._sla_event(clock, Step.BREACH, clock.due_at, noticed_at or at)
        return True

    def _sla_event(self, clock: SlaClock, kind: Step, at: dt.datetime, noticed_at: dt.datetime) -> None:
        row = fresh(
            SlaEvent,
            self.keys,
            clock_id=clock.pk,
            kind=kind,
            occurred_at=at,
            recorded_at=max(at + NOTICED_AFTER, noticed_at),
        )
        self.sla_events.append(row)
        people = set(self.terms.supervisors[self.ticket.team_id])
        if self.ticket.assignee_id is not None:
            people.add(self.ticket.assignee_id)
        self.alert(people, f"sla_{kind}", f"clock-{clock.pk}-{kind}", noticed_at)
