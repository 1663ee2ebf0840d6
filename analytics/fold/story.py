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
SETS_ASIDE, TAKES_BACK = frozenset({"marked_spam", "merged"}), frozenset({"unmarked_spam", "unmerged"})
ACCEPTS = frozenset({"reply_accepted", "automatic_accepted"})
LOSES = frozenset({"reply_failed", "automatic_dropped"})
TURNS = frozenset({"resolved", "reopened", "transferred", "routed", "human_wanted", "resolve_undone", "reply_failed",
                   "delivery_unknown", "absorbed", "released"})  # fmt: skip

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
        self.transfers: list[LoggedEvent] = []
        self.topic: int | None = None
        self.wants_human = False
        self.aside = ""  # where the ticket stood before it was put aside as spam, or merged into another one
        self.while_aside: set[int] = set()  # places of what happened meanwhile
        self._read_events()
        self.parts = self._merged_tickets(days) if log.others else []
        floor = self.opened.occurred_at - EARLIEST
        self.inbound = [
            (max(m.occurred_at, floor), m) for m in log.messages if m.kind == "inbound" and m.moved_from is None
        ]
        self.said = self._accepted_messages()
        self.all = [self, *self.parts]  # this ticket, and those that are merged into it
        # What we said before the contact said anything answers nothing.
        self.heard_seq = self._heard_seq()
        self.replies = [
            one
            for one in self.said
            if one.message.purpose == "reply" and one.message.author_kind == "agent"
            if one.message.seq > self.heard_seq
        ]
        self.own_began_at = min((at for at, _m in self.inbound), default=None)
        self.began_at = min((one.own_began_at for one in self.all if one.own_began_at is not None), default=None)
        self.first, self.first_of = self._first_reply()

    def _heard_seq(self) -> int:
        """Return from which place on the contact has written; in a merged ticket first, where not in this one."""
        if self.inbound:
            return self.inbound[0][1].seq
        merged = self.log.absorbed() if self.parts else {}
        absorbed = [e.seq for e in self.log.events if e.kind == "absorbed" and e.data and e.data["source"] in merged]
        return absorbed[0] if absorbed else self.log.events[-1].seq

    def _merged_tickets(self, days: LocalDays) -> list["Story"]:
        """Tell of each merged ticket apart what was said in it, in the places that it had there."""
        found = []
        for source, places in self.log.absorbed().items():
            log = Log(source, self.log.contact, self.log.inbox, self.log.channel, self.log.is_test)
            log.events = self.log.others[source]
            log.others = {self.log.ticket: self.log.events}
            for message in self.log.messages:
                if message.moved_from == source:
                    seq, seen_seq = places.get(message.id, (message.seq, message.seen_seq))
                    log.messages.append(message._replace(seq=seq, seen_seq=seen_seq, moved_from=None))
            found.append(Story(log, days, self.exact_business))
        return found

    def _first_reply(self) -> tuple[Said | None, "Story"]:
        """Return the first reply, and the ticket in which it was given."""
        firsts = [(one.replies[0], one) for one in self.all if one.replies]
        said, where = min(firsts, key=lambda pair: pair[0].accepted_at, default=(None, self))
        return said, where

    # -- Reading ---------------------------------------------------------------------------------

    def _read_events(self) -> None:
        before, alone = "", not self.log.others
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
                    # What came in while it was put aside waits as it would have without that.
                    self.event_of[message] = event._replace(status=self.aside) if self.aside else event
                elif alone:
                    self._follow(kind, message, occurred_at)
            if kind in TURNS:
                self._turn(event, before)
            if kind in TAKES_BACK:
                self.aside = ""
            elif kind in SETS_ASIDE:
                self.aside = (data or {})["from"]
            if self.aside:
                self.while_aside.add(seq)
            before = status or before
        if not alone:
            self._follow_through_tickets()

    def _follow(self, kind: str, message: int, occurred_at: dt.datetime) -> None:
        """Take in what became of a message."""
        accepted = self.accepted
        if kind in ACCEPTS:
            # Word that it arrived after all takes back the word that it failed.
            accepted.setdefault(message, self._denied.pop(message, occurred_at))
        elif kind in LOSES and message in accepted:
            self._denied[message] = accepted.pop(message)
        elif kind == "reply_retried":
            self._denied.pop(message, None)

    def _follow_through_tickets(self) -> None:
        """Take in what became of messages that were moved between tickets, in the order in which we knew."""
        logs = [self.log.events, *self.log.others.values()]
        for event in sorted((one for log in logs for one in log), key=lambda one: (one.recorded_at, one.seq)):
            if event.message is not None:
                self._follow(event.kind, event.message, event.occurred_at)

    def _turn(self, event: LoggedEvent, before: str) -> None:
        data, solve = event.data or {}, self.solves[-1] if self.solves else None
        match event.kind:
            case "resolved":
                self.solves.append(Solve(event))
            case "reopened" if self.solves and "linked" not in data and self.solves[-1].reopened_at is None:
                self.solves[-1].reopened_at, self.solves[-1].reopened_seq = event.occurred_at, event.seq
            case "absorbed" if solve and solve.reopened_at is None and before not in OPEN and event.status in OPEN:
                solve.reopened_at, solve.reopened_seq = event.occurred_at, event.seq
            case "released" if solve and before in OPEN and event.status not in OPEN:
                solve.reopened_at, solve.reopened_seq = None, 0
            case "transferred":
                self.transfers.append(event)
            case "routed":
                self.topic = self.topic or data.get("rule")
            case "human_wanted":
                self.wants_human = True
            case "resolve_undone" if self.solves:
                self.void |= {self.solves.pop().seq, event.seq}
            case "reply_failed" | "delivery_unknown" if solve and before == "resolved" and event.status in OPEN:
                self.void.add(self.solves.pop().seq)

    def _accepted_messages(self) -> list[Said]:
        found = []
        for message in self.log.messages:
            at = self.accepted.get(message.id)
            if at is not None and message.kind == "outbound" and message.moved_from is None:
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
        return bool(self.solves) and self.solves[-1].agent is None and not any(one.replies for one in self.all)

    @property
    def is_stock(self) -> bool:
        """Whether it counts among the open tickets while it is one: the contact has written, and is no test."""
        heard = any(one.inbound for one in self.all) or any(e.kind == "message_received" for e in self.log.events)
        return heard and not self.log.is_test

    @property
    def is_counted(self) -> bool:
        """Whether it is a request of its own: not spam by now, and not merged into another ticket."""
        return not self.aside and not self.log.is_test and any(one.inbound for one in self.all)

    @property
    def first_hours(self) -> Hours:
        """The business hours of the team that had the ticket in which the contact wrote first."""
        heard = min((one.own_began_at, place) for place, one in enumerate(self.all) if one.own_began_at is not None)
        first = self.all[heard[1]]
        return first.hours_at(first.heard_seq)

    def start(self, where: "Story", place: int, began_at: dt.datetime) -> tuple[dt.datetime, Hours]:
        """Return since when people were to do what stands at a place of a ticket's log, and by which business hours.

        A ticket that only a machine had resolved begins anew when it is reopened; one that a bot held begins when it
        passes to people. Otherwise it begins with the contact's first message.
        """
        since, hours, begun = began_at, self.first_hours, 0
        for solve in where.solves:
            if solve.agent is not None or solve.seq >= place:
                break
            if solve.reopened_at is None or solve.reopened_seq >= place:
                continue
            if not where.replies_before(solve.reopened_seq, solve.reopened_at):
                begun = solve.reopened_seq
                since, hours = solve.reopened_at, where.hours_at(begun)
        passed = where.passed_to_people(begun)
        if passed is not None and passed.seq < place and passed.occurred_at > since:
            since, hours = passed.occurred_at, where.hours_at(passed.seq)
        return since, hours

    def passed_to_people(self, begun: int) -> LoggedEvent | None:
        """Return the event by which a ticket that a bot held since a place passed to people.

        It did when somebody got it or a person was wanted. A bot held it when it had answered by then, and no person
        had answered or resolved.
        """
        spoke = [m.seq for m, _at, _team in self.said if m.purpose == "reply" and m.author_kind == "bot"]
        first = min((seq for seq in spoke if seq > begun), default=None)
        if first is None:
            return None
        wanted = False
        for event in self.log.events:
            wanted = wanted or event.kind == "human_wanted"
            if event.seq >= begun and (wanted or event.assignee is not None):
                by_people = self.replies_before(event.seq, event.occurred_at)
                solved = any(one.agent is not None and one.seq <= event.seq for one in self.solves)
                return event if first < event.seq and not by_people and not solved else None
        return None

    def replies_before(self, seq: int, at: dt.datetime) -> list[Said]:
        """Return the replies before a place of this log, and in merged tickets those until that moment."""
        own = [one for one in self.replies if one.message.seq < seq]
        return own + [one for part in self.parts for one in part.replies if one.message.occurred_at <= at]

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
