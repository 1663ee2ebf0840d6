"""Pages of set-up, alerts and figures in Chromium: accessible in both themes, and previews that follow the form."""

from typing import Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agents import notify
from agents.models import Team, User
from helpdesk import clock
from surveys.models import Survey, SurveyInvitation
from tests.cast import ticket_of, writes
from tests.paper import paper
from tests.styleguide.conftest import Open, violations
from tests.surveys.conftest import furnished, helped, invited, taps, types, work
from tickets.actions.rules import RuleDraft, create_rule
from tickets.channels import Refusal, TemplateChoice, TemplateVariable
from tickets.defaults import install_texts
from tickets.models import AgentSkill, AutomaticText, BusinessHours, RoutingRule, SlaPolicy, Tag, Ticket

pytestmark = pytest.mark.browser
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1440), ("dark", 390))


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Return the administrator of a furnished house with something to see on each page."""
    # What a migration writes was emptied by the test before.
    install_texts()
    cast = furnished()
    heating = Tag.objects.create(name="heating", is_skill=True)
    AgentSkill.objects.create(user=cast.lena, tag=heating)
    rule = RuleDraft(name="Money", keywords=("Rechnung",), team_id=cast.finance.pk, tag_ids=(heating.pk,))
    create_rule(actor=cast.ada, draft=rule)
    ticket = helped(cast)
    invitation = invited(ticket)
    SurveyInvitation.objects.update(due_at=clock.now())
    work()
    taps(cast, invitation, 1)
    types(cast, "Nobody called back")
    notify.notify({cast.ada.pk}, kind="assigned", key="a key", ticket_id=ticket.pk, at=clock.now())
    ticket_of(writes(cast.inbox, phone="353870000001", name="Katharina Vogt"))
    paper.refuse = Refusal(code="window", text="Only a template may be sent now.", takes_templates=True)
    pieces = ("Hello ", "name", ", there is news. Answer here to read it.")
    news = TemplateChoice(
        key="news", name="news", language="en", pieces=pieces, variables=(TemplateVariable(key="name"),)
    )
    paper.approved = [news]
    return cast.ada


def addresses() -> dict[str, str]:
    """Return pages and what they say: set-up, follow-ups, alerts, a ticket that takes only templates, reports."""
    edited = {
        "hours": BusinessHours.objects.get().pk,
        "sla": SlaPolicy.objects.all()[0].pk,
        "rules": RoutingRule.objects.get().pk,
        "texts": AutomaticText.objects.all()[0].pk,
        "surveys": Survey.objects.all()[0].pk,
        "teams": Team.objects.get(name="Returns desk").pk,
    }
    pages = {reverse(f"setup:{name}"): "" for name in ("index", *edited)}
    pages |= {
        reverse(f"setup:{name}_edit", args=[pk]): "heating" if name == "teams" else "" for name, pk in edited.items()
    }
    picker = reverse("inbox:template", args=[Ticket.objects.latest("pk").pk]) + "?template=news"
    pages |= {picker: ", there is news.", reverse("surveys:follow_ups"): "Nobody called back", "/alerts/": "Aoife"}
    return pages | {"/reports/": "", "/reports/response-times/": ""}


def test_pages_of_set_up_alerts_and_figures_are_accessible_in_both_themes(visit: Open, ada: User) -> None:
    page = visit("/setup/", user=ada, reduced_motion="reduce")
    found: list[str] = []
    for address, words in addresses().items():
        page.goto(address)
        expect(page.locator("main")).to_contain_text(words)
        for theme, width in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            found += [f"{address} {theme} at {width} px {one}" for one in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{address} scrolls sideways at 390 px")
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
