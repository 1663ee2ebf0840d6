"""The chain from a telephone to two agents and back, driven as people drive it."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Desk, Seat
from tests.stack import RunningStack


@pytest.fixture
def phone(chromium: Browser, stack: RunningStack) -> Page:
    """Return the simulator's page of customers."""
    page = chromium.new_context(viewport={"width": 420, "height": 860}).new_page()
    page.goto(f"{stack.simulator.url}/phone/")
    return page


def pick_up(phone: Page, name: str) -> None:
    """Hand a telephone to a new customer."""
    phone.get_by_role("button", name="New customer").first.click()
    phone.fill("#new-name", name)
    phone.get_by_role("button", name="Pick up the phone").click()
    phone.wait_for_url(re.compile(r"/phone/\d+/"))


def writes(phone: Page, text: str) -> None:
    """Write on the telephone."""
    phone.fill("#text", text)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator("#log")).to_contain_text(text)


def seen_within(desk: Desk, text: str, seconds: float) -> float:
    """Wait for a text on somebody's page; return how long it took."""
    start = time.monotonic()
    expect(desk.page.locator("body")).to_contain_text(text, timeout=seconds * 1000)
    return time.monotonic() - start


def test_a_message_is_answered_by_two_agents_who_see_each_other(
    stack: RunningStack, seat: Seat, phone: Page
) -> None:
    """From the first word on the telephone to the reopened ticket."""
    lena, mateus = seat("lena"), seat("mateus")
    name = f"Aoife {time.monotonic_ns() % 10**6}"
    for desk in (lena, mateus):
        desk.open()
        desk.rest()

    # The customer writes: both agents see the new row without touching anything.
    pick_up(phone, name)
    writes(phone, "My tent pole snapped")
    for desk in (lena, mateus):
        expect(desk.row(name)).to_contain_text("My tent pole snapped")

    # A half-typed reply, the focus and the caret survive what arrives meanwhile.
    lena.choose(name)
    lena.reply.click()
    lena.reply.press_sequentially("So sorry, Ao")
    lena.reply.press("ArrowLeft")
    writes(phone, "It broke at the joint")
    expect(lena.timeline).to_contain_text("It broke at the joint")
    expect(lena.reply).to_have_value("So sorry, Ao")
    expect(lena.reply).to_be_focused()
    lena.page.keyboard.type("!")
    expect(lena.reply).to_have_value("So sorry, A!o")

    # Mateus sees that Lena is there, and that she writes.
    mateus.choose(name)
    expect(mateus.page.locator("#presence")).to_contain_text("Lena")
    lena.reply.press_sequentially("ife")
    expect(mateus.page.locator("#presence")).to_contain_text("Lena is writing")
    expect(lena.page.locator("#presence")).to_contain_text("Mateus is viewing")

    # Mateus answers first: what Lena sends now is held until she has looked.
    lena.page.route("**/thread/**", lambda route: route.abort())
    mateus.send("We send a spare pole today.")
    expect(mateus.timeline).to_contain_text("We send a spare pole today.")
    lena.reply.press("Control+Enter")
    expect(lena.page.locator("#composer-stale")).to_contain_text("Mateus has just replied")
    expect(lena.reply).to_have_value("So sorry, A!ifeo")
    expect(lena.timeline).to_contain_text("We send a spare pole today.")
    lena.page.unroute("**/thread/**")
    lena.complaints.clear()
    lena.page.get_by_role("link", name="Review").click()
    expect(lena.reply).to_be_focused()
    lena.send("And a new bag with it.")
    expect(lena.timeline).to_contain_text("And a new bag with it.")
    expect(lena.reply).to_have_value("")

    # The telephone shows both answers, and reading them turns the ticks in the inbox.
    for text in ("We send a spare pole today.", "And a new bag with it."):
        expect(phone.locator("#log")).to_contain_text(text)
        bubble = lena.timeline.locator(".message-out", has_text=text)
        expect(bubble).to_have_class(re.compile(r"\bis-read\b"))

    # The ticket is Mateus's by his reply; a note and a hand-over go with him, and the note never leaves.
    mateus.page.get_by_role("tab", name="Note").click()
    mateus.page.locator("#note-text").fill("Batch F2 has a known fault")
    mateus.page.locator("#note-text").press("Control+Enter")
    expect(lena.timeline).to_contain_text("Batch F2 has a known fault")
    mateus.page.get_by_role("link", name="Hand over").click()
    mateus.page.get_by_label("Hand over to").select_option(label="Lena, Returns desk")
    mateus.page.get_by_label("Note for them").fill("She knows the customer")
    mateus.page.get_by_role("button", name="Hand over").click()
    expect(mateus.timeline).to_contain_text("handed this over to")
    expect(lena.timeline).to_contain_text("She knows the customer")

    # Resolve, undo, resolve again.
    mateus.open()
    mateus.rest()
    lena.page.locator(".thread-title").focus()
    lena.page.keyboard.press("e")
    expect(lena.page.locator("#toasts")).to_contain_text("Resolved")
    expect(mateus.row(name)).to_have_count(0)
    lena.page.keyboard.press("u")
    expect(lena.page.locator(".thread-subtitle")).to_contain_text(name)
    expect(mateus.row(name)).to_have_count(1)
    lena.page.locator(".thread-title").focus()
    lena.page.keyboard.press("e")
    expect(mateus.row(name)).to_have_count(0)

    # The customer writes again: the ticket is open again on both sides.
    writes(phone, "One more question about the bag")
    for desk in (lena, mateus):
        desk.rest()
        expect(desk.row(name)).to_contain_text("One more question about the bag")
    mateus.choose(name)
    expect(mateus.timeline).to_contain_text("wrote again: reopened")

    # Nothing but the two answers left the house.
    number = re.search(r"/phone/(\d+)/", phone.url)
    assert number is not None
    sent = [entry for entry in stack.simulator.log("accepted_send") if entry["to"] == number.group(1)]
    assert [entry["body"] for entry in sent] == [
        "We send a spare pole today.",
        "And a new bag with it.",
    ]


def test_two_agents_cannot_both_claim_a_ticket(seat: Seat, stack: RunningStack, phone: Page) -> None:
    """The slower one reads who has it."""
    lena, mateus = seat("lena"), seat("mateus")
    name = f"Katharina {time.monotonic_ns() % 10**6}"
    pick_up(phone, name)
    writes(phone, "Where is my refund?")
    for desk in (lena, mateus):
        desk.open()
        desk.choose(name)
    # Mateus's page does not hear of it in time.
    mateus.page.route("**/thread/**", lambda route: route.abort())
    lena.page.get_by_role("button", name="Assign to me").click()
    expect(lena.page.locator("#details")).to_contain_text("lena (you)", ignore_case=True)
    mateus.page.get_by_role("button", name="Assign to me").click()
    expect(mateus.page.locator("#toasts")).to_contain_text("Lena already has this ticket.")
    expect(mateus.page.get_by_role("button", name="Assign to me")).to_have_count(0)
    mateus.complaints.clear()


def test_a_second_browser_sees_a_message_within_a_second(
    seat: Seat, customer: object, stack: RunningStack
) -> None:
    """Measured from the moment the simulator has it to the moment it can be read; the median of five."""
    lena = seat("lena")
    lena.open()
    lena.rest()
    took = []
    for number in range(5):
        text = f"Stopwatch {number} {time.monotonic_ns()}"
        start = time.monotonic()
        stack.simulator.inbound("491701112223", "Stopwatch", text)
        expect(lena.page.locator("#queue-rows")).to_contain_text(text)
        took.append(time.monotonic() - start)
    assert sorted(took)[2] < 1.0, took
