"""The inbox in a real browser: what agents feel under their hands."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Customer, Seat, eventually
from tests.chaos.auditor import Auditor
from tests.stack import RunningStack

Invent = Callable[..., Customer]


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_every_pane_is_accessible(seat: Seat, customer: Invent, theme: str, width: int) -> None:
    aoife = customer()
    aoife.write("My tent pole snapped, see https://example.org/photo")
    lena = seat(color_scheme=theme, width=width)
    lena.open()
    expect(lena.row(aoife.name)).to_be_visible()
    lena.rest()
    assert lena.violations() == []
    lena.choose(aoife.name)
    lena.page.locator("#timeline").hover()
    assert lena.violations() == []
    lena.page.get_by_role("tab", name="Note").click()
    assert lena.violations("#composer") == []
    lena.page.get_by_role("link", name="Hand over").click()
    expect(lena.page.get_by_label("Hand over to")).to_be_visible()
    assert lena.violations("#transfer-dialog") == []
    lena.page.keyboard.press("Escape")
    assert not lena.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    if width > 768:
        lena.page.get_by_role("button", name="Account of").click()
        assert lena.violations("#account-menu") == []


def at_work(stack: RunningStack) -> list[str]:
    """Return whose time counts as work at a ticket right now."""
    with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
        segments = connection.execute(
            "SELECT username FROM tickets_focussegment JOIN agents_user u ON u.id = user_id WHERE ended_at IS NULL"
        )
        return [name for (name,) in segments]


def test_a_break_is_taken_by_keyboard_and_the_open_ticket_is_kept_or_put_back(
    seat: Seat, customer: Invent, stack: RunningStack
) -> None:
    aoife = customer()
    aoife.write("My tent pole snapped")
    amira = seat("amira")
    amira.open()
    amira.choose(aoife.name)
    amira.page.keyboard.press("m")
    expect(amira.page.locator("#details")).to_contain_text("Amira (you)")
    eventually(lambda: "amira" in at_work(stack))
    account = amira.page.locator("#own-avatar")
    expect(account).to_have_accessible_name("Account of Amira, Available")
    account.press("Enter")
    pause = amira.page.get_by_role("button", name="On a break")
    pause.press("Enter")
    expect(account).to_have_accessible_name("Account of Amira, On a break")
    expect(amira.page.locator("#account-menu")).to_be_hidden()
    assert "amira" not in at_work(stack)
    toast = amira.page.locator("#toasts")
    expect(toast).to_contain_text("You are given no new tickets.")
    toast.get_by_role("button", name="Put back into the queue").click()
    expect(amira.page.locator("#details")).to_contain_text("Nobody yet")
    toast.get_by_role("button", name="Undo").click()
    expect(amira.page.locator("#details")).to_contain_text("Amira (you)")
    account.press("Enter")
    amira.page.get_by_role("button", name="Available").press("Enter")
    expect(account).to_have_accessible_name("Account of Amira, Available")


def test_the_list_does_not_move_under_the_pointer(seat: Seat, customer: Invent) -> None:
    first, second = customer("Katharina"), customer("Baptiste")
    first.write("Wo ist meine Erstattung?")
    lena = seat()
    lena.open()
    expect(lena.row(first.name)).to_be_visible()
    lena.row(first.name).hover()
    second.write("Où est mon colis ?")
    waiting = lena.page.locator("#queue-waiting")
    expect(waiting).to_contain_text("1 new conversation")
    expect(lena.row(second.name)).to_have_count(0)
    # What is there already is kept up to date in its place.
    first.write("Hallo?")
    expect(lena.row(first.name)).to_contain_text("Hallo?")
    waiting.click()
    expect(lena.row(second.name)).to_be_visible()
    expect(waiting).to_be_hidden()


def test_who_reads_further_up_stays_there(seat: Seat, customer: Invent) -> None:
    aoife = customer()
    for number in range(25):
        aoife.write(f"Line {number} of a long story that fills the whole thread from top to bottom")
    lena = seat()
    lena.open()
    expect(lena.row(aoife.name)).to_contain_text("Line 24")
    lena.choose(aoife.name)
    expect(lena.timeline).to_contain_text("Line 24")
    lena.page.evaluate("document.getElementById('timeline').scrollTop = 40")
    lena.page.wait_for_timeout(100)
    aoife.write("The end")
    pill = lena.page.get_by_role("button", name="New messages")
    expect(pill).to_be_visible()
    assert lena.page.evaluate("document.getElementById('timeline').scrollTop") == 40
    pill.click()
    expect(pill).to_be_hidden()
    expect(lena.timeline.get_by_text("The end")).to_be_in_viewport()


def test_a_message_that_was_not_read_cannot_be_resolved(seat: Seat, customer: Invent) -> None:
    aoife = customer()
    for number in range(25):
        aoife.write(f"Line {number} of a long story that fills the whole thread from top to bottom")
    lena = seat()
    lena.open()
    expect(lena.row(aoife.name)).to_contain_text("Line 24")
    lena.choose(aoife.name)
    lena.page.evaluate("document.getElementById('timeline').scrollTop = 40")
    lena.page.wait_for_timeout(100)
    aoife.write("Wait, one more thing")
    expect(lena.page.get_by_role("button", name="New messages")).to_be_visible()
    lena.page.get_by_role("button", name="Resolve").click()
    expect(lena.page.locator("#toasts")).to_contain_text("A new message arrived")
    lena.page.get_by_role("button", name="New messages").click()
    expect(lena.page.get_by_role("button", name="New messages")).to_be_hidden()
    lena.page.get_by_role("button", name="Resolve").click()
    expect(lena.page.locator("#toasts")).to_contain_text("Resolved")
    # The button left with its ticket; who works by keyboard goes on at the next one.
    expect(lena.page.locator("#queue-list:focus, .queue-row[aria-current=true]:focus")).to_have_count(1)


def test_a_slash_offers_quick_replies_and_tab_inserts_one(seat: Seat, customer: Invent) -> None:
    aoife = customer()
    aoife.write("How long does it take?")
    lena = seat()
    lena.open()
    lena.choose(aoife.name)
    lena.reply.press_sequentially("/ship")
    options = lena.page.get_by_role("option")
    expect(options).to_have_count(2)
    lena.reply.press("ArrowDown")
    lena.reply.press("Tab")
    expect(lena.reply).to_have_value("Standard delivery takes 2 to 4 working days.")
    expect(lena.page.locator("#quick-replies")).to_be_hidden()
    expect(lena.reply).to_be_focused()
    lena.reply.fill("")
    lena.reply.press_sequentially("/hel")
    expect(options).to_have_count(1)
    lena.reply.press("Enter")
    expect(lena.reply).to_have_value("Hello Aoife, Lena here.")


def test_what_was_typed_survives_a_reload_another_ticket_and_a_lost_connection(seat: Seat, customer: Invent) -> None:
    aoife, yousef = customer(), customer("Yousef")
    aoife.write("My tent pole snapped")
    yousef.write("مقاس خاطئ")
    lena = seat()
    lena.open()
    lena.choose(aoife.name)
    lena.reply.fill("Half a thought")
    lena.choose(yousef.name)
    expect(lena.reply).to_have_value("")
    lena.choose(aoife.name)
    expect(lena.reply).to_have_value("Half a thought")
    lena.page.reload()
    expect(lena.reply).to_have_value("Half a thought")
    # The connection is away: the text stays, and the same click later sends it once.
    lena.page.route("**/replies/**", lambda route: route.abort())
    lena.reply.press("Control+Enter")
    expect(lena.page.locator("#toasts")).to_contain_text("Your text is kept")
    expect(lena.reply).to_have_value("Half a thought")
    lena.page.unroute("**/replies/**")
    # A copy for the draft is on its way meanwhile, and comes after the reply.
    late: list[Route] = []
    lena.page.route("**/draft/", lambda route: late.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    lena.reply.fill("Half a thought more")
    lena.page.wait_for_event("request", lambda request: request.url.endswith("/draft/"))
    lena.reply.press("Control+Enter")
    expect(lena.timeline).to_contain_text("Half a thought more")
    expect(lena.reply).to_have_value("")
    with lena.page.expect_response("**/draft/"):
        late[0].continue_()
    eventually(lambda: aoife.received() == ["Half a thought more"])
    lena.page.reload()
    expect(lena.reply).to_have_value("")
    expect(lena.row(aoife.name)).to_contain_text("Half a thought more")
    expect(lena.row(aoife.name)).not_to_contain_text("Draft")
    lena.complaints.clear()


@pytest.fixture
def slow_to_send(stack: RunningStack) -> Iterator[Auditor]:
    """Let every reply wait as long as it may before it leaves; return the auditor of the rows."""
    auditor = Auditor(stack)
    auditor.change("UPDATE agents_team SET send_delay_seconds = 5")
    yield auditor
    auditor.change("UPDATE agents_team SET send_delay_seconds = 0")


def test_a_reply_can_be_taken_back_for_a_moment(seat: Seat, customer: Invent, slow_to_send: Auditor) -> None:
    aoife = customer()
    aoife.write("My tent pole snapped")
    lena = seat()
    lena.open()
    lena.choose(aoife.name)
    lena.send("Sent too early")
    undo = lena.timeline.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    lena.page.locator(".thread-title").focus()
    lena.page.keyboard.press("u")
    expect(lena.reply).to_have_value("Sent too early")
    expect(lena.timeline).to_contain_text("took back a reply before it left")
    slow_to_send.change("UPDATE tickets_message SET due_at = now() WHERE text = 'Sent too early' AND due_at > now()")
    lena.page.wait_for_timeout(1500)
    assert aoife.received() == []
    assert slow_to_send.rows("SELECT state FROM tickets_message WHERE text = 'Sent too early'") == [
        {"state": "cancelled"}
    ]


def test_the_keyboard_reaches_everything(seat: Seat, customer: Invent) -> None:
    aoife = customer()
    aoife.write("My tent pole snapped")
    lena = seat()
    lena.open()
    expect(lena.row(aoife.name)).to_be_visible()
    lena.rest()
    lena.page.keyboard.press("j")
    expect(lena.page.locator(".queue-row").first).to_be_focused()
    lena.page.keyboard.press("k")
    expect(lena.page.locator(".queue-row").first).to_be_focused()
    lena.row(aoife.name).focus()
    lena.page.keyboard.press("Enter")
    expect(lena.page.locator(".thread-subtitle")).to_contain_text(aoife.name)
    lena.page.keyboard.press("n")
    expect(lena.page.locator("#note-text")).to_be_focused()
    lena.page.keyboard.type("jkermanu/?")
    expect(lena.page.locator("#note-text")).to_have_value("jkermanu/?")
    lena.page.keyboard.press("Escape")
    expect(lena.row(aoife.name)).to_be_focused()
    lena.page.keyboard.press("r")
    expect(lena.reply).to_be_focused()
    lena.page.keyboard.press("Escape")
    lena.page.keyboard.press("?")
    sheet = lena.page.locator("#shortcuts-dialog")
    expect(sheet).to_contain_text("Resolve and next")
    expect(sheet).to_contain_text("Next conversation")
    lena.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    lena.page.keyboard.press("a")
    expect(lena.page.get_by_label("Hand over to")).to_be_focused()


def test_everything_works_without_scripts(seat: Seat, customer: Invent) -> None:
    aoife = customer()
    aoife.write("My tent pole snapped")
    lena = seat(java_script_enabled=False)
    lena.page.goto(lena.url + "/inbox/all/")
    lena.row(aoife.name).click()
    lena.reply.fill("We send a new one.")
    lena.page.get_by_role("button", name="Send").click()
    expect(lena.timeline).to_contain_text("We send a new one.")
    lena.page.get_by_role("link", name="Write a note").click()
    lena.page.get_by_label("Note for your team").fill("Batch F2 again")
    lena.page.get_by_role("button", name="Add note").click()
    expect(lena.timeline.locator(".note")).to_contain_text("Batch F2 again")
    lena.page.get_by_role("button", name="Resolve").click()
    expect(lena.page.locator("#toasts")).to_contain_text("Resolved")
    lena.page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(lena.page.locator(".thread-subtitle")).to_contain_text(aoife.name)


def test_without_a_connection_the_page_says_so_and_catches_up(seat: Seat, customer: Invent) -> None:
    aoife = customer()
    aoife.write("My tent pole snapped")
    lena = seat()
    lena.open()
    lena.choose(aoife.name)
    lena.page.context.set_offline(True)
    offline = lena.page.get_by_text("Offline. Your drafts are kept here.")
    expect(offline).to_be_visible()
    lena.reply.fill("Typed in a tunnel")
    aoife.write("Are you there?")
    lena.page.context.set_offline(False)
    expect(offline).to_be_hidden()
    expect(lena.timeline).to_contain_text("Are you there?")
    expect(lena.reply).to_have_value("Typed in a tunnel")
    lena.complaints.clear()
