"""The clocks of a ticket: start, pause, resume, stop; what they report is the matter of `tickets.clock_steps`.

`keep` is called with every event of a ticket, under its lock, and derives from the ticket what each clock must do: the
response clock follows the oldest unanswered message, the resolution clock the ticket's life. A deadline is a row with
a due time. Whether it is noticed at once, after a restart or after a long outage, the event carries the due time.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from tickets import rulebook
from tickets.calendars import hours_of_team, ruler_of
from tickets.clock_steps import next_reminder, next_warning, notice_breach
from tickets.models import (
    COUNTING_STATES,
    AuthorKind,
    BusinessHours,
    ClockState,
    MessageKind,
    MessageState,
    Metric,
    Purpose,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    Status,
    Ticket,
)

RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)


@dataclass
class Terms:
    """What is promised for a ticket; looked up once, and only when a clock starts."""

    ticket: Ticket

    @cached_property
    def policy(self) -> SlaPolicy | None:
        """The policy that fits."""
        return policy_for(self.ticket)

    @cached_property
    def targets(self) -> dict[str, SlaTarget]:
        """Its targets by metric."""
        return {target.metric: target for target in self.policy.targets.all()} if self.policy else {}

    @cached_property
    def hours(self) -> BusinessHours | None:
        """The hours of the ticket's team."""
        return hours_of_team(self.ticket.team_id)


def fits(policy: SlaPolicy, *, priority: int | None, team_id: int | None, channel: str) -> bool:
    """Say whether a policy covers this; None or empty means all of them, which only a policy for all covers."""
    return policy.priority in {None, priority} and policy.team_id in {None, team_id} and policy.channel in {"", channel}


def policy_for(ticket: Ticket) -> SlaPolicy | None:
    """Return the first active policy by position that fits the ticket."""
    channel = ticket.conversation.inbox.channel
    for policy in rulebook.current().policies:
        if fits(policy, priority=ticket.priority, team_id=ticket.team_id, channel=channel):
            return policy
    return None


def keep(ticket: Ticket, at: dt.datetime) -> None:
    """Bring the clocks of a locked ticket in line with it and set when it is due and warns; the caller saves it."""
    # A ticket of which nothing was committed yet has no clocks.
    clocks = list(ticket.clocks.select_for_update(no_key=True).order_by("pk")) if ticket.version else []
    for clock in clocks:
        notice_breach(clock, ticket, at)
    terms = Terms(ticket)
    _keep_response(terms, clocks, at)
    _keep_resolution(terms, clocks, at)
    SlaClock.objects.bulk_create([clock for clock in clocks if clock.pk is None])
    response = _counting(clocks, RESPONSES)
    ticket.due_at = response.due_at if response else None
    ticket.warn_at = response.warn_at if response else None


def _counting(clocks: list[SlaClock], metrics: tuple[Metric, ...]) -> SlaClock | None:
    return next((clock for clock in clocks if clock.metric in metrics and clock.state in COUNTING_STATES), None)


def _keep_response(terms: Terms, clocks: list[SlaClock], at: dt.datetime) -> None:
    ticket = terms.ticket
    waiting_since = ticket.waiting_since if ticket.is_open else None
    running = _counting(clocks, RESPONSES)
    if running is not None and waiting_since is not None and waiting_since < running.started_at:
        set_aside(running, at)
    elif running is not None and running.started_at != waiting_since:
        _stop(running, at)
    if waiting_since is None:
        return
    known = next((c for c in clocks if c.metric in RESPONSES and c.started_at == waiting_since), None)
    if known is None:
        # A ticket without clocks is new, or nothing is promised for it: nobody need look for answers.
        metric = Metric.NEXT_RESPONSE if clocks and _was_answered(ticket) else Metric.FIRST_RESPONSE
        _start(terms, clocks, metric, waiting_since, at)
    elif known.state == ClockState.STOPPED:
        # The reply that stopped it did not arrive or was taken back: the wait goes on with its original due time.
        _run_again(known, known.due_at, at)
    elif known.state == ClockState.CANCELLED:
        _promise_again(known, terms, at)


def _keep_resolution(terms: Terms, clocks: list[SlaClock], at: dt.datetime) -> None:
    ticket = terms.ticket
    clock = next((c for c in clocks if c.metric == Metric.RESOLUTION), None)
    if clock is None:
        if ticket.is_open:
            _start(terms, clocks, Metric.RESOLUTION, ticket.opened_at, at)
            clock = _counting(clocks, (Metric.RESOLUTION,))
        if clock is None:
            return
    if not ticket.is_open:
        if clock.state in COUNTING_STATES:
            _stop(clock, at)
        return
    if clock.state == ClockState.CANCELLED:
        _promise_again(clock, terms, at)
    if clock.state == ClockState.CANCELLED:
        return
    pauses = ticket.status == Status.PENDING and clock.policy.pauses_while_pending
    if pauses and clock.state == ClockState.RUNNING:
        _pause(clock, at)
    elif not pauses and clock.state in {ClockState.PAUSED, ClockState.STOPPED}:
        resume(clock, at)


def _was_answered(ticket: Ticket) -> bool:
    """Whether a person of ours has answered before."""
    return (
        ticket.messages.filter(kind=MessageKind.OUTBOUND, purpose=Purpose.REPLY, author_kind=AuthorKind.AGENT)
        .exclude(state__in=[MessageState.FAILED, MessageState.CANCELLED])
        .exists()
    )


# -- What a clock does -------------------------------------------------------------------------------


