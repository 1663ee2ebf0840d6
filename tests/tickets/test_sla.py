"""The clocks: what they promise, when they warn, and that a breach is recorded once with its own time."""

import datetime as dt
import os
import random
import uuid
import zoneinfo
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from agents.models import Notification
from helpdesk import clock as helpdesk_clock
from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tickets import delivery, intake
from tickets.actions import assignment, lifecycle, messaging, triage
from tickets.actions.clocks import notice_next
from tickets.channels import SendError
from tickets.inbound import DeliveryReport, DeliveryStatus
from tickets.models import (
    BusinessHours,
    BusinessInterval,
    ClockState,
    Holiday,
    Metric,
    Priority,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    Status,
    Step,
    TeamHours,
    Ticket,
)
from tickets.views import present

MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def sweep() -> int:
    """Notice everything that is due."""
    count = 0
    while notice_next():
        count += 1
    return count


def clock(ticket: Ticket, metric: Metric) -> SlaClock:
    """Return the newest clock of a ticket for a metric."""
    return ticket.clocks.filter(metric=metric).latest("pk")


def reply(cast: House, ticket: Ticket) -> None:
    """Lena answers what she sees, and it leaves."""
    messaging.reply(
        actor=cast.lena, ticket_id=ticket.pk, text="Hello", client_id=uuid.uuid4(), seen_seq=newest_seq(ticket)
    )
    while delivery.deliver_next():
        pass


