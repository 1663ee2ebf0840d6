"""What the tables hold about one ticket, and the few words that all definitions use."""

import datetime as dt
import itertools
import zoneinfo
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

from tests.analytics.story import FINANCE_OFFICE, OFFICE
from tickets.models import EventKind, FocusSegment, Message, SlaClock, TeamHours, Ticket, TicketEvent

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
SETTLED = {"resolved", "closed"}
ARRIVALS = [EventKind.MESSAGE_RECEIVED, EventKind.REPLIED, EventKind.AUTOMATIC_SENT]


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
    """What was said, when the provider had it, and its place in the ticket in which it was said."""

    message: Message
    at: dt.datetime
    place: int
    seen: int = 0


class Part:
    """What was said in one ticket: in the one that is asked about, or in another that was merged into it."""

    def __init__(self, ticket_id: int, messages: list[Message], places: dict[int, tuple[int, int]]) -> None:
        self.events = list(TicketEvent.objects.filter(ticket=ticket_id).order_by("seq"))
        self._messages = messages
        self._places = places
        self.heard_from: int | None = None  # from which place on, where the contact wrote in a merged ticket alone
        about = TicketEvent.objects.filter(message__in=messages, kind__in=ARRIVALS).order_by("-recorded_at", "-seq")
        self.event_of = {event.message_id: event for event in about}

    def place(self, message: Message) -> tuple[int, int]:
        """Return the place of a message, and the place up to which its author had seen the conversation."""
        return self._places.get(message.pk, (message.seq, message.seen_seq))

    def said_at(self, message: Message) -> dt.datetime:
        """Return the provider's time; a contact's at most a day before all else, ours never before it was written."""
        if message.kind == "inbound":
            return max(message.occurred_at, self.events[0].occurred_at - DAY)
        assert message.sent_at is not None
        return max(message.sent_at, message.occurred_at)

    @cached_property
    def heard(self) -> list[Said]:
        """What the contact said, as it came in."""
        found = [Said(m, self.said_at(m), self.place(m)[0]) for m in self._messages if m.kind == "inbound"]
        return sorted(found, key=lambda said: said.place)

    @cached_property
    def sent(self) -> list[Said]:
        """What the provider took, as it took it."""
        found = [Said(m, self.said_at(m), *self.place(m)) for m in self._messages if m.state == "sent"]
        return sorted(found, key=lambda said: (said.at, said.place))

    @cached_property
    def replies(self) -> list[Said]:
        """What people answered and the provider took; what we began with answers nothing."""
        since = self.heard[0].place if self.heard else self.heard_from
        return [
            said
            for said in self.sent
            if said.message.purpose == "reply" and said.message.author_kind == "agent"
            if since is not None and said.place > since
        ]

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

    def reopened_after(self, solve: TicketEvent) -> TicketEvent | None:
        """Return what reopened the ticket after a resolve and before the next; a merge that does so counts."""
        found: TicketEvent | None = None
        status = solve.status
        for event in self.events:
            if event.seq <= solve.seq:
                continue
            if event.kind == EventKind.RESOLVED and event.seq not in self.void:
                break
            came_open = status in SETTLED and event.status not in SETTLED
            came_back = event.kind == EventKind.REOPENED and "linked" not in event.data
            if came_back or (event.kind == EventKind.ABSORBED and came_open):
                found = found or event
            elif event.kind == EventKind.RELEASED and status not in SETTLED and event.status in SETTLED:
                found = None  # the merge was undone at once
            status = event.status
        return found

    @cached_property
    def put_aside(self) -> list[tuple[TicketEvent, TicketEvent | None]]:
        """The stretches in which the ticket was spam, or merged into another one."""
        found: list[tuple[TicketEvent, TicketEvent | None]] = []
        for event in self.events:
            if event.kind in {EventKind.MARKED_SPAM, EventKind.MERGED}:
                found.append((event, None))
            elif event.kind in {EventKind.UNMARKED_SPAM, EventKind.UNMERGED}:
                found[-1] = (found[-1][0], event)
        return found

    def aside_at(self, event: TicketEvent) -> TicketEvent | None:
        """Return what had put the ticket aside when something happened to it."""
        for begun, ended in self.put_aside:
            if begun.seq <= event.seq and (ended is None or event.seq < ended.seq):
                return begun
        return None

    def waits(self, said: Said) -> bool:
        """Whether somebody waited for an answer to this: not on a ticket that stayed resolved."""
        event = self.event_of[said.message.pk]
        aside = self.aside_at(event) if event.ticket_id == self.events[0].ticket_id else None
        return (aside.data["from"] if aside else event.status) not in SETTLED


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
    """One ticket as the tables know it, with those that are merged into it."""

    def __init__(self, ticket: Ticket, zone: zoneinfo.ZoneInfo) -> None:
        self.ticket, self.zone = ticket, zone
        contact = ticket.conversation.contact
        self.contact: int = contact.merged_into_id or contact.pk
        self.inbox = ticket.conversation.inbox
        self.tags = set(ticket.ticket_tags.values_list("tag_id", flat=True))
        self.clocks = list(SlaClock.objects.filter(ticket=ticket))
        self.mornings = set(TeamHours.objects.values_list("team_id", flat=True))
        messages = list(Message.objects.filter(ticket=ticket).order_by("seq"))
        self.own = Part(ticket.pk, [message for message in messages if message.moved_from_id is None], {})
        self.parts = [self.own]
        for source in Ticket.objects.filter(merged_into=ticket).order_by("pk"):
            merging = self.own_event(EventKind.ABSORBED, source.pk)
            places = zip(merging.data["messages"], merging.data.get("places", []), strict=False)
            moved = [message for message in messages if message.moved_from_id == source.pk]
            self.parts.append(Part(source.pk, moved, {pk: (place[0], place[1]) for pk, place in places}))
            if self.own.heard_from is None:
                self.own.heard_from = merging.seq
        self.events = self.own.events
        looked_at = [part.events[0].ticket_id for part in self.parts]
        self.looks = list(FocusSegment.objects.filter(ticket__in=looked_at))
        routed = [
            event.data["rule"] for event in self.events if event.kind == EventKind.ROUTED and event.data.get("rule")
        ]
        self.topic: int | None = routed[0] if routed else None

    def own_event(self, kind: str, source: int) -> TicketEvent:
        """Return what last happened between this ticket and another one."""
        return [event for event in self.own.events if event.kind == kind and event.data["source"] == source][-1]

    @property
    def is_stock(self) -> bool:
        """Whether it counts among the open tickets while it is open: not of a test contact, and not ours alone."""
        came = any(event.kind == EventKind.MESSAGE_RECEIVED for event in self.events)
        return (came or bool(self.heard)) and not self.ticket.conversation.contact.is_test

    @property
    def counts(self) -> bool:
        """Whether it counts at all: a request of its own, neither spam nor merged into another."""
        is_request = self.ticket.spam_at is None and self.ticket.merged_into_id is None
        return is_request and bool(self.heard) and not self.ticket.conversation.contact.is_test

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

    @cached_property
    def heard(self) -> list[Said]:
        """What the contact said."""
        return [said for part in self.parts for said in part.heard]

    @cached_property
    def replies(self) -> list[Said]:
        """What people answered, as the provider took it."""
        found = [said for part in self.parts for said in part.replies]
        return sorted(found, key=lambda said: said.at)

    def part_of(self, said: Said) -> Part:
        """Return where something was said."""
        return next(part for part in self.parts if said in part.sent or said in part.heard)

    @cached_property
    def start(self) -> dt.datetime:
        """The contact's first message."""
        return min(said.at for said in self.heard)

    @property
    def start_team(self) -> int | None:
        """The team that had the ticket when the contact first wrote there: its office hours count."""
        first = min((part for part in self.parts if part.heard), key=lambda part: min(said.at for said in part.heard))
        return first.event_of[first.heard[0].message.pk].team_id

    def begun(self, part: Part, place: int) -> tuple[dt.datetime, int | None]:
        """Walk through a ticket up to a place; return since when it was people's turn, and whose office hours count.

        At first everybody's, from the contact's first message. Then a bot's, once it answers while nobody has the
        ticket and no person is wanted; from a bot it passes to people by either. What only machines had resolved is
        everybody's again when it comes back. Where a person has answered or resolved, nothing begins any more.
        """
        since, team, turn, wanted, last = self.start, self.start_team, "everybody", False, 0
        by_machines = list(itertools.takewhile(lambda solve: solve.actor_id is None, part.solves))
        comebacks = [part.reopened_after(solve) for solve in by_machines if solve.seq < place]
        stands = {solve.seq for solve in part.solves if solve.actor_id is not None}
        bots = [s for s in part.sent if s.message.purpose == "reply" and s.message.author_kind == "bot"]
        for event in part.events:
            if event.seq >= place or event.seq in stands:
                break
            if turn == "everybody" and any(last < bot.place < event.seq for bot in bots):
                turn = "bot"
            wanted |= event.kind == EventKind.HUMAN_WANTED
            here = [said for said in part.replies if said.place < event.seq]
            replied = self.replies_before(event) if part is self.own else here
            if event in comebacks and not replied:
                since, team, turn, last = event.occurred_at, event.team_id, "everybody", event.seq
            if turn != "people" and (wanted or event.assignee_id is not None):
                if turn == "bot" and not replied and event.occurred_at > since:
                    since, team = event.occurred_at, event.team_id
                turn = "people"
        return since, team

    @property
    def solves(self) -> list[TicketEvent]:
        """The resolves that stood."""
        return self.own.solves

    @property
    def all_solves(self) -> list[TicketEvent]:
        """Those of merged tickets, too."""
        return [solve for part in self.parts for solve in part.solves]

    def replies_before(self, event: TicketEvent) -> list[Said]:
        """Return what was replied here before something happened, and until then in merged tickets."""
        merged = [said for part in self.parts[1:] for said in part.replies]
        return [said for said in self.own.replies if said.place < event.seq] + [
            said for said in merged if said.message.occurred_at <= event.occurred_at
        ]

    @property
    def is_for_machines(self) -> bool:
        """Whether no person had to do with what a machine resolved."""
        return bool(self.solves) and self.solves[-1].actor_id is None and not self.replies

    def reopened_after(self, solve: TicketEvent) -> TicketEvent | None:
        """Return what reopened the ticket after a resolve and before the next."""
        return self.own.reopened_after(solve)

    def seen(self, at: dt.datetime, value: int = 1, *, team: int | None = None, agent: int | None = None) -> Seen:
        """Return an observation of this ticket."""
        teams = frozenset() if team is None else frozenset({team})
        return Seen(
            day=self.day(at), value=value, ticket=self.ticket.pk, contact=self.contact, teams=teams, agent=agent
        )
