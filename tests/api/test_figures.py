"""Figures and answers over REST: to the digit what the reports' queries return, for those who may read them."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.api.views import is_computed
from analytics.definitions import KPIS
from analytics.periods import Period
from analytics.queries import Reader
from analytics.scope import Filters
from helpdesk import clock
from surveys.models import Survey, SurveyInvitation, SurveyResponse
from tests.analytics import history
from tests.api.conftest import Program, problem, program_of
from tests.cast import House, newest_seq
from tickets.actions import lifecycle
from tickets.models import EventKind, Message, Ticket, TicketEvent

QUERIES = {
    "kpis/?kpi=first_response_time&kpi=volume&": 4,  # token, sums, targets, how far everything is counted
    "kpis/first_response_time/series/?": 3,
    "kpis/first_response_time/by/agent/?": 4,
}


@pytest.fixture
def jonas(cast: House) -> Program:
    """Return a manager's program."""
    return program_of(cast.jonas)


@pytest.fixture
def june(cast: House) -> Period:
    """Return a period in which something happened."""
    begin = history.after(hours=0)
    for n in range(4):
        ticket = history.hears(cast, begin + dt.timedelta(minutes=n))
        history.answers(cast.lena, ticket, begin + dt.timedelta(minutes=3 * n + 7, seconds=n))
        history.resolves(cast.lena, ticket, begin + dt.timedelta(hours=n + 1))
    with clock.at(begin + dt.timedelta(days=1)):
        history.count()
    return Period(begin.date(), begin.date() + dt.timedelta(days=1))


def query(period: Period) -> str:
    """Return the period as parameters."""
    return f"first={period.first}&last={period.last}"


def test_values_are_to_the_digit_what_the_reports_show(cast: House, jonas: Program, june: Period) -> None:
    said = {row["kpi"]: row for row in jonas.read(f"kpis/?{query(june)}")["results"]}
    known = Reader(cast.jonas).kpis([kpi.id for kpi in KPIS.values() if is_computed(kpi)], june)
    assert set(said) == set(known)
    assert {"first_response_time", "resolution_time", "volume", "backlog", "sla_compliance"} <= set(said)
    assert known["first_response_time"].n == 4
    for kpi, result in known.items():
        for name in ("value", "n", "numerator", "denominator", "median", "p90", "mean", "previous", "trend", "status"):
            assert said[kpi][name] == getattr(result, name), (kpi, name)


def test_days_and_parts_are_those_of_the_reports(cast: House, jonas: Program, june: Period) -> None:
    reader = Reader(cast.jonas, Filters(teams=frozenset({cast.returns.pk})))
    where = f"{query(june)}&team={cast.returns.pk}"
    points = jonas.read(f"kpis/volume/series/?{where}")["points"]
    assert [(row["day"], row["value"], row["n"]) for row in points] == [
        (str(point.day), point.value, point.n) for point in reader.series("volume", june)
    ]
    parts = jonas.read(f"kpis/first_response_time/by/agent/?{where}&variant=business")["results"]
    found = reader.breakdown("first_response_time", "agent", june, variant="business")
    assert {row["key"]: row["value"] for row in parts} == {key: result.value for key, result in found.items()}
    assert str(cast.lena.pk) in found


def test_leads_read_their_own_teams_and_agents_nothing(cast: House, june: Period) -> None:
    assert problem(program_of(cast.lena).get("kpis/"))["status"] == 403
    amira = program_of(cast.amira)
    own, foreign = (
        {row["kpi"]: row["value"] for row in amira.read(f"kpis/?{query(june)}{where}")["results"]}["volume"]
        for where in ("", f"&team={cast.finance.pk}")
    )
    assert (own, foreign or 0) == (4, 0)


def test_figures_take_the_same_questions_for_a_day_and_for_a_year(cast: House, jonas: Program, june: Period) -> None:
    year = Period(june.first, june.first + dt.timedelta(days=364))
    jonas.read("kpis/definitions/")
    for address, wanted in QUERIES.items():
        for period in (june, year):
            with CaptureQueriesContext(connection) as asked:
                jonas.read(f"{address}{query(period)}")
            assert len(asked) == wanted, (address, [one["sql"] for one in asked])


def test_definitions_come_in_the_readers_language(jonas: Program) -> None:
    told = jonas.read("kpis/definitions/")
    assert [row["id"] for row in told] == list(KPIS)
    assert jonas.get("kpis/definitions/", **{"Accept-Language": "de"}).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("kpis/?first=2026-02-01&last=2026-01-01", 400),
        ("kpis/?first=0001-01-01&last=0001-01-02", 400),
        ("kpis/?last=9999-12-31", 400),
        ("kpis/?first=2020-01-01&last=2026-01-01", 400),
        ("kpis/?kpi=nonsense", 400),
        ("kpis/?team=-1", 400),
        ("kpis/?team=9223372036854775808", 400),
        ("kpis/?team=9223372036854775807&inbox=1&agent=1&tag=1&channel=%27", 200),
        ("kpis/?variant=wall", 400),
        ("kpis/nonsense/series/", 404),
        ("kpis/volume/series/?variant=business", 400),
        ("kpis/retention_rate/series/", 404),
        ("kpis/repeat_contact_rate/series/?first=2026-01-01&last=2026-06-01", 400),
        ("kpis/volume/by/agent/", 404),
        ("kpis/volume/by/x/", 404),
    ],
)
def test_what_makes_no_sense_is_refused(jonas: Program, address: str, status: int) -> None:
    answer = jonas.get(address)
    assert answer.status_code == status, answer.content
    if status != 200:
        problem(answer)


def answered(cast: House, ticket: Ticket, score: int) -> SurveyResponse:
    """Return an answer about a ticket that Lena resolved."""
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    at = clock.now()
    invitation = SurveyInvitation.objects.create(
        survey=Survey.objects.get_or_create(kind="csat")[0],
        ticket=ticket,
        resolution=TicketEvent.objects.get(ticket=ticket, kind=EventKind.RESOLVED),
        agent=cast.lena,
        team=ticket.team,
        due_at=at,
        created_at=at,
        state="not_sent",
        reason="cancelled",
        decided_at=at,
        token=uuid.uuid4(),
    )
    return SurveyResponse.objects.create(
        invitation=invitation, score=score, lowest=1, highest=5, occurred_at=at, recorded_at=at
    )


def test_answers_are_read_by_those_who_read_the_ticket(cast: House, lena: Program, ticket: Ticket) -> None:
    response = answered(cast, ticket, 4)
    with CaptureQueriesContext(connection) as asked:
        rows = lena.read("surveys/responses/?kind=csat&order=-answered_at")["results"]
    assert len(asked) <= 3  # token, its last use, answers
    assert [(row["id"], row["score"], row["highest"], row["ticket"]) for row in rows] == [
        (response.pk, 4, 5, ticket.pk)
    ]
    assert rows[0]["agent"] == {"id": cast.lena.pk, "name": "Lena"}
    Ticket.objects.filter(pk=ticket.pk).update(team=cast.finance)
    assert lena.read("surveys/responses/")["results"] == []
    assert Message.objects.exists()
