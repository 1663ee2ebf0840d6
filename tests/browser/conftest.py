"""Chromium against the real processes: agents with a window each, and a telephone that the simulator plays."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.furnish import PASSWORD
from tests.stack import RunningStack, random_phone

AXE = (Path(__file__).parent.parent / "vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything of our own is fast; a machine that runs other things beside us may be slow.
PATIENCE = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.stack)


@pytest.fixture(autouse=True)
def _patience() -> None:
    expect.set_options(timeout=PATIENCE)


@dataclass
class Desk:
    """One agent's window on the inbox."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/inbox/all/") -> None:
        """Go to an address of the product and wait until the socket has said hello."""
        with self.page.expect_websocket() as socket:
            self.page.goto(self.url + path)
        if not socket.value.is_closed():
            self.page.wait_for_timeout(50)

    def row(self, name: str) -> Locator:
        """Return a contact's row in the list."""
        return self.page.locator(".queue-row", has_text=name)

    def choose(self, name: str) -> None:
        """Open a contact's conversation by a click."""
        self.row(name).click()
        expect(self.page.locator(".thread-subtitle")).to_contain_text(name)

    @property
    def timeline(self) -> Locator:
        """Return the thread."""
        return self.page.locator("#timeline")

    @property
    def reply(self) -> Locator:
        """Return the text area of the reply."""
        return self.page.locator("#reply-text")

    def send(self, text: str) -> None:
        """Type a reply and send it by keyboard."""
        self.reply.fill(text)
        self.reply.press("Control+Enter")

    def rest(self) -> None:
        """Leave the list alone: pointer and focus elsewhere, scrolled to its top."""
        self.page.mouse.move(900, 20)
        self.page.evaluate("document.activeElement?.blur()")
        self.page.evaluate("document.getElementById('queue-list').scrollTop = 0")

    def violations(self, part: str = "html") -> list[str]:
        """Run axe and name what it finds."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("([part, rules]) => axe.run(part, {runOnly: rules})", [part, RULES])
        return [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]]


Seat = Callable[..., Desk]


@pytest.fixture
def seat(chromium: Browser, stack: RunningStack) -> Iterator[Seat]:
    """Return a function that logs somebody in; the test fails on any complaint of the browser."""
    contexts: list[BrowserContext] = []
    desks: list[Desk] = []

    def sit(user: str = "lena", *, width: int = 1440, height: int = 900, **options: Any) -> Desk:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        desk = Desk(page=page, url=stack.url)
        desks.append(desk)
        page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        page.on("console", lambda line: desk.complaints.append(line.text) if _is_complaint(line) else None)
        page.goto(f"{stack.url}/login/")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/inbox/**")
        return desk

    yield sit
    for context in contexts:
        context.close()
    assert [complaint for desk in desks for complaint in desk.complaints] == []


def _is_complaint(line: Any) -> bool:
    # A refused action answers 409, and who leaves a page at once leaves its socket: Chromium writes both down.
    harmless = ("409 (Conflict)", "closed before the connection is established")
    return line.type in {"error", "warning"} and not any(text in line.text for text in harmless)


@dataclass
class Customer:
    """Somebody with a telephone."""

    stack: RunningStack
    name: str
    number: str

    def write(self, text: str, **more: Any) -> None:
        """Write to the business."""
        self.stack.simulator.inbound(self.number, self.name, text, **more)

    def received(self) -> list[str]:
        """Return what has arrived on this telephone."""
        return [
            str(entry["body"])
            for entry in self.stack.simulator.log("accepted_send")
            if entry["to"] == self.number and entry["type"] == "text"
        ]


@pytest.fixture
def customer(stack: RunningStack) -> Callable[[str], Customer]:
    """Return a function that invents a customer; the suffix keeps the customers of two tests apart."""

    def invent(name: str = "Aoife Brennan") -> Customer:
        number = random_phone()
        return Customer(stack=stack, name=f"{name} {number[-4:]}", number=number)

    return invent


def eventually(check: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """Wait until something becomes true."""
    stop = time.monotonic() + seconds
    while not check():
        if time.monotonic() > stop:
            raise AssertionError("it did not become true in time")
        time.sleep(0.05)
