"""The rule: from the log of one ticket to what figures count. Pure; reads no table, no clock and no present state.

Words follow the definitions. "Accepted" is the moment from which the provider has a message; what failed afterwards was
never accepted. A resolve that was taken back, or that a failed reply undid, is void: as if it had not been.
"""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.definitions import FCR_WINDOW_DAYS, MISSED_AFTER_HOURS, REOPEN_WINDOW_HOURS

OPEN = frozenset({"new", "open", "pending", "on_hold"})
PAUSED = frozenset({"pending", "on_hold"})
# A provider's time is believed, but not more than this before the ticket's first event.
EARLIEST = dt.timedelta(days=1)
FCR_WINDOW = dt.timedelta(days=FCR_WINDOW_DAYS)
REOPEN_WINDOW = dt.timedelta(hours=REOPEN_WINDOW_HOURS)
MISSED_AFTER = dt.timedelta(hours=MISSED_AFTER_HOURS)

ANSWER_WINDOW = dt.timedelta(days=7)
ESTIMATE_AT_MOST = 300
AT_MOST = {"hold": 120.0, "after": 300.0}

Hours = tuple[int, int] | None
Business = Callable[[Hours, dt.datetime, dt.datetime], float]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A row of the history."""

    seq: int
    kind: str
    actor_kind: str
    actor: int | None
    message: int | None
    data: dict[str, Any]
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    team: int | None
    assignee: int | None
    status: str


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """A message of the ticket, without its text."""

    id: int
    seq: int
    kind: str
    purpose: str
    author_kind: str
    author: int | None
    seen_seq: int
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LoggedClock:
    """A promise."""

    metric: str
    state: str
    stopped_at: dt.datetime | None
    breached_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LoggedSurvey:
    """A survey that was sent, and its answer, if there is one that counts."""

    kind: str
    agent: int | None
    team: int | None
    sent_at: dt.datetime
    is_delivered: bool
    answered_at: dt.datetime | None
    score: int | None
    lowest: int | None
    highest: int | None
    is_superseded: bool = False  # the contact gave a newer answer of this kind within the window


@dataclass(frozen=True, slots=True)
class LoggedFocus:
    """A stretch of time in which an agent had the ticket before their eyes."""

    agent: int
    composing: bool
    began_at: dt.datetime
    ended_at: dt.datetime


@dataclass(slots=True)
class Log:
    """All that is known about one ticket, in order of `seq`."""

    ticket: int
    contact: int
    inbox: int
    channel: str
    is_test: bool
    tags: list[int] = field(default_factory=list)
    events: list[LoggedEvent] = field(default_factory=list)
    messages: list[LoggedMessage] = field(default_factory=list)
    clocks: list[LoggedClock] = field(default_factory=list)
    surveys: list[LoggedSurvey] = field(default_factory=list)
    focus: list[LoggedFocus] = field(default_factory=list)


@dataclass(slots=True)
class Folded:
    """What comes out: the columns of the fact, and the rows beside it."""

    fact: dict[str, Any]
    waits: list[dict[str, Any]]
    message_days: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    efforts: list[dict[str, Any]]
    asked: list[dict[str, Any]]
    rated: list[dict[str, Any]]


@dataclass(slots=True)
class _Solve:
    seq: int
    at: dt.datetime
    agent: int | None
    team: int | None
    reopened_at: dt.datetime | None = None


@dataclass(slots=True)
class _Reply:
    message: LoggedMessage
    accepted_at: dt.datetime
    team: int | None


class Fold:
    """One pass over one log."""

    def __init__(self, log: Log, zone: zoneinfo.ZoneInfo, business: Business) -> None:
        self.log = log
        self.zone = zone
        self._business = business
        self.opened = log.events[0]
        self.accepted: dict[int, dt.datetime] = {}
        self.solves: list[_Solve] = []
        self.reopenings: list[tuple[dt.datetime, dt.datetime]] = []  # (when, the resolve before it)
        self.hours: list[tuple[int, Hours]] = []
        self.event_of: dict[int, LoggedEvent] = {}
        self.transfers: list[int] = []
        self._read_events()
        floor = self.opened.occurred_at - EARLIEST
        self.inbound = [(max(m.occurred_at, floor), m) for m in log.messages if m.kind == "inbound"]
        self.replies = self._accepted_messages(lambda m: m.purpose == "reply" and m.author_kind == "agent")
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
            self.solves.append(_Solve(event.seq, event.occurred_at, event.actor, event.team))
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

    def _accepted_messages(self, wanted: Callable[[LoggedMessage], bool] | None = None) -> list[_Reply]:
        found = []
        for message in self.log.messages:
            if message.kind == "outbound" and message.id in self.accepted and (wanted is None or wanted(message)):
                # Providers tell whole seconds; nothing is accepted before it was written.
                at = max(self.accepted[message.id], message.occurred_at)
                event = self.event_of.get(message.id)
                found.append(_Reply(message, at, event.team if event else None))
        return sorted(found, key=lambda reply: (reply.accepted_at, reply.message.seq))

    def _hours_at(self, seq: int) -> Hours:
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
        return max(0, int(self._business(hours, begin, end)))

    def result(self) -> Folded:
        """Return everything."""
        efforts = self._efforts()
        return Folded(
            {**self._fact(), **self._handling(efforts)},
            self._waits(),
            self._message_days(),
            self._promises(),
            self._steps(),
            efforts,
            self._asked(),
            self._rated(),
        )

    def _fact(self) -> dict[str, Any]:
        opened = self.opened.occurred_at.astimezone(self.zone)
        # What routing decided in the same moment is where the ticket began.
        arrived = next((e for e in self.log.events if e.kind == "message_received"), self.opened)
        team = arrived.team or self.opened.team or self.opened.data.get("team")
        return {
            "ticket_id": self.log.ticket,
            "contact": self.log.contact,
            "inbox": self.log.inbox,
            "channel": self.log.channel,
            "tags": sorted(self.log.tags),
            "is_counted": not self.log.is_test and bool(self.inbound),
            "opened_at": self.opened.occurred_at,
            "opened_day": opened.date(),
            "opened_hour": opened.hour,
            "opened_team": team,
            "began_at": self.began_at,
            **self._first_reply(),
            **self._acknowledgement(),
            **self._first_resolution(),
            **self._resolution(),
            "missed_day": self._missed_day(),
        }

    def _first_reply(self) -> dict[str, Any]:
        names = ("replied_at", "replied_day", "replied_agent", "replied_team", "first_response",
                 "first_response_business", "assignment_to_reply")  # fmt: skip
        if self.first is None or self.began_at is None:
            return dict.fromkeys(names)
        at = self.first.accepted_at
        return {
            "replied_at": at,
            "replied_day": self.day(at),
            "replied_agent": self.first.message.author,
            "replied_team": self.first.team,
            "first_response": self.wall(self.began_at, at),
            "first_response_business": self.business(self._hours_at(self.opened.seq), self.began_at, at),
            "assignment_to_reply": self._assignment_to_reply(self.first, self.began_at),
        }

    def _assignment_to_reply(self, first: _Reply, began_at: dt.datetime) -> int | None:
        assignee: int | None = None
        since = self.opened.occurred_at
        for event in self.log.events:
            if event.message == first.message.id:
                break
            if event.assignee != assignee:
                assignee, since = event.assignee, event.occurred_at
        if assignee is None or assignee != first.message.author:
            return None
        return self.wall(max(since, began_at), first.accepted_at)

    def _acknowledgement(self) -> dict[str, Any]:
        sent = self._accepted_messages(lambda m: m.purpose == "acknowledgement" and m.author_kind != "agent")
        if not sent or self.began_at is None:
            return {"acknowledged_day": None, "acknowledgement": None}
        at = sent[0].accepted_at
        return {"acknowledged_day": self.day(at), "acknowledgement": self.wall(self.began_at, at)}

    def _first_resolution(self) -> dict[str, Any]:
        names = ("first_solved_at", "first_solved_day", "first_solved_agent", "first_solved_team",
                 "first_resolution", "first_resolution_business")  # fmt: skip
        if not self.solves or self.began_at is None:
            return {**dict.fromkeys(names), "is_reopened": False}
        solve = self.solves[0]
        reopened = solve.reopened_at
        return {
            "first_solved_at": solve.at,
            "first_solved_day": self.day(solve.at),
            "first_solved_agent": solve.agent,
            "first_solved_team": solve.team,
            "first_resolution": self.wall(self.began_at, solve.at),
            "first_resolution_business": self.business(self._hours_at(self.opened.seq), self.began_at, solve.at),
            "is_reopened": reopened is not None and reopened - solve.at <= REOPEN_WINDOW,
        }

    def _resolution(self) -> dict[str, Any]:
        names = ("solved_at", "solved_day", "solved_agent", "solved_team", "resolution", "resolution_business", "work",
                 "work_business")  # fmt: skip
        if not self.solves or self.began_at is None:
            return {**dict.fromkeys(names), "is_one_touch": False}
        solve, hours = self.solves[-1], self._hours_at(self.opened.seq)
        pauses = self._pauses(self.began_at, solve.at)
        business = self._business(hours, self.began_at, solve.at)
        return {
            "solved_at": solve.at,
            "solved_day": self.day(solve.at),
            "solved_agent": solve.agent,
            "solved_team": solve.team,
            "resolution": self.wall(self.began_at, solve.at),
            "resolution_business": max(0, int(business)),
            "work": max(0, int((solve.at - self.began_at - sum((e - b for b, e in pauses), dt.timedelta()))
                               .total_seconds())),
            "work_business": max(0, int(business - sum(self._business(hours, b, e) for b, e in pauses))),
            "is_one_touch": self._is_one_touch(solve),
        }  # fmt: skip

    def _pauses(self, begin: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return when the ticket was pending or on hold within a stretch of time."""
        found = []
        status, since = "", begin
        for event in self.log.events:
            if event.status in {"", status}:
                continue
            at = max(since, min(event.occurred_at, end))
            if status in PAUSED and at > since:
                found.append((since, at))
            status, since = event.status, at
        if status in PAUSED and end > since:
            found.append((since, end))
        return found

    def _is_one_touch(self, solve: _Solve) -> bool:
        if solve.agent is None:
            return False
        people = {reply.message.author for reply in self.replies if reply.message.seq < solve.seq} | {solve.agent}
        reopened = any(s.reopened_at is not None and s.reopened_at - s.at <= FCR_WINDOW for s in self.solves)
        first = min((reply.message.seq for reply in self.replies), default=None)
        handed_over = first is not None and any(first < seq < solve.seq for seq in self.transfers)
        return len(people) == 1 and not reopened and not handed_over

    def _missed_day(self) -> dt.date | None:
        """Return the day on which 24 hours without an answer ended, while nobody had replied or resolved."""
        answered = self.first.accepted_at if self.first else None
        waiting = sorted(at for at, _m in self.inbound if answered is None or at < answered)
        for place, at in enumerate(waiting):
            following = waiting[place + 1] if place + 1 < len(waiting) else answered
            end = at + MISSED_AFTER
            if self.solves and self.solves[0].at <= end:
                return None
            if following is None or following > end:
                return self.day(end)
        return None

    # -- Rows beside the fact ----------------------------------------------------------------------

    def _waits(self) -> list[dict[str, Any]]:
        """Give each waiting message to the reply that answered it; a reply ends one wait, since the oldest of them."""
        since: dict[int, tuple[dt.datetime, int]] = {}
        for at, message in self.inbound:
            event = self.event_of.get(message.id)
            if event is not None and event.status and event.status not in OPEN:
                continue  # a thank-you on a resolved ticket waits for nothing
            settled = min((solve.seq for solve in self.solves if solve.seq > message.seq), default=None)
            answers = (
                place
                for place, reply in enumerate(self.replies)
                if reply.message.seen_seq >= message.seq and (settled is None or reply.message.seq < settled)
            )
            place = next(answers, None)
            if place is not None:
                since[place] = min(since.get(place, (at, message.seq)), (at, message.seq))
        rows = []
        for place, (at, seq) in sorted(since.items()):
            reply = self.replies[place]
            rows.append(
                {
                    "day": self.day(reply.accepted_at),
                    "agent": reply.message.author,
                    "team": reply.team,
                    "seconds": self.wall(at, reply.accepted_at),
                    "business": self.business(self._hours_at(seq), at, reply.accepted_at),
                }
            )
        return rows

    def _message_days(self) -> list[dict[str, Any]]:
        counts: dict[tuple[dt.date, int | None], list[int]] = defaultdict(lambda: [0, 0, 0])
        for at, message in self.inbound:
            event = self.event_of.get(message.id)
            counts[self.day(at), event.team if event else None][0] += 1
        for sent in self._accepted_messages():
            is_reply = sent.message.purpose == "reply" and sent.message.author_kind == "agent"
            counts[self.day(sent.accepted_at), sent.team][1 if is_reply else 2] += 1
        return [
            {"day": day, "team": team, "inbound": inbound, "replies": replies, "automatic": automatic}
            for (day, team), (inbound, replies, automatic) in counts.items()
        ]

    def _promises(self) -> list[dict[str, Any]]:
        rows = []
        for clock in self.log.clocks:
            at = clock.breached_at or clock.stopped_at
            if clock.state == "cancelled" or at is None:
                continue
            then = self._standing(at)
            rows.append(
                {
                    "day": self.day(at),
                    "agent": then.assignee,
                    "team": then.team,
                    "metric": clock.metric,
                    "is_met": clock.breached_at is None,
                }
            )
        return rows

    def _standing(self, at: dt.datetime) -> LoggedEvent:
        """Return the event after which the ticket stood as it did at a moment of ours."""
        found = self.opened
        for event in self.log.events:
            if event.recorded_at <= at:
                found = event
        return found

    def _steps(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        where: tuple[int | None, int | None] | None = None
        for event in self.log.events:
            if not event.status:
                continue
            now = (event.team, event.assignee) if event.status in OPEN else None
            if now == where:
                continue
            day = self.day(event.recorded_at)
            if where is not None:
                rows.append({"day": day, "team": where[0], "agent": where[1], "delta": -1})
            if now is not None:
                rows.append({"day": day, "team": now[0], "agent": now[1], "delta": 1})
            where = now
        return rows

    # -- Work ----------------------------------------------------------------------------------------

    def _handling(self, efforts: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the work of all agents at a resolved ticket that a person had to do with."""
        by_people = bool(self.solves) and bool(self.replies or self.solves[-1].agent)
        return {
            "handling": sum(row["seconds"] for row in efforts) if by_people and self.began_at else None,
            "is_handling_estimated": by_people and not self.log.focus,
        }

    def _efforts(self) -> list[dict[str, Any]]:
        if not self.solves or self.began_at is None:
            return []
        spent = self._observed() if self.log.focus else self._estimated()
        solve = self.solves[-1]
        return [
            {"day": self.day(solve.at), "agent": agent, "team": solve.team, "seconds": int(seconds)}
            for agent, seconds in sorted(spent.items())
            if agent is not None
        ]

    def _estimated(self) -> dict[int | None, float]:
        """Without a browser's word: for each reply the time since what came before it, five minutes at most."""
        spent: dict[int | None, float] = defaultdict(float)
        previous = None
        for reply in sorted(self.replies, key=lambda one: one.message.seq):
            heard = [at for at, message in self.inbound if message.seq < reply.message.seq]
            since = max([*heard, *([previous] if previous else [])], default=reply.message.occurred_at)
            previous = reply.message.occurred_at
            spent[reply.message.author] += min(self.wall(since, previous), ESTIMATE_AT_MOST)
        return spent

    def _observed(self) -> dict[int | None, float]:
        """Talking counts in full, waiting for the contact up to two minutes, what follows a resolve up to five."""
        turns = [(at, "talk") for at, _m in self.inbound]
        turns += [(reply.message.occurred_at, "hold") for reply in self.replies]
        turns += [(solve.at, "after") for solve in self.solves]
        turns.sort()
        spent: dict[int | None, float] = defaultdict(float)
        for place, (begin, phase) in enumerate(turns):
            end = turns[place + 1][0] if place + 1 < len(turns) else None
            idle: dict[int, float] = defaultdict(float)
            for focus in self.log.focus:
                began = focus.began_at if place == 0 else max(focus.began_at, begin)
                ended = focus.ended_at if end is None else min(focus.ended_at, end)
                seconds = max(0.0, (ended - began).total_seconds())
                if phase == "talk" or focus.composing:
                    spent[focus.agent] += seconds
                else:
                    idle[focus.agent] += seconds
            for agent, seconds in idle.items():
                spent[agent] += min(seconds, AT_MOST[phase])
        return spent

    # -- Surveys -------------------------------------------------------------------------------------

    def _asked(self) -> list[dict[str, Any]]:
        return [
            {
                "day": self.day(one.sent_at),
                "agent": one.agent,
                "team": one.team,
                "survey": one.kind,
                "is_answered": one.answered_at is not None and one.answered_at - one.sent_at <= ANSWER_WINDOW,
            }
            for one in self.log.surveys
            if one.is_delivered or one.answered_at is not None
        ]

    def _rated(self) -> list[dict[str, Any]]:
        return [
            {
                "day": self.day(one.answered_at),
                "agent": one.agent,
                "team": one.team,
                "survey": one.kind,
                "score": one.score,
                "lowest": one.lowest,
                "highest": one.highest,
            }
            for one in self.log.surveys
            if one.answered_at is not None and not one.is_superseded
        ]


def fold(log: Log, zone: zoneinfo.ZoneInfo, business: Business) -> Folded:
    """Fold one log; its first event must be the opening."""
    return Fold(log, zone, business).result()


def neighbours(facts: Sequence[dict[str, Any]]) -> None:
    """Complete the facts of one contact from each other: who came back, and how soon after a resolve."""
    openings = sorted(fact["opened_at"] for fact in facts if fact["is_counted"])
    for fact in facts:
        solved_at = fact["solved_at"]
        following = [at for at in openings if solved_at is not None and at > solved_at]
        fact["followed_at"] = following[0] if following else None
        soon = bool(following) and following[0] - solved_at <= FCR_WINDOW
        fact["is_first_contact"] = fact["is_one_touch"] and not soon
        fact["is_returning"] = bool(openings) and openings[0] < fact["opened_at"]
