"""Pages of set-up, alerts and figures in Chromium: accessible in both themes, and previews that follow the form."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agents.models import User
from surveys.defaults import install as install_surveys
from tests.cast import house
from tests.styleguide.conftest import Open, violations
from tickets.actions.rules import RuleDraft, create_rule
from tickets.defaults import install_texts
from tickets.models import BusinessHours, SlaPolicy

pytestmark = pytest.mark.browser


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Return the administrator of a furnished house; what a migration writes was emptied by the test before."""
    install_texts()
    install_surveys()
    cast = house()
    create_rule(actor=cast.ada, draft=RuleDraft(name="Money", keywords=("Rechnung",), team_id=cast.finance.pk))
    return cast.ada


def test_pages_of_set_up_alerts_and_figures_are_accessible_in_both_themes(visit: Open, ada: User) -> None:
    page = visit("/setup/", user=ada, color_scheme="light", reduced_motion="reduce")
    found: list[str] = []
    for address in (
        "/setup/hours/",
        reverse("setup:hours_edit", args=[BusinessHours.objects.get().pk]),
        "/setup/sla/",
        "/setup/rules/",
        "/setup/texts/",
        "/setup/surveys/",
        "/alerts/",
        "/reports/",
        "/reports/response-times/",
    ):
        page.emulate_media(color_scheme="light")
        page.goto(address)
        found += [f"{address} {one}" for one in violations(page)]
        # The themes differ in nothing but colours.
        page.emulate_media(color_scheme="dark")
        found += [f"{address} dark {one}" for one in violations(page, rules=["color-contrast"])]
    assert found == []
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.emulate_media(color_scheme="light")
    assert page.evaluate(background) != dark


def changes(page: Page, selector: str, value: str) -> None:
    """Fill a field, leave it, and wait for the one preview that is asked for."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.fill(selector, value)
        page.locator(selector).blur()


def test_the_previews_of_hours_and_targets_follow_the_form(visit: Open, ada: User) -> None:
    page = visit(reverse("setup:hours_edit", args=[BusinessHours.objects.get().pk]), user=ada)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    due = page.locator("#preview .facts dd").first
    changes(page, "#example_at", "2026-03-02T10:00")
    changes(page, "#example_minutes", "90")
    expect(due).to_contain_text("11:30")
    changes(page, "#example_minutes", "150")
    expect(due).to_contain_text("12:30")
    assert len(asked) == 3, "a preview that was replaced listens no more"
    page.get_by_role("button", name="Add hours on Monday").click()
    expect(page.locator("#preview")).to_be_visible()
    page.goto(reverse("setup:sla_edit", args=[SlaPolicy.objects.all()[0].pk]))
    changes(page, "#example_at", "2026-03-02T10:00")
    expect(page.locator("#preview")).to_contain_text("2 Mar")
