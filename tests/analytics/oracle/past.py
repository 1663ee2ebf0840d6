"""What the tables hold about one ticket, and the few words that all definitions use."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

from tests.analytics.story import FINANCE_OFFICE, OFFICE
from tickets.models import EventKind, FocusSegment, Message, SlaClock, TeamHours, Ticket, TicketEvent

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
SETTLED = {"resolved", "closed"}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One observation: on which day, worth what, of which ticket, credited to whom."""

    day: dt.date
    value: int | Fraction = 1
    weight: int = 1  # what it is divided by
    ticket: int | None = None
    contact: int | None = None
    teams: frozenset[int] = frozenset()
    agent: int | None = None


@dataclass(frozen=True)
class Said:
    """What a person said, and when the provider had it."""

    message: Message
    at: dt.datetime


def seconds(begin: dt.datetime, end: dt.datetime) -> int:
    """Return whole seconds."""
    return max(0, int((end - begin).total_seconds()))


@cache
def open_minutes(zone: zoneinfo.ZoneInfo, office: tuple[range, int, int], day: dt.date) -> frozenset[int]:
    """Return the minutes (since 1970) of a UTC day in which an office is open, found by looking at each."""
    weekdays, begins, ends = office
    first = dt.datetime.combine(day, dt.time(), dt.UTC)
    found = set()
    for number in range(24 * 60):
        local = (first + number * MINUTE).astimezone(zone)
        if local.weekday() in weekdays and begins <= local.hour * 60 + local.minute < ends:
            found.add(int(first.timestamp()) // 60 + number)
    return frozenset(found)


class Past:
    """One ticket as the tables know it."""

    def __init__(self, ticket: Ticket, zone: zoneinfo.ZoneInfo) -> None:
        self.ticket, self.zone = ticket, zone
        contact = ticket.conversation.contact
        self.contact: int = contact.merged_into_id or contact.pk
        self.inbox = ticket.conversation.inbox
        self.tags = set(ticket.ticket_tags.values_list("tag_id", flat=True))
        self.events = list(TicketEvent.objects.filter(ticket=ticket).order_by("seq"))
        self.messages = list(Message.objects.filter(ticket=ticket).order_by("seq"))
        self.clocks = list(SlaClock.objects.filter(ticket=ticket))
        self.looks = list(FocusSegment.objects.filter(ticket=ticket))
        routed = [
            event.data["rule"] for event in self.events if event.kind == EventKind.ROUTED and event.data.get("rule")
        ]
        self.topic: int | None = routed[0] if routed else None
        self.mornings = set(TeamHours.objects.values_list("team_id", flat=True))
        self.event_of = {
            event.message_id: event
            for event in reversed(self.events)
            if event.kind in {EventKind.MESSAGE_RECEIVED, EventKind.REPLIED, EventKind.AUTOMATIC_SENT}
        }

    @property
    def counts(self) -> bool:
        """Whether it counts at all: not of a test contact, and not ours alone."""
        return bool(self.heard) and not self.ticket.conversation.contact.is_test

    def day(self, at: dt.datetime) -> dt.date:
        """Return the local day."""
        return at.astimezone(self.zone).date()

    def office_seconds(self, team: int | None, begin: dt.datetime, end: dt.datetime) -> int:
        """Return the seconds in which the office of a team was open, minute by minute."""
        office = FINANCE_OFFICE if team in self.mornings else OFFICE
        total = 0
        first, last = int(begin.timestamp()), int(end.timestamp())
        for number in range((last - first) // 86400 + 2):
            day = dt.datetime.fromtimestamp(first, dt.UTC).date() + number * DAY
            for minute in open_minutes(self.zone, office, day):
                total += max(0, min(last, minute * 60 + 60) - max(first, minute * 60))
        return total

    def seen(self, at: dt.datetime, value: int = 1, *, team: int | None = None, agent: int | None = None) -> Seen:
        """Return an observation of this ticket."""
        teams = frozenset() if team is None else frozenset({team})
        return Seen(
            day=self.day(at), value=value, ticket=self.ticket.pk, contact=self.contact, teams=teams, agent=agent
        )

    def said_at(self, message: Message) -> dt.datetime:
        """Return the provider's time; a contact's at most a day before all else, ours never before it was written."""
        if message.kind == "inbound":
            return max(message.occurred_at, self.events[0].occurred_at - DAY)
        assert message.sent_at is not None
        return max(message.sent_at, message.occurred_at)

    @cached_property
    def heard(self) -> list[Message]:
        """What the contact said, as it came in."""
        return [message for message in self.messages if message.kind == "inbound"]

    @cached_property
    def replies(self) -> list[Said]:
        """What people answered and the provider took, as it took it; what we began with answers nothing."""
        sent = [
            Said(message, self.said_at(message))
            for message in self.messages
            if message.state == "sent" and message.purpose == "reply" and message.author_kind == "agent"
            if self.heard and message.seq > self.heard[0].seq
        ]
        return sorted(sent, key=lambda said: (said.at, said.message.seq))

    @cached_property
    def start(self) -> dt.datetime:
        """The contact's first message."""
        return min(self.said_at(message) for message in self.heard)

    @property
    def start_team(self) -> int | None:
        """The team that had the ticket when the contact first wrote: its office hours count."""
        return self.event_of[self.heard[0].pk].team_id

    @cached_property
    def void(self) -> set[int]:
        """The places of resolves that did not stand (taken back, or their reply failed), and of what took them back."""
        standing: list[int] = []
        found: set[int] = set()
        status = ""
        for event in self.events:
            if event.kind == EventKind.RESOLVED:
                standing.append(event.seq)
            lost = event.kind in {EventKind.REPLY_FAILED, EventKind.DELIVERY_UNKNOWN}
            if event.kind == EventKind.RESOLVE_UNDONE or (lost and status == "resolved" and event.status == "open"):
                found |= {standing.pop(), event.seq}
            status = event.status
        return found

    @cached_property
    def solves(self) -> list[TicketEvent]:
        """The resolves that stood."""
        return [event for event in self.events if event.kind == EventKind.RESOLVED and event.seq not in self.void]

    @property
    def is_for_machines(self) -> bool:
        """Whether no person had to do with what a machine resolved."""
        return bool(self.solves) and self.solves[-1].actor_id is None and not self.replies

    def reopened_after(self, solve: TicketEvent) -> TicketEvent | None:
        """Return what reopened the ticket after a resolve and before the next."""
        for event in self.events:
            if event.seq > solve.seq and event.kind == EventKind.RESOLVED and event.seq not in self.void:
                return None
            if event.seq > solve.seq and event.kind == EventKind.REOPENED and "linked" not in event.data:
                return event
        return None
