"""When agents worked is forgotten after a time; how much they worked stays, also after everything is counted again."""

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from agents.models import PresenceInterval
from analytics import presence, retention
from analytics.models import Effort, KeptWork, PresenceDay
from analytics.refresh import check, rebuild
from helpdesk import clock
from tests.analytics.history import MONDAY, after, answers, fact_of, hears, resolves
from tests.analytics.test_people import JUNE, is_here, looks, reader
from tests.cast import House
from tickets.models import FocusSegment, Status, Ticket

LATER = dt.timedelta(days=200)


@pytest.fixture
def closed(cast: House) -> Iterator[Ticket]:
    """Return a ticket that Lena worked at, closed long ago; another one is open still, and Mateus is here today."""
    ticket, other = hears(cast, MONDAY), hears(cast, MONDAY)
    is_here(cast.lena, MONDAY, after(hours=2))
    looks(cast.lena, ticket, after(minutes=10), after(minutes=25))
    looks(cast.lena, other, after(minutes=30), after(minutes=40))
    answers(cast.lena, ticket, after(minutes=20))
    resolves(cast.lena, ticket, after(minutes=24))
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.CLOSED)
    is_here(cast.mateus, MONDAY + LATER, MONDAY + LATER + dt.timedelta(hours=1))
    with clock.at(MONDAY + LATER):
        rebuild()
        yield ticket


def figures(cast: House) -> list[tuple[float | None, int | None, int | None]]:
    """Return what is read of June's work."""
    found = [reader(cast).kpi(name, JUNE) for name in ("utilisation", "concurrency", "handling_time", "productivity")]
    return [(one.value, one.numerator, one.denominator) for one in found]


def forget() -> int:
    """Forget until nothing is left to forget; return in how many batches."""
    batches = 1
    while retention.forget_next():
        batches += 1
    return batches


def test_what_is_forgotten_changes_no_figure_even_when_all_are_derived_anew(cast: House, closed: Ticket) -> None:
    before = figures(cast)
    fact = fact_of(closed)
    handling = fact.handling
    assert handling, before
    assert not fact.is_handling_estimated
    forget()
    assert set(PresenceInterval.objects.values_list("user", flat=True)) == {cast.mateus.pk}
    assert set(FocusSegment.objects.values_list("ticket__status", flat=True)) == {Status.NEW}, "work that goes on"
    assert KeptWork.objects.get().pk == closed.pk
    assert figures(cast) == before
    assert check() == []
    rebuild()
    assert figures(cast) == before
    assert (fact_of(closed).handling, fact_of(closed).is_handling_estimated) == (handling, False)
    assert list(Effort.objects.filter(fact=closed.pk).values_list("agent", "seconds")) == [(cast.lena.pk, handling)]
    presence.count(presence.every_day())
    assert PresenceDay.objects.filter(agent=cast.lena.pk).get().available == 7200
    assert forget() == 1


def test_a_look_at_what_was_forgotten_adds_nothing_and_is_forgotten_in_its_turn(cast: House, closed: Ticket) -> None:
    handling = fact_of(closed).handling
    forget()
    looks(cast.lena, closed, MONDAY + LATER, MONDAY + LATER + dt.timedelta(minutes=5))
    forget()
    assert FocusSegment.objects.filter(ticket=closed).exists()
    rebuild()
    assert fact_of(closed).handling == handling
    with clock.at(MONDAY + 2 * LATER):
        forget()
    assert not FocusSegment.objects.filter(ticket=closed).exists()


def test_nothing_is_forgotten_too_early_or_where_it_is_kept_for_ever(
    cast: House, closed: Ticket, settings: Settings
) -> None:
    settings.WORK_RECORD_DAYS = 0
    assert forget() == 1
    settings.WORK_RECORD_DAYS = 200
    forget()
    assert PresenceInterval.objects.filter(user=cast.lena).exists()
    settings.WORK_RECORD_DAYS = 199
    forget()
    assert not PresenceInterval.objects.filter(user=cast.lena).exists()
