"""Several warnings and reminders: each once, at its own time, and only the newest of those that were missed."""

import bisect
import datetime as dt
import itertools
import os
import random
import zoneinfo
from collections.abc import Iterator

import pytest
import time_machine

from agents.models import Notification
from tests.cast import House, ticket_of, writes
from tests.paper import paper
from tests.tickets.test_sla import MINUTE, MONDAY, clock, reply, sweep
from tickets import alerts, intake
from tickets.actions import assignment, lifecycle, policies, triage
from tickets.actions.policies import PolicyPlan, Promise
from tickets.channels import SendError
from tickets.models import (
    BusinessHours,
    BusinessInterval,
    Holiday,
    Metric,
    Priority,
    SlaEvent,
    SlaPolicy,
    Status,
    Step,
    TeamHours,
    Ticket,
)

SECOND = dt.timedelta(seconds=1)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
HOLIDAYS = frozenset({dt.date(2026, 4, 3), dt.date(2026, 4, 6)})


def plan(**fields: object) -> PolicyPlan:
    """Return ten minutes for the first reply, with three warnings and a reminder every half hour."""
    values: dict[str, object] = {
        "name": "Normal",
        "priority": Priority.NORMAL,
        "promises": {Metric.FIRST_RESPONSE: Promise(600)},
        "warn_percents": (50, 80, 95),
        "remind_minutes": 30,
    }
    return PolicyPlan(**(values | fields))  # type: ignore[arg-type]


@pytest.fixture
def policy(cast: House) -> SlaPolicy:
    """Return the policy of normal tickets, as Ada has written it."""
    found = SlaPolicy.objects.get(priority=Priority.NORMAL)
    return policies.change(actor=cast.ada, policy_id=found.pk, version=found.version, plan=plan())


def told() -> list[tuple[str, int, float]]:
    """Return what was reported: what, which step, how many minutes after the beginning."""
    rows = SlaEvent.objects.order_by("occurred_at", "pk").values_list("kind", "step", "occurred_at")
    return [(str(kind), step, (at - MONDAY) / MINUTE) for kind, step, at in rows]


