"""What is so now, and when a period was busiest."""

import datetime as dt
import zoneinfo

import pytest
from pytest_django.fixtures import Settings

from agents.models import User
from analytics.definitions import Target
from analytics.periods import Period
from analytics.queries import Reader, hours_of
from analytics.queries.waiting import waiting
from analytics.refresh import rebuild
from analytics.scope import Filters
from helpdesk import clock
from tests.cast import House, taken_in, writes
from tests.reports.conftest import as_
from tickets import intake
from tickets.models import Ticket

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _zone(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def opens(cast: House, at: dt.datetime, number: int) -> Ticket:
    """Let somebody else open a ticket at this moment."""
    with clock.at(at):
        return taken_in(intake.receive(writes(cast.inbox, phone=f"35387{number:07d}", at=at, name=f"Guest {number}")))


def test_the_busiest_sixty_minutes_begin_where_they_begin(cast: House) -> None:
    ten = dt.datetime(2026, 11, 12, 10, tzinfo=BERLIN)
    minutes = (0, 40, 50, 59, 65, 99, 160)
    for number, minute in enumerate(minutes):
        opens(cast, ten + dt.timedelta(minutes=minute), number)
    rebuild()
    peaks = Reader(cast.jonas).peaks(Period(ten.date(), ten.date()))
    assert peaks is not None
    # 10:40, 10:50, 10:59, 11:05 and 11:39; by the clock ten o'clock has four.
    assert (peaks.most, peaks.most_from) == (5, ten + dt.timedelta(minutes=40))
    # Two of the day's 24 hours are its busiest five per cent, rounded up: four and two tickets of seven.
    assert (peaks.hours, peaks.least, peaks.tickets) == (2, 2, 6)


def test_sixty_minutes_go_on_where_the_clocks_skip_an_hour(cast: House) -> None:
    skipped = dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)  # two o'clock becomes three
    for number, minute in enumerate((-20, -5, 10, 30)):
        opens(cast, skipped + dt.timedelta(minutes=minute), number)
    rebuild()
    peaks = Reader(cast.jonas).peaks(Period(dt.date(2026, 3, 29), dt.date(2026, 3, 29)))
    assert peaks is not None
    assert peaks.most == 4


def test_hours_that_have_not_begun_do_not_make_the_others_quieter(cast: House) -> None:
    thursday = dt.datetime(2026, 11, 12, 10, tzinfo=BERLIN)
    for number, days in enumerate((0, 0, 7)):
        opens(cast, thursday + dt.timedelta(days=days, minutes=number), number)
    rebuild()
    both = Period(thursday.date(), thursday.date() + dt.timedelta(days=7))
    averages = {}
    for hour in (9, 10):
        with clock.at(dt.datetime(2026, 11, 19, hour, 59, tzinfo=BERLIN)):
            averages[hour] = Reader(cast.jonas).heatmap(both).average(3, 10)
    assert averages == {9: 3.0, 10: 1.5}


def test_hours_of_a_day_on_which_the_clocks_change_come_as_they_begin() -> None:
    twice = Period(dt.date(2026, 10, 25), dt.date(2026, 10, 25))
    came = []
    for minutes in (0, 30, 60, 90, 120):
        with clock.at(dt.datetime(2026, 10, 25, 0, minutes % 60, tzinfo=dt.UTC) + dt.timedelta(hours=minutes // 60)):
            came.append(hours_of(twice)[6][2])
    assert came == [1.0, 1.0, 2.0, 2.0, 2.0]
    assert hours_of(twice)[6][3] == 1.0


def test_nobody_wrote_and_nothing_was_busiest(cast: House) -> None:
    assert Reader(cast.jonas).peaks(Period(dt.date(2026, 3, 1), dt.date(2026, 3, 2))) is None


def test_who_waits_for_a_first_answer_is_listed_apart_and_beyond_the_target_too(cast: House) -> None:
    now = dt.datetime(2026, 11, 12, 10, tzinfo=BERLIN)
    oldest = opens(cast, now - dt.timedelta(minutes=11), 1)
    opens(cast, now - dt.timedelta(minutes=9), 2)
    rebuild()
    with clock.at(now):
        found = waiting(Filters(), Target(high=600))
        assert (found.count, found.late, found.oldest_ticket) == (2, 1, oldest.pk)
        assert waiting(Filters(teams=frozenset({cast.finance.pk})), Target(high=600)).count == 0
        assert waiting(Filters(), None).late == 0
        page = as_(cast.jonas).get("/reports/response-times/")
    assert page.context["waits"]["ticket"] == oldest.pk
    assert "Beyond the target of 10\xa0min" in page.content.decode()


def test_a_page_that_knows_everything_is_not_made_again(cast: House) -> None:
    opens(cast, dt.datetime(2026, 11, 12, 10, tzinfo=BERLIN), 1)
    rebuild()
    jonas = as_(cast.jonas)
    as_of = jonas.get("/reports/").context["as_of"]
    assert jonas.get("/reports/", headers={"X-Known-As-Of": as_of.isoformat()}).status_code == 204
    rebuild()
    assert jonas.get("/reports/", headers={"X-Known-As-Of": as_of.isoformat()}).status_code == 200
    User.objects.filter(pk=cast.jonas.pk).update(role="agent")
    assert jonas.get("/reports/", headers={"X-Known-As-Of": as_of.isoformat()}).status_code == 403
