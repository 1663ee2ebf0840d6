"""Targets, headline figures and the ranking of agents: who decides, and what is refused."""

import csv
import io

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics import targets
from analytics.actions.presentation import current
from analytics.definitions import HEADLINES, KPIS, Target
from analytics.models import KpiTarget
from tests.api.conftest import program_of
from tests.cast import House
from tests.reports.conftest import as_
from tickets.models import ConfigurationEvent

pytestmark = pytest.mark.django_db
FIRST = "/reports/targets/first_response_time/"
ELEVEN = [kpi.id for kpi in KPIS.values() if kpi.available][:11]


def test_a_target_holds_on_pages_in_files_and_over_the_api(cast: House) -> None:
    jonas = as_(cast.jonas)
    assert jonas.post(FIRST, {"version": 0, "high": "2,5", "unit": "min"}).status_code == 302
    assert targets.current()["first_response_time"] == Target(high=150)
    assert "Target 2\xa0min\xa030\xa0s" in jonas.get("/reports/response-times/").content.decode()
    rows = csv.DictReader(io.StringIO(jonas.get("/reports/response-times.csv").content.decode("utf-8-sig")))
    assert {row["target_high"] for row in rows if row["kpi"] == "first_response_time"} == {"150.0"}
    values = program_of(cast.jonas).read("/api/v1/kpis/?kpi=first_response_time")["results"]
    assert values[0]["target"] == {"low": None, "high": 150.0}


def test_a_change_says_who_made_it_and_can_be_taken_back(cast: House) -> None:
    jonas = as_(cast.jonas)
    jonas.post(FIRST, {"version": 0, "high": "", "unit": "min"})
    assert "first_response_time" not in targets.current()
    jonas.post(FIRST, {"version": 1, "do": "reset"})
    row = KpiTarget.objects.get(kpi="first_response_time")
    assert (row.version, row.changed_by, row.is_default) == (2, cast.jonas, True)
    logged = ConfigurationEvent.objects.filter(subject="kpitarget", subject_id=row.pk).order_by("pk")
    assert list(logged.values_list("verb", "actor", "fields")) == [
        ("created", cast.jonas.pk, ["is_default"]),
        ("changed", cast.jonas.pk, ["is_default"]),
    ]
    assert targets.current()["first_response_time"] == KPIS["first_response_time"].target
    assert "Jonas, " in jonas.get("/reports/targets/").content.decode()


@pytest.mark.parametrize(
    ("kpi", "sent", "said"),
    [
        ("first_response_time", {"high": "soon"}, "Write a number"),
        ("first_response_time", {"high": "0"}, "too small or too large"),
        ("first_response_time", {"high": "nan"}, "too small or too large"),
        ("csat", {"low": "101"}, "0 to 100 per cent"),
        ("nps", {"low": "-101"}, "from −100 to 100"),
        ("utilisation", {"low": "90", "high": "80"}, "Exchange them"),
        ("utilisation", {"low": "90"}, "Give both ends"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused_in_words(
    cast: House, kpi: str, sent: dict[str, str], said: str
) -> None:
    page = as_(cast.jonas).post(f"/reports/targets/{kpi}/", {"version": 0, **sent})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not KpiTarget.objects.exists()


def test_of_two_managers_who_change_a_target_the_second_is_told(cast: House) -> None:
    jonas = as_(cast.jonas)
    jonas.post(FIRST, {"version": 0, "high": "5", "unit": "min"})
    stale = as_(cast.ada).post(FIRST, {"version": 0, "high": "7", "unit": "min"})
    assert stale.status_code == 409
    assert "Jonas" in stale.content.decode()
    assert targets.current()["first_response_time"] == Target(high=300)


def test_the_front_page_shows_nine_figures_and_never_more_than_ten(cast: House) -> None:
    jonas = as_(cast.jonas)
    assert current().headlines == list(HEADLINES)
    page = jonas.post("/reports/headlines/", {"version": 0, "figure": ELEVEN})
    assert page.status_code == 422
    assert "11 figures are chosen; more than 10 are too many" in page.content.decode()
    assert jonas.post("/reports/headlines/", {"version": 0, "figure": ["nonsense"]}).status_code == 422
    assert jonas.post("/reports/headlines/", {"version": 0}).status_code == 422
    assert (
        jonas.post("/reports/headlines/", {"version": 0, "figure": ["repeat_contact_rate", "csat"]}).status_code == 302
    )
    assert current().headlines == ["csat", "repeat_contact_rate"]
    jonas.post("/reports/headlines/", {"version": 1, "do": "reset"})
    assert current().headlines == list(HEADLINES)


def test_agents_are_ranked_only_where_somebody_switched_it_on(cast: House) -> None:
    jonas = as_(cast.jonas)
    assert jonas.get("/reports/agents/").context["ranking"] is None
    jonas.post("/reports/headlines/ranking/", {"version": 0, "on": "1"})
    assert jonas.get("/reports/agents/").context["ranking"] == []


@pytest.mark.parametrize("address", ["targets/", "targets/csat/", "headlines/", "reviews/"])
def test_leads_and_agents_decide_nothing(cast: House, address: str) -> None:
    for person in (cast.amira, cast.lena):
        assert as_(person).get(f"/reports/{address}").status_code == 403
        assert as_(person).post(f"/reports/{address}", {"version": 0}).status_code == 403


def test_the_rail_leads_to_reports_those_who_may_read_them(cast: House) -> None:
    for person, shown in ((cast.lena, False), (cast.amira, True), (cast.jonas, True)):
        assert ('href="/reports/"' in as_(person).get("/inbox/all/").content.decode()) is shown


@pytest.mark.parametrize(
    ("address", "most"), [("targets/", 14), ("targets/csat/", 8), ("headlines/", 8), ("reviews/", 8)]
)
def test_the_pages_ask_few_questions(
    cast: House, django_assert_max_num_queries: DjangoAssertNumQueries, address: str, most: int
) -> None:
    jonas = as_(cast.jonas)
    jonas.get("/reports/")
    with django_assert_max_num_queries(most):
        jonas.get(f"/reports/{address}")
