"""What managers and leads see of the figures, and what nobody else does."""

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agents.models import User
from analytics.definitions import HEADLINES
from analytics.queries import Reader
from analytics.refresh import rebuild
from analytics.views.export import safe
from analytics.views.pages import PAGES
from helpdesk.seed.history import write_history
from helpdesk.seed.people import Staff, hire
from surveys.defaults import install as install_surveys
from tests.reports.conftest import as_
from tickets.defaults import install_texts

END = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    """Return the people of the demo after a busy day."""
    install_texts()
    install_surveys()
    people = hire()
    User.objects.update(language="en")
    write_history(people, end=END, limit=40)
    rebuild()
    return people


ASKED = "?from=2026-11-10&to=2026-11-18"


def test_the_front_page_shows_the_nine_figures(staff: Staff) -> None:
    page = as_(staff.users["jonas"]).get(f"/reports/{ASKED}")
    text = page.content.decode()
    assert page.status_code == 200
    assert [text.index(f'id="figure-{kpi}"') for kpi in HEADLINES] == sorted(
        text.index(f'id="figure-{kpi}"') for kpi in HEADLINES
    )
    assert "How fast we first answer" in text
    assert "Busiest: " in text


@pytest.mark.parametrize("slug", sorted(PAGES))
def test_each_page_shows_its_figures_and_gives_them_as_csv(staff: Staff, slug: str) -> None:
    client = as_(staff.users["jonas"])
    assert client.get(f"/reports/{slug}/{ASKED}").status_code == 200
    rows = list(csv.DictReader(io.StringIO(client.get(f"/reports/{slug}.csv{ASKED}").content.decode("utf-8-sig"))))
    assert rows
    assert {row["kpi"] for row in rows} <= set(PAGES[slug].kpis)


def test_scores_of_the_surveys_page_add_up_to_the_answers_that_csat_counts(staff: Staff) -> None:
    page = as_(staff.users["jonas"]).get(f"/reports/surveys/{ASKED}")
    asked = page.context["asked"]
    drawn = page.context["distributions"][0]["chart"].columns
    counted = Reader(staff.users["jonas"], asked.filters).kpi("csat", asked.period).n
    assert sum(column.bar.value for column in drawn) == counted > 0


def test_a_lead_reads_own_teams_and_an_agent_none(staff: Staff) -> None:
    assert as_(staff.users["lena"]).get("/reports/").status_code == 403
    assert as_(staff.users["lena"]).get("/reports/volume.csv").status_code == 403
    assert Client().get("/reports/").status_code == 302
    lead = as_(staff.users["amira"]).get(f"/reports/{ASKED}")
    assert lead.status_code == 200
    foreign = staff.teams["Finance"]
    staff.users["amira"].memberships.filter(team=foreign).delete()
    page = as_(staff.users["amira"]).get(f"/reports/{ASKED}&team={foreign.pk}").content.decode()
    assert "is not yours to read" in page


def test_the_tickets_behind_a_figure_are_those_that_it_counts(staff: Staff) -> None:
    client = as_(staff.users["jonas"])
    rows = list(csv.DictReader(io.StringIO(client.get(f"/reports/volume.csv{ASKED}").content.decode("utf-8-sig"))))
    volume = next(row for row in rows if row["kpi"] == "volume" and row["by"] == "all")
    page = client.get(f"/reports/figures/volume/tickets/{ASKED}")
    assert page.context["found"].paginator.count == int(volume["value"]) > 0
    assert client.get("/reports/figures/nonsense/tickets/").status_code == 404


def test_every_figure_that_names_its_tickets_opens_them_and_one_of_time_names_none(staff: Staff) -> None:
    client = as_(staff.users["jonas"])
    page = client.get(f"/reports/agents/{ASKED}").content.decode()
    links = re.findall(r'figure-title"><a href="([^"]+)"', page)
    assert links
    assert {client.get(html.unescape(link)).status_code for link in links} == {200}
    assert 'id="figure-utilisation"' in page
    assert "/figures/utilisation/" not in page


@pytest.mark.parametrize(
    "query",
    [
        "?from=2026-11-19&to=2026-11-01",
        "?from=x&to=y",
        "?period=decade",
        "?team=999999",
        "?inbox=%00",
        "?from=0001-01-01&to=9999-12-31",
    ],
)
def test_what_makes_no_sense_is_said_and_the_page_stands(staff: Staff, query: str) -> None:
    page = as_(staff.users["jonas"]).get(f"/reports/{query}")
    assert page.status_code == 200
    assert page.context["asked"].trouble


def test_no_cell_of_a_file_is_a_formula() -> None:
    assert safe("=1+1") == "'=1+1"
    assert safe("＋cmd") == "'＋cmd"
    assert safe("@x") == "'@x"
    assert safe("\n=1+1") == "'\n=1+1"
    assert safe(-20) == -20
    assert safe(None) == ""


def test_the_front_page_asks_the_same_few_questions_of_more_tickets(
    staff: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(staff.users["jonas"])
    client.get("/reports/")
    with django_assert_max_num_queries(25):
        client.get(f"/reports/{ASKED}")


# What each page asks at most; a longer period or more tickets asks nothing more.
QUESTIONS = {
    "response-times": 19,
    "resolution": 24,  # whether the numbers reopen longer than usual, besides
    "sla": 16,
    "surveys": 20,
    "agents": 21,
    "volume": 22,
    "backlog": 17,
}


def test_each_page_asks_the_same_few_questions_of_a_day_and_of_a_year(
    staff: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(staff.users["jonas"])
    client.get("/reports/")
    assert set(QUESTIONS) == set(PAGES)
    for slug, most in QUESTIONS.items():
        for period in ("today", "12-months"):
            with django_assert_max_num_queries(most):
                client.get(f"/reports/{slug}/?period={period}")