def test_a_new_ticket_starts_two_clocks(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ticket = ticket_of(writes(cast.inbox))
    first, resolution = clock(ticket, Metric.FIRST_RESPONSE), clock(ticket, Metric.RESOLUTION)
    assert (first.state, first.due_at, first.warn_at) == ("running", MONDAY + 10 * MINUTE, MONDAY + 8 * MINUTE)
    assert resolution.due_at == MONDAY + 8 * 60 * MINUTE
    assert ticket.due_at == first.due_at


def test_the_clock_counts_from_the_contacts_time_not_from_ours(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ticket = ticket_of(writes(cast.inbox, at=MONDAY - 4 * MINUTE))
    assert ticket.due_at == MONDAY + 6 * MINUTE


def test_an_answer_in_time_stops_the_clock_and_a_new_message_starts_the_next(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        reply(cast, ticket)
        journey.shift(60 * MINUTE)
        assert sweep() == 0
        intake.receive(writes(cast.inbox, "And now?"))
    following = clock(ticket, Metric.NEXT_RESPONSE)
    assert clock(ticket, Metric.FIRST_RESPONSE).state == ClockState.STOPPED
    assert (following.state, following.due_at) == (ClockState.RUNNING, MONDAY + 75 * MINUTE)


def test_warning_then_breach_once_each_to_the_assignee_and_the_lead(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
        journey.shift(8 * MINUTE)
        assert (sweep(), sweep()) == (1, 0)
        journey.shift(2 * MINUTE)
        assert (sweep(), sweep()) == (1, 0)
    assert list(SlaEvent.objects.order_by("pk").values_list("kind", "occurred_at")) == [
        (Step.WARNING, MONDAY + 8 * MINUTE),
        (Step.BREACH, MONDAY + 10 * MINUTE),
    ]
    told = set(Notification.objects.values_list("user__username", "kind"))
    assert told == {(name, kind) for name in ("lena", "amira") for kind in ("sla_warning", "sla_breach")}


def test_the_chip_of_the_list_turns_amber_with_the_warning_and_not_before(cast: House) -> None:
    SlaPolicy.objects.update(warn_percent=50)

    def state(ticket: Ticket) -> str:
        return str(present.sla(Ticket.objects.get(pk=ticket.pk), helpdesk_clock.now())["state"])

    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        promised = clock(ticket, Metric.FIRST_RESPONSE)
        assert (promised.warn_at, Ticket.objects.get().warn_at) == (MONDAY + 5 * MINUTE, MONDAY + 5 * MINUTE)
        journey.shift(5 * MINUTE - dt.timedelta(seconds=1))
        assert (sweep(), state(ticket)) == (0, "running")
        journey.shift(dt.timedelta(seconds=1))
        assert (sweep(), state(ticket)) == (1, "warning")
        journey.shift(5 * MINUTE)
        assert state(ticket) == "overdue"
        triage.set_priority(actor=cast.ada, ticket_id=ticket.pk, priority=Priority.LOW)
        reply(cast, ticket)
        assert Ticket.objects.get().warn_at is None


def test_no_warning_when_it_was_answered_meanwhile(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(9 * MINUTE)  # the sweep was away at the time of the warning
        reply(cast, ticket)
        journey.shift(60 * MINUTE)
        assert sweep() == 0
    assert not SlaEvent.objects.exists()


def test_after_an_outage_the_breach_carries_its_own_time_and_the_stale_warning_is_left_out(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket_of(writes(cast.inbox))
        journey.shift(3 * 60 * MINUTE)
        assert sweep() == 1
    event = SlaEvent.objects.get()
    assert (event.kind, event.occurred_at) == (Step.BREACH, MONDAY + 10 * MINUTE)
    assert event.recorded_at == MONDAY + 3 * 60 * MINUTE


def test_an_answer_after_the_due_time_is_a_breach_even_before_any_sweep(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(11 * MINUTE)
        reply(cast, ticket)
    assert SlaEvent.objects.get().occurred_at == MONDAY + 10 * MINUTE
    assert clock(ticket, Metric.FIRST_RESPONSE).state == ClockState.STOPPED


def test_a_failed_reply_lets_the_clock_run_on_with_its_original_due_time(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        paper.plan[:] = [SendError("Blocked.", permanent=True)]
        reply(cast, ticket)
        running = clock(ticket, Metric.FIRST_RESPONSE)
        assert (running.state, running.due_at) == (ClockState.RUNNING, MONDAY + 10 * MINUTE)
        journey.shift(5 * MINUTE)
        assert sweep() == 1
    assert SlaClock.objects.filter(metric=Metric.FIRST_RESPONSE).count() == 1


def test_out_of_hours_the_clock_begins_at_the_opening(cast: House) -> None:
    hours = BusinessHours.objects.create(name="Weekdays", time_zone="Europe/Berlin")
    for weekday in range(5):
        BusinessInterval.objects.create(hours=hours, weekday=weekday, begins=9 * 60, ends=17 * 60)
    Holiday.objects.create(hours=hours, date=dt.date(2026, 3, 9), name="Day off")
    TeamHours.objects.create(team=cast.returns, hours=hours)
    friday_evening = dt.datetime(2026, 3, 6, 18, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    with time_machine.travel(friday_evening, tick=False):
        ticket = ticket_of(writes(cast.inbox))
    assert ticket.due_at == dt.datetime(2026, 3, 10, 9, 10, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))


def test_pending_pauses_the_resolution_only(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        reply(cast, ticket)
        Ticket.objects.filter(pk=ticket.pk).update(status=Status.PENDING)
        messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text="waiting", client_id=uuid.uuid4())
        assert clock(ticket, Metric.RESOLUTION).state == ClockState.PAUSED
        journey.shift(24 * 60 * MINUTE)
        assert sweep() == 0
        intake.receive(writes(cast.inbox, "Here it is"))
    resolution = clock(ticket, Metric.RESOLUTION)
    assert resolution.state == ClockState.RUNNING
    assert resolution.due_at == MONDAY + (8 + 24) * 60 * MINUTE


def test_a_resolve_that_is_undone_never_stopped_the_clock(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        due = clock(ticket, Metric.RESOLUTION).due_at
        journey.shift(5 * MINUTE)
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
        assert not ticket.clocks.filter(state=ClockState.RUNNING).exists()
        journey.shift(dt.timedelta(seconds=5))
        lifecycle.undo_resolve(actor=cast.lena, ticket_id=ticket.pk)
    assert (clock(ticket, Metric.RESOLUTION).due_at, clock(ticket, Metric.RESOLUTION).state) == (due, "running")
    assert clock(ticket, Metric.FIRST_RESPONSE).due_at == MONDAY + 10 * MINUTE


def test_a_reopened_ticket_does_not_count_the_time_it_was_resolved(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        reply(cast, ticket)
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
        journey.shift(60 * MINUTE)
        intake.receive(writes(cast.inbox, "It broke again"))
    assert clock(ticket, Metric.RESOLUTION).due_at == MONDAY + (8 * 60 + 60) * MINUTE


def test_a_higher_priority_shortens_the_promise_from_when_the_clock_began(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(4 * MINUTE)
        triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=Priority.URGENT)
        ticket.refresh_from_db()
        assert ticket.due_at == MONDAY + 5 * MINUTE
        journey.shift(1 * MINUTE)
        assert sweep() == 1, "the breach; a warning after it would be stale"
    event = ticket.events.get(kind="priority_changed")
    assert set(event.data["sla_policies"]) == {"before", "after"}


def test_a_team_may_have_its_own_promise(cast: House) -> None:
    SlaPolicy.objects.create(name="Finance takes its time", position=0, team=cast.finance)
    ticket = ticket_of(writes(cast.inbox))
    assignment.transfer(actor=cast.lena, ticket_id=ticket.pk, team_id=cast.finance.pk)
    ticket.refresh_from_db()
    assert ticket.due_at is None
    assert set(ticket.clocks.values_list("state", flat=True)) == {ClockState.CANCELLED}


def test_a_priority_that_changes_after_a_pause_does_not_count_the_pause(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        reply(cast, ticket)
        lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
        journey.shift(24 * 60 * MINUTE)
        intake.receive(writes(cast.inbox, "It broke again"))
        before = clock(ticket, Metric.RESOLUTION)
        triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=Priority.HIGH)
    after = clock(ticket, Metric.RESOLUTION)
    promised = dt.timedelta(seconds=after.seconds)
    assert after.seconds < before.seconds, "there is a promise of its own for what is urgent"
    assert (after.breached_at, after.due_at) == (None, MONDAY + 24 * 60 * MINUTE + promised)
    assert not SlaEvent.objects.filter(clock=after).exists()


def test_a_promise_that_no_policy_made_for_a_while_counts_again_from_its_beginning(cast: House) -> None:
    SlaPolicy.objects.create(name="Finance takes its time", position=0, team=cast.finance)
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        assignment.transfer(actor=cast.ada, ticket_id=ticket.pk, team_id=cast.finance.pk)
        journey.shift(2 * MINUTE)
        assignment.transfer(actor=cast.ada, ticket_id=ticket.pk, team_id=cast.returns.pk)
    ticket.refresh_from_db()
    assert ticket.due_at == MONDAY + 10 * MINUTE
    assert set(ticket.clocks.values_list("metric", "state")) == {
        (Metric.FIRST_RESPONSE, ClockState.RUNNING),
        (Metric.RESOLUTION, ClockState.RUNNING),
    }


def test_a_promise_that_an_older_message_takes_the_place_of_was_not_kept(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox, "And a photo"))
        journey.shift(MINUTE)
        intake.receive(writes(cast.inbox, "My tent pole snapped", at=MONDAY - 3 * MINUTE))
        ticket.refresh_from_db()
        assert ticket.due_at == MONDAY + 7 * MINUTE
        journey.shift(MINUTE)
        reply(cast, ticket)
    firsts = ticket.clocks.filter(metric=Metric.FIRST_RESPONSE).order_by("started_at")
    assert list(firsts.values_list("started_at", "state")) == [
        (MONDAY - 3 * MINUTE, ClockState.STOPPED),
        (MONDAY, ClockState.CANCELLED),
    ]


def test_a_failed_reply_keeps_no_promise_of_a_later_message(cast: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.shift(5 * MINUTE)
        reply(cast, ticket)
        said = ticket.messages.get(kind="outbound")
        journey.shift(MINUTE)
        intake.receive(writes(cast.inbox, "Hello?"))
        journey.shift(MINUTE)
        about: dict[str, Any] = {"inbox_id": said.inbox_id, "external_id": said.external_id}
        about["occurred_at"] = helpdesk_clock.now()
        delivery.report(DeliveryReport(status=DeliveryStatus.FAILED, **about))
        assert clock(ticket, Metric.NEXT_RESPONSE).state == ClockState.CANCELLED
        assert clock(ticket, Metric.FIRST_RESPONSE).state == ClockState.RUNNING
        delivery.report(DeliveryReport(status=DeliveryStatus.DELIVERED, **about))
        following = clock(ticket, Metric.NEXT_RESPONSE)
        assert (following.state, following.due_at) == (ClockState.RUNNING, MONDAY + 16 * MINUTE)
        assert clock(ticket, Metric.FIRST_RESPONSE).state == ClockState.STOPPED


def test_a_clock_that_cannot_be_noticed_does_not_hold_up_those_behind_it(transactional_db: None, cast: House) -> None:
    SlaPolicy.objects.update(remind_minutes=30)
    hours = BusinessHours.objects.create(name="Returns", time_zone="Europe/Berlin")
    BusinessInterval.objects.bulk_create(
        BusinessInterval(hours=hours, weekday=weekday, begins=0, ends=24 * 60) for weekday in range(7)
    )
    TeamHours.objects.create(team=cast.returns, hours=hours)
    with time_machine.travel(MONDAY, tick=False) as journey:
        ticket_of(writes(cast.inbox))
        journey.shift(MINUTE)
        sound = ticket_of(writes(cast.inbox, phone="4915112345678"))
        assignment.transfer(actor=cast.ada, ticket_id=sound.pk, team_id=cast.finance.pk)
        # A zone that the system has forgotten: governments abolish them, and updates of the system follow.
        BusinessHours.objects.filter(pk=hours.pk).update(time_zone="Mars/Phobos", version=2)
        journey.shift(11 * MINUTE)
        assert sweep() == 1
    assert SlaEvent.objects.get().clock.ticket_id == sound.pk


def walk(begin: dt.datetime, minutes: int, zone: zoneinfo.ZoneInfo, holidays: set[dt.date]) -> dt.datetime:
    """Count open minutes one by one: Monday to Friday, nine to five."""
    at, left = begin, minutes
    while True:
        local = at.astimezone(zone)
        if local.weekday() < 5 and 9 <= local.hour < 17 and local.date() not in holidays:
            left -= 1
            if left == 0:
                return at + MINUTE
        at += MINUTE


def test_ninety_days_with_outages_and_no_second_of_error(cast: House) -> None:
    chance = random.Random(20260302)
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    begin = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)  # the clocks go forward on 29 March
    holidays = {dt.date(2026, 4, 3), dt.date(2026, 4, 6)}
    hours = BusinessHours.objects.create(name="Weekdays", time_zone="Europe/Berlin")
    for weekday in range(5):
        BusinessInterval.objects.create(hours=hours, weekday=weekday, begins=9 * 60, ends=17 * 60)
    for date in holidays:
        Holiday.objects.create(hours=hours, date=date)
    TeamHours.objects.create(team=cast.returns, hours=hours)
    expected = {}
    with time_machine.travel(begin, tick=False) as journey:
        moments = sorted(chance.randrange(90 * 24 * 60) for _ in range(int(os.environ.get("SLA_CLOCKS", "80"))))
        outage_until = begin
        for number, minutes in enumerate(moments):
            at = begin + minutes * MINUTE
            journey.move_to(at)
            ticket = ticket_of(writes(cast.inbox, phone=f"49176{number:08}"))
            expected[ticket.pk] = walk(at, 10, zone, holidays)
            if chance.random() < 0.1:
                outage_until = at + dt.timedelta(hours=3)
            if at >= outage_until:
                sweep()
        journey.move_to(begin + dt.timedelta(days=120))
        sweep()
    breaches = SlaEvent.objects.filter(kind=Step.BREACH, clock__metric=Metric.FIRST_RESPONSE)
    found = dict(breaches.values_list("clock__ticket_id", "occurred_at"))
    assert breaches.count() == len(expected)
    assert found == expected


@pytest.mark.django_db
def test_a_new_installation_begins_with_office_hours_and_promises() -> None:
    SlaPolicy.objects.all().delete()
    BusinessHours.objects.all().delete()
    with connection.schema_editor() as editor:
        import_module("tickets.migrations.0004_sla_defaults").forward(apps, editor)
    assert BusinessHours.objects.get(is_default=True).intervals.count() == 5
    assert SlaPolicy.objects.get(priority=Priority.NORMAL).targets.get(metric="first_response").seconds == 600
