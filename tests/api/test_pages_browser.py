"""The documentation in Chromium; the fixture fails on any complaint, a broken policy included."""

from urllib.parse import urlsplit

from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from tests.styleguide.conftest import Open, visit

__all__ = ["visit"]


def test_the_documentation_loads_under_the_strict_policy_from_our_own_host(
    visit: Open, live_server: LiveServer
) -> None:
    page = visit(reverse("api:docs"))
    page.get_by_text("/api/v1/tickets/{id}/resolution/").first.wait_for()
    page.locator("#operations-tickets-tickets_get").click()
    page.get_by_role("button", name="Try it out").wait_for()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert {urlsplit(url).netloc for url in loaded if not url.startswith("data:")} == {urlsplit(live_server.url).netloc}
