"""What was promised for one invented ticket, warned of and broken: its clocks, and who heard of it."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field

from agents.models import Notification
from helpdesk.seed.rows import Keys, fresh
from tickets import routing
from tickets.calendars import Ruler
from tickets.models import (
    AutomaticText,
    ClockState,
    Contact,
    Conversation,
    Metric,
    RoutingRule,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    SlaTarget,
    Step,
    Ticket,
)
from tickets.sla import RESPONSES

NOTICED_AFTER = dt.timedelta(seconds=1)


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
class Promises:
    """A ticket with its clocks, kept at every step as the actions keep them."""

    conversation: Conversation
    contact: Contact
    ticket: Ticket
    terms: Terms
    keys: Keys
    clocks: list[SlaClock] = field(default_factory=list)
    sla_events: list[SlaEvent] = field(default_factory=list)
    alerts: list[Notification] = field(default_factory=list)
    answered: bool = False

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

    def keep_clocks(self, at: dt.datetime) -> None:
        """Start, stop and resume what this step starts, stops and resumes."""
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
            self._notice_breach(response, at)
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

    def promise_anew(self, at: dt.datetime) -> dict[str, int | None]:
        """Measure again by the policy that fits now; return the policies before and after."""
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

    def withdraw_promises(self, at: dt.datetime) -> None:
        """Cancel what is promised: neither kept nor broken."""
        for clock in self.clocks:
            if clock.state == ClockState.RUNNING:
                self._stop(clock, at)
                clock.state = ClockState.CANCELLED

    def _resume(self, clock: SlaClock, at: dt.datetime) -> None:
        if clock.breached_at is None and clock.remaining_seconds is not None:
            ruler = self._ruler(clock)
            left = max(clock.remaining_seconds, 0.0)
            until_warning = left - (clock.seconds - clock.warn_seconds)
            clock.warn_at = ruler.after(at, until_warning) if until_warning > 0 else at
            clock.due_at = ruler.after(at, left)
        clock.state, clock.stopped_at, clock.remaining_seconds = ClockState.RUNNING, None, None
        self._notice_breach(clock, at)

    def sweep(self, until: dt.datetime) -> None:
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
