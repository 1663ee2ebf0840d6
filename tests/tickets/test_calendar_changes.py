"""Business hours that change while clocks count: what ran before the change is measured as it was promised."""

import datetime as dt
import uuid
import zoneinfo

import pytest
import time_machine
from django.contrib import admin
from django.test import RequestFactory

from tests.cast import House, ticket_of, writes
from tests.tickets.test_sla import clock, sweep
from tickets import intake
from tickets.actions import hours as hours_actions
from tickets.actions import messaging, triage
from tickets.actions.hours import HoursPlan
from tickets.admin import BusinessHoursAdmin
from tickets.calendars import calendar
from tickets.models import (
    BusinessHours,
    ClockState,
    Metric,
    Priority,
    SlaEvent,
    SlaPolicy,
    SlaTarget,
    Status,
    Step,
    Ticket,
)

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
WEDNESDAY, THURSDAY = dt.date(2026, 3, 4), dt.date(2026, 3, 5)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment by the wall clock of the team."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def plan(cast: House, *, ends: int = 17, holidays: tuple[dt.date, ...] = ()) -> HoursPlan:
    """Return a week from nine on for the team that gets the tickets."""
    return HoursPlan(
        name="Returns",
        time_zone="Europe/Berlin",
        week=tuple((weekday, 9 * 60, ends * 60) for weekday in range(5)),
        holidays=tuple((date, "Day off") for date in holidays),
        team_ids=frozenset({cast.returns.pk}),
    )


@pytest.fixture
def hours(cast: House) -> BusinessHours:
    """Return the hours of the team: nine to five; eight of them are promised for the resolution."""
    return hours_actions.create(actor=cast.ada, plan=plan(cast))


def becomes(cast: House, hours: BusinessHours, planned: HoursPlan) -> None:
    """Ada changes the hours."""
    version = BusinessHours.objects.get(pk=hours.pk).version
    hours_actions.change(actor=cast.ada, hours_id=hours.pk, version=version, plan=planned)


def opened(cast: House) -> Ticket:
    """Return a ticket of Monday at ten: eight hours of business later it is Tuesday, ten o'clock."""
    ticket = ticket_of(writes(cast.inbox))
    assert clock(ticket, Metric.RESOLUTION).due_at == at(TUESDAY, 10)
    return ticket


def pauses(cast: House, ticket: Ticket) -> None:
    """Wait for the contact."""
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.PENDING)
    messaging.add_note(actor=cast.lena, ticket_id=ticket.pk, text="waiting", client_id=uuid.uuid4())


def test_a_day_off_added_today_takes_back_nothing_that_ran(cast: House, hours: BusinessHours) -> None:
    with time_machine.travel(at(MONDAY, 10), tick=False) as journey:
        ticket = opened(cast)
        journey.move_to(at(TUESDAY, 9, 15))
        becomes(cast, hours, plan(cast, holidays=(TUESDAY, WEDNESDAY)))
        assert clock(ticket, Metric.RESOLUTION).due_at == at(TUESDAY, 10), "what was promised stands as written"
        journey.move_to(at(TUESDAY, 9, 30))
        pauses(cast, ticket)
        assert clock(ticket, Metric.RESOLUTION).remaining_seconds == 30 * 60
        journey.move_to(at(TUESDAY, 16))
        intake.receive(writes(cast.inbox, "Here it is"))
        again = clock(ticket, Metric.RESOLUTION)
        assert (again.state, again.due_at) == (ClockState.RUNNING, at(THURSDAY, 9, 30)), "the rest counts as it is now"
        journey.move_to(at(THURSDAY, 9, 20))
        becomes(cast, hours, plan(cast, holidays=(THURSDAY,)))
        pauses(cast, ticket)
        assert clock(ticket, Metric.RESOLUTION).remaining_seconds == 10 * 60, "and so again"
    assert not SlaEvent.objects.filter(clock__metric=Metric.RESOLUTION, kind=Step.BREACH).exists()


def test_a_new_promise_counts_what_was_used_by_the_hours_of_that_time(cast: House, hours: BusinessHours) -> None:
    SlaTarget.objects.filter(policy__priority=Priority.HIGH, metric=Metric.RESOLUTION).update(seconds=8 * 3600)
    with time_machine.travel(at(MONDAY, 10), tick=False) as journey:
        ticket = opened(cast)
        journey.move_to(at(MONDAY, 16))
        becomes(cast, hours, plan(cast, ends=12))
        triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=Priority.HIGH)
        anew = clock(ticket, Metric.RESOLUTION)
        assert (anew.breached_at, anew.due_at) == (None, at(TUESDAY, 11)), "six hours are used, two are left"
        assert anew.warn_at == at(TUESDAY, 9, 24)


def test_a_promise_in_business_hours_that_becomes_one_of_all_hours_was_not_broken_before(
    cast: House, hours: BusinessHours
) -> None:
    SlaTarget.objects.filter(policy__priority=Priority.HIGH).update(seconds=3600, in_business_hours=False)
    with time_machine.travel(at(MONDAY, 6), tick=False) as journey:
        ticket = ticket_of(writes(cast.inbox))
        journey.move_to(at(MONDAY, 8))
        triage.set_priority(actor=cast.lena, ticket_id=ticket.pk, priority=Priority.HIGH)
        sweep()
    assert clock(ticket, Metric.FIRST_RESPONSE).due_at == at(MONDAY, 9)
    assert not SlaEvent.objects.exists()


def test_a_warning_that_is_noticed_late_is_stamped_by_the_hours_it_was_promised_in(
    cast: House, hours: BusinessHours
) -> None:
    SlaPolicy.objects.update(warn_percent=50, further_warn_percents=[75, 95], remind_minutes=60)
    with time_machine.travel(at(MONDAY, 10), tick=False) as journey:
        ticket = opened(cast)
        journey.move_to(at(MONDAY, 16, 30))
        becomes(cast, hours, plan(cast, ends=11, holidays=(TUESDAY,)))
        sweep()
        journey.move_to(at(TUESDAY, 9, 50))
        sweep()
        journey.move_to(at(WEDNESDAY, 12))
        sweep()
    told = SlaEvent.objects.filter(clock__ticket=ticket, clock__metric=Metric.RESOLUTION).order_by("occurred_at", "pk")
    assert list(told.values_list("kind", "step", "occurred_at")) == [
        (Step.WARNING, 2, at(MONDAY, 16)),
        (Step.WARNING, 3, at(TUESDAY, 9, 36)),
        (Step.BREACH, 1, at(TUESDAY, 10)),
    ]


def test_the_admin_takes_back_no_version_that_somebody_else_made_meanwhile(cast: House, hours: BusinessHours) -> None:
    before = BusinessHours.objects.get(pk=hours.pk)
    becomes(cast, hours, plan(cast, ends=12))
    page = BusinessHoursAdmin(BusinessHours, admin.site)
    request = RequestFactory().post("/")
    form = page.get_form(request, before)({"name": "Returns", "time_zone": "Europe/Berlin"}, instance=before)
    page.save_model(request, page.save_form(request, form, change=True), form, change=True)
    hours.intervals.all().delete()
    page.save_related(request, form, [], change=True)
    now = BusinessHours.objects.get(pk=hours.pk)
    assert now.version == 3
    assert calendar(now).seconds_between(at(MONDAY, 0), at(TUESDAY, 0)) == 0, "the hours as they are"
    assert calendar(now, 2).seconds_between(at(MONDAY, 0), at(TUESDAY, 0)) == 3 * 3600
