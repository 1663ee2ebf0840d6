"""Weekly and monthly reviews: the figures of a period as they stood when it was over.

Each is a row, due at eight in the morning after its period. Writing one makes the row of the next period, so a stopped
system catches up period by period, and UNIQUE(kind, starts_on) keeps two workers from writing one twice. A review waits
until everything that happened in its period is counted, and until there is somebody who may read it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from agents import notify
from agents.models import Role, User
from analytics.actions.presentation import current
from analytics.definitions import KPIS, Target
from analytics.facts import zone
from analytics.models import Fact, Review, ReviewKind, Watermark
from analytics.periods import Period, today
from analytics.queries import Reader
from analytics.results import Provisional, Result
from analytics.windows import window_days
from helpdesk import clock

READ_AT = dt.time(8)
# How far the first reviews look back, so that the newest has something to be compared with.
FIRST_WEEKS, FIRST_MONTHS = 8, 3


def week_of(day: dt.date) -> Period:
    """Return the week of a day, from Monday to Sunday."""
    monday = day - dt.timedelta(days=day.weekday())
    return Period(monday, monday + dt.timedelta(days=6))


def month_of(day: dt.date) -> Period:
    """Return the calendar month of a day."""
    first = day.replace(day=1)
    return Period(first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1))


PERIOD_OF: dict[str, Callable[[dt.date], Period]] = {ReviewKind.WEEKLY: week_of, ReviewKind.MONTHLY: month_of}


def due_at(period: Period) -> dt.datetime:
    """Return when the review of a period is due: at eight by the clocks of the workspace, whatever they were set to."""
    return dt.datetime.combine(period.last + dt.timedelta(days=1), READ_AT, zone()).astimezone(dt.UTC)


def period_of(review: Review) -> Period:
    """Return the days that a review looks back on."""
    return Period(review.starts_on, review.ends_on)


def _row(kind: str, period: Period) -> Review:
    return Review(kind=kind, starts_on=period.first, ends_on=period.last, due_at=due_at(period))


def _plan() -> None:
    """Make the first row of each kind: some way back where there are figures already, else for the present period.

    Until the first one is written, a history that is brought in later moves the beginning back.
    """
    begun = set(Review.objects.filter(written_at__isnull=False).values_list("kind", flat=True).distinct())
    missing = [kind for kind in ReviewKind.values if kind not in begun]
    if not missing:
        return
    first = Fact.objects.order_by("opened_day").values_list("opened_day", flat=True).first()
    for kind in missing:
        period = PERIOD_OF[kind](today())
        for _number in range(FIRST_WEEKS if kind == ReviewKind.WEEKLY else FIRST_MONTHS):
            earlier = PERIOD_OF[kind](period.first - dt.timedelta(days=1))
            if first is None or earlier.last < first:
                break
            period = earlier
        Review.objects.bulk_create([_row(kind, period)], ignore_conflicts=True)


@transaction.atomic
def write_next() -> bool:
    """Write the review that is due longest, tell the managers, and make the next one due; False when none is."""
    _plan()
    at = clock.now()
    due = Review.objects.filter(written_at__isnull=True, due_at__lte=at).order_by("due_at", "pk")
    review = due.select_for_update(skip_locked=True, no_key=True).first()
    if review is None:
        return False
    period = period_of(review)
    counted = Watermark.objects.values_list("as_of", flat=True).first()
    readers = User.objects.filter(role__in=(Role.MANAGER, Role.ADMIN), is_active=True).order_by("pk")
    viewer = readers.first()
    if viewer is None or counted is None or counted < period.moments()[1]:
        return False
    review.figures = _figures(viewer, period)
    review.written_at = at
    review.save(update_fields=["figures", "written_at"])
    following = _row(review.kind, PERIOD_OF[review.kind](period.last + dt.timedelta(days=1)))
    Review.objects.bulk_create([following], ignore_conflicts=True)
    if following.due_at > at:  # of those that a stopped system catches up with, only the newest is news
        managers = readers.filter(role=Role.MANAGER).values_list("pk", flat=True)
        notify.notify(managers, kind="review", key=f"review-{review.pk}", ticket_id=None, at=at)
    return True


def _figures(viewer: User, period: Period) -> list[dict[str, Any]]:
    headlines = list(current().headlines)
    ids = [*headlines, *(kpi.id for kpi in KPIS.values() if kpi.available and kpi.id not in headlines)]
    found = Reader(viewer).kpis(ids, period)
    return [{**_frozen(found[kpi_id]), "headline": kpi_id in headlines} for kpi_id in ids]


def _frozen(result: Result) -> dict[str, Any]:
    later = result.provisional
    return {
        "kpi": result.kpi,
        "value": result.value,
        "n": result.n,
        "p90": result.p90,
        "previous": result.previous,
        "previous_n": result.previous_n,
        "trend": result.trend,
        "low": result.target.low if result.target else None,
        "high": result.target.high if result.target else None,
        "status": result.status,
        "version": result.definition_version,
        "provisional": None if later is None else {"value": later.value, "n": later.n},
    }


def results(review: Review) -> list[tuple[Result, bool]]:
    """Return the figures of a review as they were written down, each with whether it was a headline."""
    return [
        (_thawed(kept, period_of(review)), bool(kept["headline"])) for kept in review.figures if kept["kpi"] in KPIS
    ]


def _thawed(kept: dict[str, Any], period: Period) -> Result:
    later = kept["provisional"]
    final_from = period.last + dt.timedelta(days=window_days(KPIS[kept["kpi"]]) + 1)
    return Result(
        kpi=kept["kpi"],
        period=period,
        value=kept["value"],
        n=kept["n"],
        numerator=None,
        denominator=None,
        p90=kept["p90"],
        previous=kept["previous"],
        previous_n=kept["previous_n"],
        trend=kept["trend"],
        target=None if kept["low"] is None and kept["high"] is None else Target(kept["low"], kept["high"]),
        status=kept["status"],
        provisional=None if later is None else Provisional(value=later["value"], n=later["n"], final_from=final_from),
        definition_version=kept["version"],
    )
