"""What one invented ticket leaves in the tables: the rows that the actions would have written, step by step.

The actions need about a second of database work for one ticket, sixty days of a busy desk would take an hour. Here a
ticket costs a millisecond; that its rows equal those of the actions is what `tests/seed` proves, column by column.
"""

import datetime as dt

from agents.models import User
from helpdesk.seed.records import Records
from helpdesk.seed.rows import fresh
from tickets import phrases, placeholders, routing
from tickets.actions.acknowledgement import in_language
from tickets.actions.automatic import SEND_PRIORITY
from tickets.models import (
    ActorKind,
    AuthorKind,
    EventKind,
    Message,
    MessageKind,
    Purpose,
    Status,
    TagSource,
    TicketEvent,
    TicketTag,
)

ACCEPTED_AFTER = dt.timedelta(seconds=1)
DELIVERED_AFTER = dt.timedelta(seconds=3)
READ_AFTER = dt.timedelta(seconds=20)
SECOND = dt.timedelta(seconds=1)


class Ledger(Records):
    """One ticket, told step by step."""

    def write(self, at: dt.datetime, text: str, external_id: str, acknowledged_after: int = 1) -> None:
        """Let the contact write: the first message opens and is acknowledged, one after the resolve reopens."""
        self.sweep(at)
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
        self.attempt(message, left)
        if of_ticket:
            sent = self.event(EventKind.AUTOMATIC_SENT, at, message=message, purpose=str(purpose))
            sent.actor_kind = ActorKind.BOT
            self.commit([sent], at)
            accepted = left + ACCEPTED_AFTER
            self.sweep(accepted)
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
        self.sweep(at)
        before = self.ticket.assignee_id
        self.ticket.assignee_id = agent.pk
        if self.ticket.status == Status.NEW:
            self.ticket.status = Status.OPEN
        self.commit([self.event(EventKind.ASSIGNED, at, actor=agent, before=before, after=agent.pk)], at)

    def transfer(self, at: dt.datetime, actor: User, team_id: int, assignee: User) -> None:
        """Hand the ticket over to somebody in another team."""
        self.sweep(at)
        ticket = self.ticket
        before = {"team": ticket.team_id, "assignee": ticket.assignee_id}
        after = {"team": team_id, "assignee": assignee.pk}
        if before == after:
            return
        ticket.team_id, ticket.assignee_id = team_id, assignee.pk
        policies = self.promise_anew(at)
        self.commit(
            [self.event(EventKind.TRANSFERRED, at, actor=actor, before=before, after=after, sla_policies=policies)], at
        )
        if assignee.pk != actor.pk:
            self.alert({assignee.pk}, "assigned", f"ticket-{ticket.pk}-assigned-{ticket.version}", at)

    def set_priority(self, at: dt.datetime, actor: User, priority: int) -> None:
        """Give the ticket another priority, and the promises that belong to it."""
        self.sweep(at)
        before = self.ticket.priority
        if before == priority:
            return
        self.ticket.priority = priority
        policies = self.promise_anew(at)
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
        self.sweep(at)
        if any(known.tag_id == tag_id for known in self.tags):
            return
        self.tags.append(fresh(TicketTag, self.keys, ticket_id=self.ticket.pk, tag_id=tag_id))
        self.commit([self.event(EventKind.TAGS_CHANGED, at, actor=agent, added=[tag_id], removed=[])], at)

    def reply(self, at: dt.datetime, agent: User, text: str, external_id: str, read_after: dt.timedelta) -> None:
        """Let an agent answer all that was said; the answer is accepted, delivered and read."""
        self.sweep(at)
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
        self.attempt(message, left)
        self.sweep(accepted)
        self.commit([self.event(EventKind.REPLY_ACCEPTED, accepted, message=message, attempt=1)], accepted)
        # Each of the two receipts made open pages look again.
        ticket.version += 2

    def resolve(self, at: dt.datetime, agent: User, reopen_window: dt.timedelta) -> None:
        """Let an agent resolve the ticket."""
        self.sweep(at)
        ticket = self.ticket
        before, settled_seq = ticket.status, ticket.settled_seq
        ticket.status, ticket.resolved_at, ticket.closes_at = Status.RESOLVED, at, at + reopen_window
        ticket.waiting_since, ticket.unanswered_count = None, 0
        ticket.settled_seq = self.conversation.last_seq
        resolved = self.event(
            EventKind.RESOLVED,
            at,
            actor=agent,
            before=before,
            settled_seq=settled_seq,
            assignee=ticket.assignee_id,
            reopens_within=int(reopen_window.total_seconds()),
        )
        self.commit([resolved], at)

    def close(self, noticed_at: dt.datetime) -> None:
        """Close the ticket at the end of its reopen window."""
        self.sweep(noticed_at)
        due = self.ticket.closes_at
        assert due is not None  # noqa: S101 - resolved tickets close
        self.ticket.status = Status.CLOSED
        self.commit([self.event(EventKind.CLOSED, noticed_at, said=due)], noticed_at)
