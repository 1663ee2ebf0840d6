"""Business hours: what the page accepts, what it refuses and how it says so, and what a change does to clocks."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import House, ticket_of, writes
from tests.setup.said import said
from tickets import public_holidays
from tickets.calendars import calendar, hours_of_team
from tickets.models import BusinessHours, Metric

SUNDAY = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
Lines = list[tuple[str, ...]]
OFFICE: Lines = [(str(day), "09:00", "17:00") for day in range(5)]


def form(version: int, week: Lines, holidays: Lines | None = None, **fields: object) -> dict[str, object]:
    """Return what the page posts; a fourth value in a line ticks “Ends the next day”."""
    data: dict[str, object] = {
        "name": "Office hours",
        "time_zone": "Europe/Berlin",
        "version": version,
        "is_default": "on",
    }
    for prefix, lines, names in (
        ("week", week, ("weekday", "begins", "ends", "overnight")),
        ("holiday", holidays or [], ("date", "name")),
    ):
        data |= {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": 0}
        data |= {
            f"{prefix}-{n}-{name}": value
            for n, line in enumerate(lines)
            for name, value in zip(names, line, strict=False)
        }
    return data | fields


@pytest.fixture
def hours(cast: House) -> BusinessHours:
    """Return the default hours, open day and night."""
    return BusinessHours.objects.get(is_default=True)


@pytest.fixture
def page(hours: BusinessHours) -> str:
    return reverse("setup:hours_edit", args=[hours.pk])


def test_a_week_with_a_break_a_night_shift_and_a_holiday_is_kept(
    ada: Client, cast: House, hours: BusinessHours, page: str
) -> None:
    week = [("0", "09:00", "12:00"), ("0", "13:00", "17:00"), ("4", "22:00", "06:00", "on"), ("6", "00:00", "00:00")]
    response = ada.post(
        page, form(hours.version, week, [("2026-12-25", "Christmas")], teams=[cast.finance.pk]), follow=True
    )
    assert "Hours saved" in said(response)
    assert "Changed by Ada" in said(response)
    assert list(hours.intervals.values_list("weekday", "begins", "ends")) == [
        (0, 540, 720),
        (0, 780, 1020),
        (4, 1320, 360),
        (6, 0, 1440),
    ]
    assert str(hours.holidays.get()) == "2026-12-25 Christmas"
    assert BusinessHours.objects.get(pk=hours.pk).version == hours.version + 1
    assert hours_of_team(cast.finance.pk) == hours
    # What was stored is what the page shows again.
    again = ada.get(page).content.decode()
    assert 'name="week-2-begins" value="22:00"' in again
    assert re.search(r'name="week-2-overnight"[^>]* checked', again)


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ([("0", "17:00", "09:00")], "17:00–09:00 ends before it begins. For a night shift, tick “Ends the next day”."),
        ([("0", "09:00", "17:00", "on")], "09:00–17:00 the next day is longer than a day."),
        ([("0", "09:00", "09:00")], "09:00–09:00 is no time at all. For a whole day write 00:00–00:00."),
        ([("0", "09:00", "")], "Enter both times, or take this line away."),
        ([("0", "09:00", "12:00"), ("0", "11:00", "17:00")], "Overlaps Monday 09:00–12:00."),
        ([("6", "22:00", "06:00", "on"), ("0", "05:00", "09:00")], "Overlaps Sunday 22:00–06:00."),
        ([("0", "", "")], "Open on one day at least"),
    ],
)
def test_a_week_that_makes_no_sense_is_refused_and_says_what_to_do(
    ada: Client, hours: BusinessHours, page: str, week: Lines, sentence: str
) -> None:
    response = ada.post(page, form(hours.version, week))
    assert response.status_code == 422
    assert sentence in said(response)
    assert BusinessHours.objects.get(pk=hours.pk).version == hours.version


def test_a_holiday_stands_once_and_has_a_date(ada: Client, hours: BusinessHours, page: str) -> None:
    response = ada.post(page, form(hours.version, OFFICE, [("2026-12-25", "a"), ("2026-12-25", "b"), ("", "c")]))
    assert response.status_code == 422
    assert "This date stands in the list already." in said(response)
    assert "Choose the date" in said(response)


def test_whoever_saves_second_loses_nothing_and_overwrites_nothing(
    ada: Client, hours: BusinessHours, page: str
) -> None:
    ada.post(page, form(hours.version, OFFICE))
    response = ada.post(page, form(hours.version, [("0", "07:00", "08:00")], name="Mine"))
    assert response.status_code == 409
    assert "Ada saved this page while you were editing." in said(response)
    assert 'value="07:00"' in response.content.decode()
    assert hours.intervals.count() == 5


def test_lines_are_added_and_taken_away_without_saving(ada: Client, hours: BusinessHours, page: str) -> None:
    steps = form(hours.version, OFFICE, do="add-week-5")
    html_ = ada.post(page, steps, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html_
    assert 'name="week-5-begins"' in html_
    html_ = ada.post(page, form(hours.version, OFFICE, do="remove-week-0")).content.decode()
    assert 'name="week-3-begins"' in html_
    assert 'name="week-4-begins"' not in html_
    html_ = ada.post(page, form(hours.version, [("0", "08:00", "16:00")], do="copy-week")).content.decode()
    assert html_.count('value="08:00"') == 5
    assert BusinessHours.objects.get(pk=hours.pk).version == hours.version


@time_machine.travel(SUNDAY, tick=False)
def test_public_holidays_are_suggested_and_those_in_the_list_stay(ada: Client, hours: BusinessHours, page: str) -> None:
    steps = form(hours.version, OFFICE, [("2026-12-25", "Our own name")], country="DE", region="BY", do="suggest")
    html_ = ada.post(page, steps).content.decode()
    assert html_.count('value="2026-12-25"') == 1
    assert "Our own name" in html_
    assert 'value="2027-01-06"' in html_  # Epiphany is a holiday in Bavaria, not in all of Germany
    assert 'value="2026-01-01"' not in html_


def test_countries_are_named_and_ordered_in_the_language_of_the_page() -> None:
    german = public_holidays.countries("de")
    names = [name for _code, name in german]
    assert dict(german)["DE"] == "Deutschland"
    assert names.index("Oman") < names.index("Österreich") < names.index("Pakistan")
    assert dict(public_holidays.countries("fr"))["GB"] == "Royaume-Uni"
    assert dict(public_holidays.countries("xx"))["AT"] == "Austria"
    assert all(name != code for code, name in german), "a country without a name: run frontend/country_names.mjs"


@time_machine.travel(SUNDAY, tick=False)
def test_the_preview_works_the_form_through(ada: Client, hours: BusinessHours, page: str) -> None:
    example: dict[str, Any] = {"example_at": "2026-11-27T18:00", "example_minutes": "30", "do": "look"}
    text = said(ada.post(page, form(hours.version, OFFICE, **example)))
    assert "Closed now" in text
    assert "Opens next Mon 23 Nov, 09:00" in text
    assert "A request at Fri 27 Nov, 18:00, promised within 30 minutes, is due Mon 30 Nov, 09:30." in text
    # A holiday on Monday, and it is Tuesday.
    text = said(ada.post(page, form(hours.version, OFFICE, [("2026-11-30", "")], **example)))
    assert "is due Tue 1 Dec, 09:30." in text
    text = said(ada.post(page, form(hours.version, [("0", "17:00", "09:00")], **example)))
    assert "Shown as soon as the form makes sense." in text
    text = said(ada.post(page, form(hours.version, OFFICE, example_at="nonsense", example_minutes="-1", do="look")))
    assert "Closed now" in text


@time_machine.travel(SUNDAY, tick=False)
def test_a_running_clock_keeps_its_promise_when_the_hours_change(
    ada: Client, cast: House, hours: BusinessHours, page: str
) -> None:
    before = ticket_of(writes(cast.inbox))
    assert ada.post(page, form(hours.version, OFFICE)).status_code == 302
    after = ticket_of(writes(cast.inbox, phone="4930123456", name="Katharina"))
    first = {ticket: ticket.clocks.get(metric=Metric.FIRST_RESPONSE) for ticket in (before, after)}
    assert first[before].due_at == SUNDAY + dt.timedelta(minutes=10)
    assert first[after].due_at == dt.datetime(2026, 11, 23, 8, 10, tzinfo=dt.UTC)
    assert first[after].hours_version == first[before].hours_version + 1


def test_new_hours_can_become_those_of_all_teams(ada: Client, cast: House, hours: BusinessHours) -> None:
    response = ada.post(reverse("setup:hours_new"), form(0, OFFICE, name="Winter"))
    winter = BusinessHours.objects.get(name="Winter")
    assert response["Location"] == reverse("setup:hours_edit", args=[winter.pk])
    assert BusinessHours.objects.get(is_default=True) == winter
    response = ada.post(reverse("setup:hours_new"), form(0, OFFICE, name="Winter"))
    assert response.status_code == 409
    assert "There is one called “Winter” already." in said(response)


def test_hours_in_use_are_not_deleted(ada: Client, cast: House, hours: BusinessHours) -> None:
    ticket_of(writes(cast.inbox))
    ada.post(reverse("setup:hours_new"), form(0, OFFICE, name="Winter"))
    for kept, sentence in (("Winter", "all teams without hours"), ("Office hours", "Tickets were promised an answer")):
        found = BusinessHours.objects.get(name=kept)
        response = ada.post(reverse("setup:hours_removal", args=[found.pk]), {"version": found.version})
        assert response.status_code == 409
        assert sentence in said(response)
    calendar(BusinessHours.objects.get(name="Winter"))


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_asks_the_same_questions_for_one_and_for_twelve(
    ada: Client, hours: BusinessHours, number: int
) -> None:
    for n in range(number):
        BusinessHours.objects.create(name=f"Hours {n}", time_zone="Europe/Paris")
    ada.get(reverse("setup:hours"))  # a calendar is computed once per version
    with CaptureQueriesContext(connection) as asked:
        ada.get(reverse("setup:hours"))
    questions = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(questions) == 5, questions  # session, person, hours, their teams, alerts and presence
