"""Weekly and monthly reviews: due by the clocks of the workspace, once each, and frozen."""

import datetime as dt
import zoneinfo

import pytest

from agents.models import Notification
from analytics import refresh, reviews
from analytics.models import Review, ReviewKind, Watermark
from analytics.periods import Period
from helpdesk import clock
from tests.cast import House, writes
from tests.reports.conftest import as_
from tickets import intake

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
WEEK = Period(dt.date(2026, 11, 9), dt.date(2026, 11, 15))
MONDAY_AT_EIGHT = dt.datetime(2026, 11, 16, 8, tzinfo=BERLIN)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _zone(settings: pytest.FixtureRequest) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]


def counted_until(moment: dt.datetime) -> None:
    Watermark.objects.update_or_create(pk=1, defaults={"as_of": moment, "time_zone": "Europe/Berlin"})


def written(kind: str = ReviewKind.WEEKLY) -> list[dt.date]:
    rows = Review.objects.filter(kind=kind, written_at__isnull=False).order_by("starts_on")
    return list(rows.values_list("starts_on", flat=True))


def write_all(at: dt.datetime) -> None:
    counted_until(at)
    with clock.at(at):
        while reviews.write_next():
            pass


def begin(at: dt.datetime) -> None:
    """Let the house know of reviews from this week on."""
    with clock.at(at):
        assert not reviews.write_next()


def test_the_review_of_a_week_is_written_on_monday_at_eight_and_once(cast: House) -> None:
    begin(dt.datetime(2026, 11, 11, 12, tzinfo=BERLIN))
    write_all(MONDAY_AT_EIGHT - dt.timedelta(seconds=1))
    assert written() == []
    write_all(MONDAY_AT_EIGHT)
    write_all(MONDAY_AT_EIGHT + dt.timedelta(hours=1))
    assert written() == [WEEK.first]
    assert Notification.objects.filter(kind="review").values_list("user__username", flat=True).get() == "jonas"


def test_eight_in_the_morning_stays_eight_when_the_clocks_change() -> None:
    before = reviews.due_at(Period(dt.date(2026, 10, 12), dt.date(2026, 10, 18)))
    after = reviews.due_at(Period(dt.date(2026, 10, 19), dt.date(2026, 10, 25)))
    assert (before.hour, after.hour) == (6, 7)
    assert after - before == dt.timedelta(days=7, hours=1)


def test_a_stopped_system_catches_up_with_every_period_and_tells_of_the_newest_alone(cast: House) -> None:
    begin(dt.datetime(2026, 11, 11, 12, tzinfo=BERLIN))
    write_all(dt.datetime(2026, 12, 2, 12, tzinfo=BERLIN))
    assert written() == [dt.date(2026, 11, 9), dt.date(2026, 11, 16), dt.date(2026, 11, 23)]
    assert written(ReviewKind.MONTHLY) == [dt.date(2026, 11, 1)]
    assert Notification.objects.filter(kind="review").count() == 2


def test_a_history_that_is_brought_in_later_is_reviewed_too(cast: House) -> None:
    begin(dt.datetime(2026, 11, 20, 12, tzinfo=BERLIN))
    with clock.at(dt.datetime(2026, 11, 3, 9, tzinfo=BERLIN)):
        intake.receive(writes(cast.inbox))
    refresh.rebuild()
    write_all(dt.datetime(2026, 11, 20, 13, tzinfo=BERLIN))
    assert written() == [dt.date(2026, 11, 2), dt.date(2026, 11, 9)]


def test_a_review_waits_until_its_whole_week_is_counted(cast: House) -> None:
    begin(dt.datetime(2026, 11, 11, 12, tzinfo=BERLIN))
    counted_until(dt.datetime(2026, 11, 15, 23, 59, tzinfo=BERLIN))
    with clock.at(MONDAY_AT_EIGHT):
        assert not reviews.write_next()
    write_all(MONDAY_AT_EIGHT)
    assert written() == [WEEK.first]


def test_a_written_review_keeps_its_figures_whatever_happens_later(cast: House) -> None:
    begin(dt.datetime(2026, 11, 11, 12, tzinfo=BERLIN))
    with clock.at(dt.datetime(2026, 11, 12, 9, tzinfo=BERLIN)):
        intake.receive(writes(cast.inbox, "Where is my parcel?"))
    refresh.rebuild()
    write_all(MONDAY_AT_EIGHT)
    review = Review.objects.get(kind=ReviewKind.WEEKLY, starts_on=WEEK.first)
    volume = next(result for result, _headline in reviews.results(review) if result.kpi == "volume")
    assert (volume.value, volume.period) == (1, WEEK)
    review.figures[0]["low"], review.figures[0]["high"] = None, 1.0
    review.save()
    page = as_(cast.jonas).get(f"/reports/reviews/{review.pk}/")
    assert "Target 1" in page.content.decode()


def test_a_manager_writes_down_what_was_decided_and_nobody_else_does(cast: House) -> None:
    begin(dt.datetime(2026, 11, 11, 12, tzinfo=BERLIN))
    write_all(MONDAY_AT_EIGHT)
    review = Review.objects.get(kind=ReviewKind.WEEKLY, written_at__isnull=False)
    address = f"/reports/reviews/{review.pk}/"
    assert as_(cast.amira).post(address, {"version": 1, "remark": "mine"}).status_code == 403
    jonas = as_(cast.jonas)
    assert jonas.post(address, {"version": 1, "remark": "Two more people on Mondays.  "}).status_code == 302
    review.refresh_from_db()
    assert (review.remark, review.remarked_by) == ("Two more people on Mondays.", cast.jonas)
    stale = jonas.post(address, {"version": 1, "remark": "Three"})
    assert stale.status_code == 409
    assert "Three" in stale.content.decode()
    assert "Two more people" in jonas.get("/reports/reviews/").content.decode()
    assert (
        jonas.get(f"/reports/reviews/{Review.objects.get(due_at__gt=MONDAY_AT_EIGHT, kind='weekly').pk}/").status_code
        == 404
    )


def test_the_bell_leads_to_the_reviews(cast: House) -> None:
    begin(dt.datetime(2026, 11, 11, 12, tzinfo=BERLIN))
    write_all(MONDAY_AT_EIGHT)
    jonas = as_(cast.jonas)
    assert "A new review of the figures is ready" in jonas.get("/alerts/").content.decode()
    alert = Notification.objects.get(kind="review")
    assert jonas.get(f"/alerts/{alert.pk}/").headers["Location"] == "/reports/reviews/"
