"""Read a log once: who resolved, what was accepted, when the contact began to wait."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from analytics.fold.log import Log, LoggedEvent, LoggedMessage

OPEN = frozenset({"new", "open", "pending", "on_hold"})
# A provider's time is believed, but not more than this before the ticket's first event.
EARLIEST = dt.timedelta(days=1)

Hours = tuple[int, int] | None
Business = Callable[[Hours, dt.datetime, dt.datetime], float]


@dataclass(slots=True)
class Solve:
    seq: int
    at: dt.datetime
    agent: int | None
    team: int | None
    reopened_at: dt.datetime | None = None


@dataclass(slots=True)
class Reply:
    message: LoggedMessage
    accepted_at: dt.datetime
    team: int | None


class Story:
    """What a log comes to, before anything is measured."""

    def __init__(self, log: Log, zone: zoneinfo.ZoneInfo, business: Business) -> None:
        self.log = log
        self.zone = zone
        self.exact_business = business
        self.opened = log.events[0]
        self.accepted: dict[int, dt.datetime] = {}
        self.solves: list[Solve] = []
        self.reopenings: list[tuple[dt.datetime, dt.datetime]] = []  # (when, the resolve before it)
        self.hours: list[tuple[int, Hours]] = []
        self.event_of: dict[int, LoggedEvent] = {}
        self.transfers: list[int] = []
        self._read_events()
        floor = self.opened.occurred_at - EARLIEST
        self.inbound = [(max(m.occurred_at, floor), m) for m in log.messages if m.kind == "inbound"]
        self.replies = self.accepted_messages(lambda m: m.purpose == "reply" and m.author_kind == "agent")
        self.first = self.replies[0] if self.replies else None
        before = self.first.message.seq if self.first else None
        heard = [at for at, m in self.inbound if before is None or m.seq < before]
        self.began_at = min(heard) if heard else None

    # -- Reading ---------------------------------------------------------------------------------

    def _read_events(self) -> None:
        status = ""
        for event in self.log.events:
            self._read(event, was_resolved=status == "resolved")
            status = event.status or status

    def _read(self, event: LoggedEvent, *, was_resolved: bool) -> None:
        if "hours" in event.data:
            hours = event.data["hours"]
            self.hours.append((event.seq, (hours[0], hours[1]) if hours else None))
        if event.message is not None and event.kind in {"message_received", "replied", "automatic_sent"}:
            self.event_of[event.message] = event
        if event.kind in {"reply_accepted", "automatic_accepted"} and event.message is not None:
            self.accepted.setdefault(event.message, event.occurred_at)
        elif event.kind in {"reply_failed", "automatic_dropped"} and event.message is not None:
            self.accepted.pop(event.message, None)
        elif event.kind == "transferred":
            self.transfers.append(event.seq)
        if event.kind == "resolved":
            self.solves.append(Solve(event.seq, event.occurred_at, event.actor, event.team))
        elif event.kind == "resolve_undone" or (
            event.kind in {"reply_failed", "delivery_unknown"} and was_resolved and event.status in OPEN
        ):
            self._void_last_solve()
        elif event.kind == "reopened" and "linked" not in event.data and self.solves:
            solve = self.solves[-1]
            solve.reopened_at = solve.reopened_at or event.occurred_at

    def _void_last_solve(self) -> None:
        if self.solves:
            self.solves.pop()

    def accepted_messages(self, wanted: Callable[[LoggedMessage], bool] | None = None) -> list[Reply]:
        found = []
        for message in self.log.messages:
            if message.kind == "outbound" and message.id in self.accepted and (wanted is None or wanted(message)):
                # Providers tell whole seconds; nothing is accepted before it was written.
                at = max(self.accepted[message.id], message.occurred_at)
                event = self.event_of.get(message.id)
                found.append(Reply(message, at, event.team if event else None))
        return sorted(found, key=lambda reply: (reply.accepted_at, reply.message.seq))

    def hours_at(self, seq: int) -> Hours:
        known: Hours = self.hours[0][1] if self.hours else None
        for since, hours in self.hours:
            if since <= seq:
                known = hours
        return known

    # -- Measuring -------------------------------------------------------------------------------

    def day(self, at: dt.datetime) -> dt.date:
        """Return the local day of a moment."""
        return at.astimezone(self.zone).date()

    def wall(self, begin: dt.datetime, end: dt.datetime) -> int:
        """Return whole seconds."""
        return max(0, int((end - begin).total_seconds()))

    def business(self, hours: Hours, begin: dt.datetime, end: dt.datetime) -> int:
        """Return whole seconds of business time."""
        return max(0, int(self.exact_business(hours, begin, end)))