def _start(terms: Terms, clocks: list[SlaClock], metric: Metric, started_at: dt.datetime, at: dt.datetime) -> None:
    target = terms.targets.get(metric)
    if target is None:
        return
    clock = SlaClock(ticket=terms.ticket, metric=metric, started_at=started_at, state=ClockState.RUNNING)
    _promise(clock, terms, target)
    clocks.append(clock)
    if clock.due_at is not None and clock.due_at <= at:
        # Late from the beginning; all others are written together at the end.
        clock.save()
        notice_breach(clock, terms.ticket, at)


def _promise(clock: SlaClock, terms: Terms, target: SlaTarget) -> None:
    """Write a target into a clock that counts from its beginning."""
    policy = target.policy
    clock.policy = policy
    clock.hours = terms.hours if target.in_business_hours else None
    clock.hours_version = clock.hours.version if clock.hours else 0
    clock.seconds = target.seconds
    clock.warn_seconds, *clock.further_warn_seconds = [target.seconds * one // 100 for one in policy.warn_percents]
    ruler = ruler_of(clock)
    clock.due_at = ruler.after(clock.started_at, clock.seconds)
    clock.warn_at = ruler.after(clock.started_at, clock.warn_seconds)
    clock.again_at = next_warning(clock, clock.started_at, used=0)


def _left(clock: SlaClock, at: dt.datetime) -> float:
    """Return how many seconds a running clock has left; all of them where its hours never open."""
    return ruler_of(clock).between(at, clock.due_at) if clock.due_at else float(clock.seconds)


def _stop(clock: SlaClock, at: dt.datetime) -> None:
    if clock.state == ClockState.RUNNING and clock.due_at is not None:
        clock.remaining_seconds = _left(clock, at)
    clock.state = ClockState.STOPPED
    clock.stopped_at = at
    clock.save()


def set_aside(clock: SlaClock, at: dt.datetime) -> None:
    """Cancel a promise that nobody kept or broke, as when one for an older message counts in its place."""
    _stop(clock, at)
    clock.state = ClockState.CANCELLED
    clock.save()


def _promise_again(clock: SlaClock, terms: Terms, at: dt.datetime) -> None:
    """Let a promise count again that was set aside, or that no policy made for a while."""
    target = terms.targets.get(clock.metric)
    if clock.remaining_seconds is None and target is None:
        return
    if clock.remaining_seconds is None and target is not None:
        _promise(clock, terms, target)
    if clock.breached_at is not None:
        clock.again_at = next_reminder(clock, at, at)
    _run_again(clock, clock.due_at, at)


def _pause(clock: SlaClock, at: dt.datetime) -> None:
    clock.remaining_seconds = _left(clock, at)
    clock.state = ClockState.PAUSED
    clock.due_at = clock.warn_at = clock.again_at = None
    clock.save()


def resume(clock: SlaClock, at: dt.datetime) -> None:
    """Count on from what was left; a breach that has happened stays the only one."""
    if clock.breached_at is not None or clock.remaining_seconds is None:
        clock.again_at = next_reminder(clock, at, at) if clock.breached_at else clock.again_at
        _run_again(clock, clock.due_at, at)
        return
    # A due time that is written now follows the hours as they are now; what was used is used.
    clock.hours_version = clock.hours.version if clock.hours else 0
    ruler = ruler_of(clock)
    left = max(clock.remaining_seconds, 0.0)
    until_warning = left - (clock.seconds - clock.warn_seconds)
    clock.warn_at = ruler.after(at, until_warning) if until_warning > 0 else at
    clock.again_at = next_warning(clock, at, used=clock.seconds - left)
    _run_again(clock, ruler.after(at, left), at)


def _run_again(clock: SlaClock, due_at: dt.datetime | None, at: dt.datetime) -> None:
    clock.state = ClockState.RUNNING
    clock.stopped_at = None
    clock.due_at = due_at
    clock.remaining_seconds = None
    clock.save()
    notice_breach(clock, clock.ticket, at)


def forget_stop(ticket: Ticket) -> None:
    """Let the resolution clock run on as if it had never stopped, for a resolve that was taken back."""
    ticket.clocks.filter(metric=Metric.RESOLUTION, state=ClockState.STOPPED).update(
        state=ClockState.RUNNING, stopped_at=None, remaining_seconds=None
    )


def _always_ran(clock: SlaClock) -> bool:
    """Whether a running clock was never paused or stopped: then it is due when its seconds are over."""
    return clock.due_at == ruler_of(clock).after(clock.started_at, clock.seconds)


def promise_anew(ticket: Ticket, at: dt.datetime) -> dict[str, int | None]:
    """Apply the policy that fits a changed ticket to the clocks that count; return ids for the history.

    Seconds already used stay used, in the hours that held when they passed. A clock that always ran and goes on in the
    same hours counts from its own beginning, which is the same without a fraction lost.
    """
    terms = Terms(ticket)
    policy, targets = terms.policy, terms.targets
    before: int | None = None
    for clock in ticket.clocks.select_for_update(no_key=True, of=("self",)).filter(state__in=COUNTING_STATES):
        before = clock.policy_id
        notice_breach(clock, ticket, at)
        target = targets.get(clock.metric)
        if policy is None or target is None:
            clock.state, clock.stopped_at, clock.remaining_seconds = ClockState.CANCELLED, at, None
            clock.save()
        elif clock.breached_at is None:
            runs = clock.state == ClockState.RUNNING
            always_ran, hours = runs and _always_ran(clock), (clock.hours_id, clock.hours_version)
            left = _left(clock, at) if runs else clock.remaining_seconds or 0.0
            used = clock.seconds - left
            _promise(clock, terms, target)
            if always_ran and hours == (clock.hours_id, clock.hours_version):
                clock.save()
                continue
            clock.remaining_seconds = clock.seconds - used
            clock.due_at = clock.warn_at = clock.again_at = None
            if runs:
                resume(clock, at)
            else:
                clock.save()
    return {"before": before, "after": policy.pk if policy else None}