def test_each_warning_comes_once_at_its_share_of_the_time(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        for _second in range(0, 600, 15):
            journey.shift(15)
            sweep()
        assert told() == [("warning", 1, 5), ("warning", 2, 8), ("warning", 3, 9.5), ("breach", 1, 10)]
        ticket.refresh_from_db()
        assert ticket.warn_at == MONDAY + 5 * MINUTE, "the chip turns amber with the first"
    assert Notification.objects.filter(user=cast.amira, kind="sla_warning").count() == 3


def test_of_warnings_missed_together_the_newest_is_given(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket_of(writes(cast.inbox))
        journey.shift(9 * MINUTE)
        assert sweep() == 1
        assert told() == [("warning", 2, 8)]
        journey.shift(MINUTE * 0.75)
        assert sweep() == 1
        assert told()[-1] == ("warning", 3, 9.5)


def test_changing_the_policy_fires_no_old_warning_again(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        sweep()
        again = plan(warn_percents=(20, 30, 50, 80))
        policies.change(actor=cast.ada, policy_id=policy.pk, version=policy.version, plan=again)
        assert sweep() == 0, "what was promised stays as it was"
        journey.shift(3 * MINUTE)
        sweep()
        for priority in (Priority.LOW, Priority.NORMAL):  # promised anew, under the changed policy
            triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=priority)
        sweep()
        assert told() == [("warning", 1, 5), ("warning", 2, 8), ("warning", 4, 8)]
        assert sweep() == 0


def test_reminders_come_until_somebody_answers(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
        journey.shift(10 * MINUTE)
        sweep()
        for _minute in range(65):
            journey.shift(MINUTE)
            sweep()
        assert told()[-3:] == [("breach", 1, 10), ("reminder", 1, 40), ("reminder", 2, 70)]
        reply(cast, ticket)
        journey.shift(3 * 60 * MINUTE)
        assert sweep() == 0
    kinds = Notification.objects.filter(kind="sla_reminder").values_list("user__username", "key")
    number = clock(ticket, Metric.FIRST_RESPONSE).pk
    keys = [f"clock-{number}-reminder", f"clock-{number}-reminder-2"]
    assert sorted(kinds) == sorted((name, key) for name in ("amira", "lena") for key in keys)
    assert alerts.read(cast.lena)[0].text == "Aoife Brennan is still waiting for the first reply"


def test_an_outage_of_three_hours_ends_with_one_reminder_stamped_with_its_time(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket_of(writes(cast.inbox))
        journey.shift(41 * MINUTE)
        assert sweep() == 1, "the breach is noticed late, and nobody is reminded of it in the same moment"
        journey.shift(3 * 60 * MINUTE)
        assert sweep() == 1
        journey.shift(29 * MINUTE)
        assert sweep() == 1
    assert told() == [("breach", 1, 10), ("reminder", 1, 220), ("reminder", 2, 250)]


def test_a_reply_that_fails_is_reminded_of_again(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(15 * MINUTE)
        sweep()
        paper.plan[:] = [SendError("Blocked.", permanent=True)]
        reply(cast, ticket)
        journey.shift(25 * MINUTE)
        assert sweep() == 1
    assert told()[-1] == ("reminder", 1, 40)


def test_nobody_is_reminded_while_it_is_switched_off(cast: House, policy: SlaPolicy) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket_of(writes(cast.inbox))
        journey.shift(10 * MINUTE)
        sweep()
        policies.change(actor=cast.ada, policy_id=policy.pk, version=policy.version, plan=plan(remind_minutes=None))
        journey.shift(60 * MINUTE)
        sweep()
    assert [kind for kind, _step, _at in told()].count("reminder") == 0
    assert not SlaPolicy.objects.exclude(pk=policy.pk).filter(remind_minutes__isnull=False).exists(), "off by default"


def test_reminders_wait_for_the_opening_where_the_promise_does(cast: House, policy: SlaPolicy) -> None:
    hours = BusinessHours.objects.create(name="Mornings", time_zone="UTC")
    for weekday in range(5):
        BusinessInterval.objects.create(hours=hours, weekday=weekday, begins=9 * 60, ends=9 * 60 + 20)
    TeamHours.objects.create(team=cast.returns, hours=hours)
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket_of(writes(cast.inbox))
        journey.shift(dt.timedelta(hours=23))
        sweep()
        assert told() == [("breach", 1, 10)], "ten minutes of the half hour have passed"
        journey.shift(dt.timedelta(hours=25))
        sweep()
    assert told()[-1] == ("reminder", 1, 24 * 60 + 20)


def test_a_breached_resolution_is_not_reminded_of_while_the_contact_is_waited_for(
    cast: House, policy: SlaPolicy
) -> None:
    resolution = plan(promises={Metric.RESOLUTION: Promise(600)})
    policies.change(actor=cast.ada, policy_id=policy.pk, version=policy.version, plan=resolution)
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(12 * MINUTE)
        reply(cast, ticket)
        Ticket.objects.filter(pk=ticket.pk).update(status=Status.PENDING)
        triage.set_subject(actor=cast.lena, ticket_id=ticket.pk, subject="Pole")
        journey.shift(60 * MINUTE)
        assert sweep() == 0
        intake.receive(writes(cast.inbox, "Here it is"))
        journey.shift(30 * MINUTE)
        assert sweep() == 1
        assert told()[-1] == ("reminder", 1, 102)
        ticket.refresh_from_db()
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=ticket.conversation.last_seq)
        journey.shift(60 * MINUTE)
        assert sweep() == 0
    assert SlaEvent.objects.filter(kind=Step.BREACH).count() == 1


def open_seconds(begin: dt.datetime) -> Iterator[dt.datetime]:
    """Yield when one open second after the other has passed: Monday to Friday, nine to five in Berlin."""
    at = begin
    while True:
        local = at.astimezone(BERLIN)
        if local.weekday() < 5 and 9 <= local.hour < 17 and local.date() not in HOLIDAYS:
            at += SECOND
            yield at
        else:
            at += MINUTE - dt.timedelta(seconds=at.second)


def steps_of(begin: dt.datetime, until: dt.datetime) -> tuple[list[dt.datetime], dt.datetime, list[dt.datetime]]:
    """Count seconds one by one: the three warnings, the breach, and what is a reminder's time until then."""
    warnings, breach, reminders = [], begin, []
    for number, at in enumerate(open_seconds(begin), start=1):
        if number in {300, 480, 570}:
            warnings.append(at)
        elif number == 600:
            breach = at
        elif number > 600 and (number - 600) % 1800 == 0:
            reminders.append(at)
        if at > until and number >= 600:
            return warnings, breach, reminders
    raise AssertionError("unreachable")


def expected(begin: dt.datetime, end: dt.datetime, sweeps: list[dt.datetime]) -> list[tuple[str, int, dt.datetime]]:
    """Return what must be on record of a wait from `begin` to `end`, when somebody looked at these times only."""
    warnings, breach, reminders = steps_of(begin, end)
    found: list[tuple[str, int, dt.datetime]] = []
    heard = begin  # what was due before this is told or stale
    for at in itertools.takewhile(lambda moment: moment < end, sweeps[bisect.bisect(sweeps, begin) :]):
        if at < breach:
            newest = [(f"{Step.WARNING}", n, one) for n, one in enumerate(warnings, start=1) if heard < one <= at]
        elif heard < breach:
            newest = [(f"{Step.BREACH}", 1, breach)]
        else:
            given = sum(kind == Step.REMINDER for kind, _n, _at in found)
            newest = [(f"{Step.REMINDER}", given + 1, one) for one in reminders if heard < one <= at]
        found += newest[-1:]
        heard = at
    if heard < breach <= end:
        found.append((f"{Step.BREACH}", 1, breach))  # whoever settles the ticket notices it
    return found


def test_ninety_days_of_warnings_and_reminders_without_a_second_of_error(cast: House, policy: SlaPolicy) -> None:
    chance = random.Random(20260302)
    begin = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)  # the clocks go forward on 29 March
    hours = BusinessHours.objects.create(name="Weekdays", time_zone="Europe/Berlin")
    for weekday in range(5):
        BusinessInterval.objects.create(hours=hours, weekday=weekday, begins=9 * 60, ends=17 * 60)
    Holiday.objects.bulk_create(Holiday(hours=hours, date=date) for date in HOLIDAYS)
    TeamHours.objects.create(team=cast.returns, hours=hours)
    waits: dict[int, tuple[dt.datetime, dt.datetime]] = {}
    sweeps: list[dt.datetime] = []
    number_of_waits = int(os.environ.get("SLA_CLOCKS", "8"))
    moments = sorted(chance.randrange(88) * 86_400 + chance.randrange(6, 18) * 3600 for _ in range(number_of_waits))
    with time_machine.travel(begin, tick=False) as journey:
        todo = [(begin + seconds * SECOND, number) for number, seconds in enumerate(moments)]
        ends: list[tuple[dt.datetime, int]] = []
        at = begin
        while todo or ends:
            at = at if ends else max(at, todo[0][0])
            # Every few minutes somebody looks; one time in fifty nobody does for three hours.
            at += dt.timedelta(hours=3) if chance.random() < 0.02 else chance.randrange(60, 900) * SECOND
            while min([*todo[:1], *ends[:1]], default=(at + SECOND, 0))[0] <= at:
                if (todo and todo[:1] <= ends[:1]) or not ends:
                    moment, number = todo.pop(0)
                    journey.move_to(moment)
                    ticket = ticket_of(writes(cast.inbox, phone=f"49176{number:08}"))
                    waits[ticket.pk] = (moment, moment + chance.randrange(60, 12 * 3600) * SECOND)
                    bisect.insort(ends, (waits[ticket.pk][1], ticket.pk))
                else:
                    moment, pk = ends.pop(0)
                    journey.move_to(moment)
                    seen = Ticket.objects.get(pk=pk).conversation.last_seq
                    lifecycle.resolve(actor=cast.lena, ticket_id=pk, seen_seq=seen)
            journey.move_to(at)
            sweep()
            sweeps.append(at)
    found: dict[int, list[tuple[str, int, dt.datetime]]] = {pk: [] for pk in waits}
    rows = SlaEvent.objects.filter(clock__metric=Metric.FIRST_RESPONSE).order_by("occurred_at", "step")
    for pk, kind, step, occurred_at in rows.values_list("clock__ticket_id", "kind", "step", "occurred_at"):
        found[pk].append((kind, step, occurred_at))
    assert found == {pk: expected(begin, end, sweeps) for pk, (begin, end) in waits.items()}
    assert {kind for told in found.values() for kind, _step, _at in told} == set(Step.values)
