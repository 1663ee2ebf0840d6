"""The chain from a telephone to two agents and back, driven as people drive it."""

import re
import time
from dataclasses import dataclass

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


@dataclass
class Play:
    """Two agents, a customer's telephone, and the name of the customer."""

    lena: Desk
    mateus: Desk
    phone: Page
    name: str

    @property
    def desks(self) -> tuple[Desk, Desk]:
        """Return both windows."""
        return self.lena, self.mateus


def the_customer_writes_and_both_see_the_new_row(play: Play) -> None:
    pick_up(play.phone, play.name)
    writes(play.phone, "My tent pole snapped")
    for desk in play.desks:
        expect(desk.row(play.name)).to_contain_text("My tent pole snapped")


def a_half_typed_reply_survives_what_arrives_meanwhile(play: Play) -> None:
    lena = play.lena
    lena.choose(play.name)
    lena.reply.click()
    lena.reply.press_sequentially("So sorry, Ao")
    lena.reply.press("ArrowLeft")
    writes(play.phone, "It broke at the joint")
    expect(lena.timeline).to_contain_text("It broke at the joint")
    expect(lena.reply).to_have_value("So sorry, Ao")
    expect(lena.reply).to_be_focused()
    lena.page.keyboard.type("!")
    expect(lena.reply).to_have_value("So sorry, A!o")
    expect(play.phone.locator("#log").get_by_role("img", name="Read").first).to_be_visible()


def they_see_each_other(play: Play) -> None:
    play.mateus.choose(play.name)
    expect(play.mateus.page.locator("#presence")).to_contain_text("Lena")
    play.lena.reply.press_sequentially("ife")
    expect(play.mateus.page.locator("#presence")).to_contain_text("Lena is writing")
    expect(play.lena.page.locator("#presence")).to_contain_text("Mateus is viewing")


def a_stale_reply_is_held_until_it_was_reviewed(play: Play) -> None:
    lena, mateus = play.desks
    # Lena's page does not hear of Mateus's answer before she sends.
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


def the_telephone_reads_and_the_ticks_turn(play: Play) -> None:
    for text in ("We send a spare pole today.", "And a new bag with it."):
        expect(play.phone.locator("#log")).to_contain_text(text)
        bubble = play.lena.timeline.locator(".message-out", has_text=text)
        expect(bubble).to_have_class(re.compile(r"\bis-read\b"))


def a_note_and_a_hand_over_reach_the_colleague(play: Play) -> None:
    lena, mateus = play.desks
    mateus.page.get_by_role("tab", name="Note").click()
    mateus.page.locator("#note-text").fill("Batch F2 has a known fault")
    mateus.page.locator("#note-text").press("Control+Enter")
    expect(lena.timeline).to_contain_text("Batch F2 has a known fault")
    mateus.page.get_by_role("link", name="Hand over").click()
    places = mateus.page.get_by_label("Hand over to")
    lena_there = places.locator("optgroup[label='Returns desk'] option", has_text="Lena")
    places.select_option(value=lena_there.get_attribute("value"))
    mateus.page.get_by_label("Note for them").fill("She knows the customer")
    mateus.page.get_by_role("button", name="Hand over").click()
    expect(mateus.timeline).to_contain_text("handed this over to")
    expect(lena.timeline).to_contain_text("She knows the customer")


def resolve_undo_resolve(play: Play) -> None:
    lena, mateus = play.desks
    mateus.open()
    mateus.rest()
    lena.page.locator(".thread-title").focus()
    lena.page.keyboard.press("e")
    expect(lena.page.locator("#toasts")).to_contain_text("Resolved")
    expect(mateus.row(play.name)).to_have_count(0)
    lena.page.keyboard.press("u")
    expect(lena.page.locator(".thread-subtitle")).to_contain_text(play.name)
    expect(mateus.row(play.name)).to_have_count(1)
    lena.page.locator(".thread-title").focus()
    lena.page.keyboard.press("e")
    expect(mateus.row(play.name)).to_have_count(0)


def the_customer_writes_again_and_it_is_open_again(play: Play) -> None:
    for desk in play.desks:
        desk.rest()
    writes(play.phone, "One more question about the bag")
    for desk in play.desks:
        expect(desk.row(play.name)).to_contain_text("One more question about the bag")
    play.mateus.choose(play.name)
    expect(play.mateus.timeline).to_contain_text("wrote again: reopened")


def nothing_but_the_two_answers_left_the_house(play: Play, stack: RunningStack) -> None:
    number = re.search(r"/phone/(\d+)/", play.phone.url)
    assert number is not None
    sent = [entry["body"] for entry in stack.simulator.log("accepted_send") if entry["to"] == number.group(1)]
    assert sent == ["We send a spare pole today.", "And a new bag with it."]


def test_a_message_is_answered_by_two_agents_who_see_each_other(stack: RunningStack, seat: Seat, phone: Page) -> None:
    """From the first word on the telephone to the reopened ticket."""
    play = Play(lena=seat("lena"), mateus=seat("mateus"), phone=phone, name=f"Aoife {time.monotonic_ns() % 10**6}")
    for desk in play.desks:
        desk.open()
        desk.rest()
    the_customer_writes_and_both_see_the_new_row(play)
    a_half_typed_reply_survives_what_arrives_meanwhile(play)
    they_see_each_other(play)
    a_stale_reply_is_held_until_it_was_reviewed(play)
    the_telephone_reads_and_the_ticks_turn(play)
    a_note_and_a_hand_over_reach_the_colleague(play)
    resolve_undo_resolve(play)
    the_customer_writes_again_and_it_is_open_again(play)
    nothing_but_the_two_answers_left_the_house(play, stack)


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


def test_a_second_browser_sees_a_message_within_a_second(seat: Seat, customer: object, stack: RunningStack) -> None:
    """From the moment the simulator has it to the moment it can be read; the median of five."""
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
