"""The reports in Chromium, with figures in them: accessible in both themes, and fresh without taking anything away."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from analytics.refresh import rebuild
from helpdesk import clock
from tests.cast import House, house, writes
from tests.styleguide.conftest import Open, violations, visit  # noqa: F401 - a fixture
from tickets import intake

pytestmark = pytest.mark.browser


def opens(cast: House, number: int, at: dt.datetime) -> None:
    """Let somebody open a ticket."""
    with clock.at(at):
        intake.receive(writes(cast.inbox, phone=f"35387{number:07d}", at=at, name=f"Guest {number}"))


@pytest.fixture
def busy(transactional_db: None) -> House:
    """Return a house to which twelve people wrote within the last days."""
    cast = house()
    cast.jonas.language = "en"
    cast.jonas.save()
    for number in range(12):
        opens(cast, number, clock.now() - dt.timedelta(hours=5 * number, minutes=1))
    rebuild()
    return cast


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_with_figures_are_accessible_and_stay_fresh(visit: Open, busy: House, theme: str) -> None:  # noqa: F811
    page = visit("/reports/", user=busy.jonas, color_scheme=theme)
    expect(page.locator(".heat-5").first).to_be_visible()
    assert violations(page) == []
    page.goto(page.url + "volume/")
    table = page.locator("#course-table")
    table.locator("summary").click()
    page.locator(".page-body").evaluate("body => { body.scrollTop = 120 }")
    point = page.locator(".chart-point").last
    point.focus()
    opens(busy, 99, clock.now())
    rebuild()
    expect(page.locator("#figure-volume .figure-value")).to_have_text("13")
    expect(table).to_have_attribute("open", "")
    expect(point).to_be_focused()
    assert page.locator(".page-body").evaluate("body => body.scrollTop") == 120
    assert violations(page) == []


def test_no_report_scrolls_sideways_on_a_telephone(visit: Open, busy: House) -> None:  # noqa: F811
    page = visit("/reports/", user=busy.jonas, width=390)
    for address in ("", "response-times/", "volume/", "backlog/", "targets/", "headlines/"):
        page.goto(f"{page.url.partition('/reports/')[0]}/reports/{address}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
