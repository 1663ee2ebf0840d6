"""Filters of the report pages: which there are for whom, what they change, and that links keep them."""

import csv
import datetime as dt
import io
import re
from urllib.parse import urlencode

import pytest

from agents.models import Membership, User
from analytics.refresh import rebuild
from analytics.views.asked import KINDS
from helpdesk import clock
from tests.cast import House, taken_in, writes
from tests.reports.conftest import as_
from tickets import intake
from tickets.actions import lifecycle, triage
from tickets.models import RoutingRule, Tag, Ticket

NOON = dt.datetime(2026, 11, 12, 11, tzinfo=dt.UTC)
PERIOD = {"from": "2026-11-12", "to": "2026-11-12"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: House) -> dict[str, str]:
    """Return what one of two resolved tickets can be asked for by."""
    rule = RoutingRule.objects.create(name="Parcels", position=1, keywords=["parcel"], team=cast.finance)
    with clock.at(NOON):
        for number, text in enumerate(("My parcel is lost", "Hello there")):
            taken_in(intake.receive(writes(cast.inbox, text, phone=f"35387{number:07d}", at=NOON)))
        mine, other = Ticket.objects.order_by("pk")
        triage.add_tag(actor=cast.ada, ticket_id=mine.pk, name="lost")
        triage.add_tag(actor=cast.ada, ticket_id=other.pk, name="greeting")
        Membership.objects.create(user=cast.mateus, team=cast.finance)
        for who, ticket in ((cast.mateus, mine), (cast.lena, other)):
            lifecycle.resolve(actor=who, ticket_id=ticket.pk, seen_seq=ticket.conversation.last_seq)
    rebuild()
    return {
        "topic": str(rule.pk),
        "team": str(cast.finance.pk),
        "tag": str(Tag.objects.get(name="lost").pk),
        "agent": str(cast.mateus.pk),
    }


@pytest.mark.parametrize("kind", ["topic", "team", "tag", "agent"])
def test_each_filter_holds_on_the_page_in_the_file_and_for_the_tickets_behind(
    cast: House, asked: dict[str, str], kind: str
) -> None:
    jonas, query = as_(cast.jonas), urlencode({**PERIOD, kind: asked[kind]})
    page = jonas.get(f"/reports/resolution/?{query}")
    assert {tile.id: tile.detail for tile in page.context["tiles"]}["resolution_time"].startswith("1 value")
    rows = csv.DictReader(io.StringIO(jonas.get(f"/reports/resolution.csv?{query}").content.decode("utf-8-sig")))
    assert {row["kpi"]: row["n"] for row in rows if row["by"] == "all"}["resolution_time"] == "1"
    behind = jonas.get(f"/reports/figures/resolution_time/tickets/?{query}").context["found"].object_list
    assert [ticket.subject for ticket in behind] == ["My parcel is lost"]


def test_all_links_of_a_page_keep_all_filters(cast: House, asked: dict[str, str]) -> None:
    query = {**PERIOD, **asked, "inbox": str(cast.inbox.pk), "channel": "paper"}
    assert set(query) == {*PERIOD, *KINDS}
    html = as_(cast.jonas).get(f"/reports/resolution/?{urlencode(query)}").content.decode()
    links = re.findall(r'href="(/reports/(?:figures/\w+/tickets/|[\w.-]+)\?[^"]*)"', html)
    assert len(links) >= 8
    for link in links:
        assert all(f"{name}={value}" in link for name, value in query.items()), link
    for form in re.findall(r'<form class="report-\w+" method="get">(.*?)</form>', html, re.DOTALL):
        assert set(re.findall(r'name="(\w+)"', form)) == {*PERIOD, *KINDS}


def test_a_lead_is_offered_own_people_and_hears_that_others_are_left_out(cast: House, asked: dict[str, str]) -> None:
    User.objects.filter(pk=cast.amira.pk).update(role="agent")
    Membership.objects.filter(team=cast.returns, user=cast.mateus).delete()
    amira = as_(cast.amira)
    page = amira.get(f"/reports/agents/?{urlencode({**PERIOD, 'agent': asked['agent']})}")
    offered = {one.kind: one.options for one in page.context["asked"].more}
    assert cast.lena.name in [option["text"] for option in offered["agent"]]
    assert cast.mateus.name not in [option["text"] for option in offered["agent"]]
    assert "is not yours to read" in page.content.decode()
    assert "agent" not in page.context["asked"].picked


@pytest.mark.parametrize("query", ["tag=999", "agent=x", "channel=smoke", "topic=-1"])
def test_a_filter_that_names_nothing_is_left_out_and_said(cast: House, query: str) -> None:
    page = as_(cast.jonas).get(f"/reports/volume/?{query}")
    assert page.status_code == 200
    assert "it is left out" in page.content.decode()
