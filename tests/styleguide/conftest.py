"""Chromium for the pages of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from agents.models import Role, User

AXE = Path("tests/vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Open = Callable[..., Page]


@pytest.fixture
def staff(transactional_db: None) -> User:
    """Return somebody who may see the style guide."""
    return User.objects.create_user(
        "amira", password="demo", first_name="Amira", last_name="Haddad", role=Role.ADMIN, is_staff=True
    )


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Open]:
    """Return a function that opens an address, as somebody or as nobody; it fails on any complaint of the browser."""
    # Plain HTTP: a cookie that insists on TLS would not come back.
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "session", False
    settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE = "csrf", False
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(address: str, *, user: User | None = None, width: int = 1440, **options: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        # The server of the tests knows no sockets.
        context.route_web_socket("**/ws/**", lambda _socket: None)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        answer = page.goto(f"{live_server.url}{address}")
        assert answer is not None
        assert answer.ok, answer.status
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Page, part: str = "html", *, rules: list[str] = RULES) -> list[str]:
    """Run axe on a page, or on a part of it, as it stands, and name what it finds."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("([part, options]) => axe.run(part, options)", [part, options])["violations"]
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found for node in v["nodes"]]
