"""Read a log once: who resolved, what was accepted, when the contact began to wait."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from analytics.fold.days import LocalDays
from analytics.fold.log import Log, LoggedEvent, LoggedMessage

OPEN = frozenset({"new", "open", "pending", "on_hold"})
# A provider's time is believed, but not more than this before the ticket's first event.
EARLIEST = dt.timedelta(days=1)
BRINGS = frozenset({"message_received", "replied", "automatic_sent"})
ACCEPTS = frozenset({"reply_accepted", "automatic_accepted"})
LOSES = frozenset({"reply_failed", "automatic_dropped"})
TURNS = frozenset({"resolved", "reopened", "transferred", "routed", "human_wanted", "resolve_undone", "reply_failed",
                   "delivery_unknown"})  # fmt: skip

Hours = tuple[int, int] | None
Business = Callable[[Hours, dt.datetime, dt.datetime], float]


class Solve:
    """A resolve that stands."""

    __slots__ = ("agent", "at", "reopened_at", "seq", "team")

    def __init__(self, event: LoggedEvent) -> None:
        self.seq = event.seq
        self.at = event.occurred_at
        self.agent = event.actor
        self.team = event.team
        self.reopened_at: dt.datetime | None = None


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
        self.solves: list[Solve] = []
        self.hours: list[tuple[int, Hours]] = []
        self.event_of: dict[int, LoggedEvent] = {}
        self.arrived: LoggedEvent | None = None
        self.moves: list[LoggedEvent] = []  # after which team, assignee or status were others than before
        self.transfers: list[int] = []
        self.topic: int | None = None
        self.wants_human = False
        self._read_events()
        floor = self.opened.occurred_at - EARLIEST
        self.inbound = [(max(m.occurred_at, floor), m) for m in log.messages if m.kind == "inbound"]
        self.said = self._accepted_messages()
        self.replies = [
            one for one in self.said if one.message.purpose == "reply" and one.message.author_kind == "agent"
        ]
        self.first = self.replies[0] if self.replies else None
        before = self.first.message.seq if self.first else None
        heard = [at for at, m in self.inbound if before is None or m.seq < before]
        self.began_at = min(heard) if heard else None

    # -- Reading ---------------------------------------------------------------------------------

    def _read_events(self) -> None:
        accepted, was_resolved = self.accepted, False
        where: tuple[int | None, int | None, str] | None = None
        for event in self.log.events:
            seq, kind, _actor, message, data, occurred_at, _recorded_at, team, assignee, status = event
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
                    accepted.setdefault(message, occurred_at)
                elif kind in LOSES:
                    accepted.pop(message, None)
            if kind == "message_received":
                self.arrived = self.arrived or event
            elif kind in TURNS:
                self._turn(event, was_resolved=was_resolved)
            if status:
                was_resolved = status == "resolved"

    def _turn(self, event: LoggedEvent, *, was_resolved: bool) -> None:
        data = event.data or {}
        match event.kind:
            case "resolved":
                self.solves.append(Solve(event))
            case "reopened" if self.solves and "linked" not in data:
                self.solves[-1].reopened_at = self.solves[-1].reopened_at or event.occurred_at
            case "transferred":
                self.transfers.append(event.seq)
            case "routed":
                self.topic = self.topic or data.get("rule")
            case "human_wanted":
                self.wants_human = True
            case "resolve_undone" if self.solves:
                self.solves.pop()
            case "reply_failed" | "delivery_unknown" if self.solves and was_resolved and event.status in OPEN:
                self.solves.pop()

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

    def hours_at(self, seq: int) -> Hours:
        """Return the version of business hours that held at a place of the log."""
        known: Hours = self.hours[0][1] if self.hours else None
        for since, hours in self.hours:
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
