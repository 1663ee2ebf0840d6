"""The style guide and the log-in page in Chromium: accessible in both themes and directions, and no policy broken."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from agents.models import Theme, User
from tests.styleguide.conftest import Open, violations

pytestmark = pytest.mark.browser

# Each theme and each direction once: a run of axe over a whole page takes seconds.
LOOKS = [("light", "ltr"), ("dark", "rtl")]


def page_scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(("theme", "direction"), LOOKS)
def test_the_style_guide_is_accessible(visit: Open, staff: User, theme: str, direction: str) -> None:
    page = visit(f"/styleguide/?theme={theme}&dir={direction}", user=staff)
    assert violations(page) == []
    page.get_by_role("button", name="Dialog", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page, "#specimen-dialog") == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Account of Amira Haddad").click()
    expect(page.locator("#account-menu")).to_be_visible()
    assert violations(page, "#account-menu") == []


@pytest.mark.parametrize(("theme", "direction"), LOOKS)
def test_the_composed_inbox_is_accessible(visit: Open, staff: User, theme: str, direction: str) -> None:
    page = visit(f"/styleguide/?page=inbox&theme={theme}&dir={direction}", user=staff)
    assert violations(page) == []
    page.get_by_role("tab", name="Note").click()
    expect(page.locator("#note-text")).to_be_focused()
    assert violations(page, "#composer") == []


@pytest.mark.parametrize(("theme", "direction"), LOOKS)
def test_the_log_in_page_is_accessible(
    visit: Open, staff: User, settings: Settings, theme: str, direction: str
) -> None:
    settings.DEMO = True
    page = visit("/login/", color_scheme=theme)
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    assert violations(page) == []
    page.get_by_label("Name").fill("amira")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert violations(page, "main") == []


def test_nothing_scrolls_sideways_on_the_narrowest_telephone(visit: Open, staff: User) -> None:
    for address in ("/styleguide/", "/styleguide/?page=inbox", "/styleguide/?page=inbox&pane=queue"):
        assert not page_scrolls_sideways(visit(address, user=staff, width=320)), address
    assert not page_scrolls_sideways(visit("/login/", width=320))


def test_targets_on_a_telephone_are_as_large_as_a_fingertip(visit: Open, staff: User) -> None:
    page = visit("/styleguide/?page=inbox", user=staff, width=390, has_touch=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, select")]
            .filter((target) => target.checkVisibility({ visibilityProperty: true }) && !target.closest(".skip-links"))
            .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && (box.height < 44 || box.width < 44))
            .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
    )
    assert small == []


def test_a_theme_chosen_in_the_account_menu_holds(visit: Open, staff: User) -> None:
    page = visit("/styleguide/", user=staff)
    page.get_by_role("button", name="Account of Amira Haddad").click()
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    staff.refresh_from_db()
    assert staff.theme == Theme.DARK
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_details_drawer_opens_and_gives_the_focus_back(visit: Open, staff: User) -> None:
    page = visit("/styleguide/?page=inbox", user=staff, width=1100)
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_be_hidden()
    page.get_by_role("button", name="Details").click()
    expect(details).to_be_visible()
    expect(details.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(page.get_by_role("button", name="Details")).to_be_focused()


def test_toasts_leave_and_tabs_obey_the_arrow_keys(visit: Open, staff: User) -> None:
    page = visit("/styleguide/", user=staff)
    shown = page.evaluate(
        """async () => {
            const { toast } = await import("/static/js/toast.js");
            return toast("Resolved", 0.5).isConnected && document.getElementById("toasts").textContent;
        }"""
    )
    assert shown.strip() == "Resolved"
    expect(page.locator("#toasts .toast")).to_have_count(0)
    page.locator("#tab-sample-reply").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-sample-note")).to_be_focused()
    expect(page.locator("#sample-note")).to_be_visible()
    expect(page.locator("#sample-reply")).to_be_hidden()
