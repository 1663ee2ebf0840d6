"""Read a log once: who resolved, what was accepted, when the contact began to wait."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from analytics.definitions import REOPEN_WINDOW_HOURS
from analytics.fold.days import LocalDays
from analytics.fold.log import Log, LoggedEvent, LoggedMessage

OPEN = frozenset({"new", "open", "pending", "on_hold"})
# A provider's time is believed, but not more than this before the ticket's first event.
EARLIEST = dt.timedelta(days=1)
# Where a resolve does not say how long a message reopened the ticket.
REOPENS_WITHIN = REOPEN_WINDOW_HOURS * 3600
BRINGS = frozenset({"message_received", "replied", "automatic_sent"})
ACCEPTS = frozenset({"reply_accepted", "automatic_accepted"})
LOSES = frozenset({"reply_failed", "automatic_dropped"})
TURNS = frozenset({"resolved", "reopened", "transferred", "routed", "human_wanted", "resolve_undone", "reply_failed",
                   "delivery_unknown"})  # fmt: skip

Hours = tuple[int, int] | None
Business = Callable[[Hours, dt.datetime, dt.datetime], float]


class Solve:
    """A resolve that stands."""

    __slots__ = ("agent", "at", "reopened_at", "reopened_seq", "reopens_within", "seq", "team")

    def __init__(self, event: LoggedEvent) -> None:
        self.seq = event.seq
        self.at = event.occurred_at
        self.agent = event.actor
        self.team = event.team
        self.reopens_within = dt.timedelta(seconds=(event.data or {}).get("reopens_within", REOPENS_WITHIN))
        self.reopened_at: dt.datetime | None = None
        self.reopened_seq = 0


class Said(NamedTuple):
    """A message to the contact that was accepted."""

    message: LoggedMessage
    accepted_at: dt.datetime
    team: int | None


class Story:
    """What a log comes to, before anything is measured."""

    def __init__(self, log: Log, days: LocalDays, business: Business) -> None:
        self.log = log
        self.zone = days.zone
        self.day = days.of
        self.exact_business = business
        self.opened = log.events[0]
        self.accepted: dict[int, dt.datetime] = {}
        self._denied: dict[int, dt.datetime] = {}  # accepted once, then said to have failed
        self.void: set[int] = set()  # places of resolves that did not stand, and of what took them back
        self.solves: list[Solve] = []
        self.hours: list[tuple[int, Hours]] = []
        self.event_of: dict[int, LoggedEvent] = {}
        self.moves: list[LoggedEvent] = []  # after which team, assignee or status were others than before
        self.transfers: list[int] = []
        self.topic: int | None = None
        self.wants_human = False
        self._read_events()
        floor = self.opened.occurred_at - EARLIEST
        self.inbound = [(max(m.occurred_at, floor), m) for m in log.messages if m.kind == "inbound"]
        self.said = self._accepted_messages()
        # What we said before the contact said anything answers nothing.
        self.heard_seq = self.inbound[0][1].seq if self.inbound else self.opened.seq
        self.replies = [
            one
            for one in self.said
            if one.message.purpose == "reply" and one.message.author_kind == "agent"
            if one.message.seq > self.heard_seq
        ]
        self.first = self.replies[0] if self.inbound and self.replies else None
        self.began_at = min((at for at, _m in self.inbound), default=None)

    # -- Reading ---------------------------------------------------------------------------------

    def _read_events(self) -> None:
        accepted, was_resolved = self.accepted, False
        where: tuple[int | None, int | None, str] | None = None
        for event in self.log.events:
            _ticket, seq, kind, _actor, message, data, occurred_at, _recorded_at, team, assignee, status = event
            if (team, assignee, status) != where:
                where = (team, assignee, status)
                self.moves.append(event)
            if data and "hours" in data:
                hours = data["hours"]
                self.hours.append((seq, (hours[0], hours[1]) if hours else None))
            if message is not None:
                if kind in BRINGS:
                    self.event_of[message] = event
                elif kind in ACCEPTS:
                    # Word that it arrived after all takes back the word that it failed.
                    accepted.setdefault(message, self._denied.pop(message, occurred_at))
                elif kind in LOSES and message in accepted:
                    self._denied[message] = accepted.pop(message)
                elif kind == "reply_retried":
                    self._denied.pop(message, None)
            if kind in TURNS:
                self._turn(event, was_resolved=was_resolved)
            if status:
                was_resolved = status == "resolved"

    def _turn(self, event: LoggedEvent, *, was_resolved: bool) -> None:
        data = event.data or {}
        match event.kind:
            case "resolved":
                self.solves.append(Solve(event))
            case "reopened" if self.solves and "linked" not in data and self.solves[-1].reopened_at is None:
                self.solves[-1].reopened_at, self.solves[-1].reopened_seq = event.occurred_at, event.seq
            case "transferred":
                self.transfers.append(event.seq)
            case "routed":
                self.topic = self.topic or data.get("rule")
            case "human_wanted":
                self.wants_human = True
            case "resolve_undone" if self.solves:
                self.void |= {self.solves.pop().seq, event.seq}
            case "reply_failed" | "delivery_unknown" if self.solves and was_resolved and event.status in OPEN:
                self.void.add(self.solves.pop().seq)

    def _accepted_messages(self) -> list[Said]:
        found = []
        for message in self.log.messages:
            at = self.accepted.get(message.id)
            if at is not None and message.kind == "outbound":
                event = self.event_of.get(message.id)
                # Providers tell whole seconds; nothing is accepted before it was written.
                found.append(Said(message, max(at, message.occurred_at), event.team if event else None))
        found.sort(key=lambda one: (one.accepted_at, one.message.seq))
        return found

    def was_settled(self, message: LoggedMessage) -> bool:
        """Whether a message met a ticket that it did not open again: a thank-you waits for nothing."""
        event = self.event_of.get(message.id)
        return event is not None and bool(event.status) and event.status not in OPEN

    @property
    def is_for_machines(self) -> bool:
        """Whether no person had to do with what a machine resolved; such tickets have figures of their own."""
        return bool(self.solves) and self.solves[-1].agent is None and not self.replies

    def waits_since(self, reply: Said, began_at: dt.datetime) -> tuple[dt.datetime, int]:
        """Return since when the first reply was waited for, and that place in the log.

        A ticket that only a machine had resolved begins anew when it is reopened.
        """
        since = began_at, self.heard_seq
        for solve in self.solves:
            if solve.agent is not None or solve.seq > reply.message.seq:
                break
            if solve.reopened_at is not None and solve.reopened_seq < reply.message.seq:
                since = solve.reopened_at, solve.reopened_seq
        return since

    def hours_at(self, seq: int) -> Hours:
        """Return the version of business hours that held at a place of the log."""
        known: Hours = self.hours[0][1] if self.hours else None
        for since, hours in self.hours[1:]:
            if since <= seq:
                known = hours
        return known

    # -- Measuring -------------------------------------------------------------------------------

    def wall(self, begin: dt.datetime, end: dt.datetime) -> int:
        """Return whole seconds."""
        span = end - begin
        return max(0, span.days * 86_400 + span.seconds)

    def business(self, hours: Hours, begin: dt.datetime, end: dt.datetime) -> int:
        """Return whole seconds of business time."""
        return max(0, int(self.exact_business(hours, begin, end)))
