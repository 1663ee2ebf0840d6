"""The customer's phone in a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.simulator.conftest import PNID, Json, Simulator, Target, eventually

pytestmark = [pytest.mark.browser, pytest.mark.stack]
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page as wide as the phone's place beside the inbox; any error in its console fails the test."""
    context = chromium.new_context(viewport={"width": 400, "height": 800}, locale="en-GB")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "ERR_CONNECTION_REFUSED" not in text] == [], "a restart refuses for a moment"


def buttons(*titles: str) -> Json:
    """Return an interactive block with reply buttons."""
    given = [{"type": "reply", "reply": {"id": title.lower(), "title": title}} for title in titles]
    return {"type": "button", "body": {"text": "Choose one:"}, "action": {"buttons": given}}


def test_a_customer_writes_and_sees_ticks_typing_and_the_answer(
    simulator: Simulator, target: Target, page: Page
) -> None:
    page.goto(f"{simulator.url}/phone/")
    page.get_by_role("toolbar").get_by_role("button", name="New customer").click()
    page.get_by_label("Name").fill("Rafael <b>Monteiro</b>")
    page.get_by_label("Language").select_option("pt")
    page.get_by_role("button", name="Pick up the phone").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rafael <b>Monteiro</b>")
    wa_id = page.url.split("/")[4]
    page.get_by_label("Message", exact=True).fill("Minha mochila rasgou")
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log).to_contain_text("Minha mochila rasgou")
    expect(log.get_by_role("img", name="Delivered")).to_be_visible()
    wamid = eventually(lambda: target.about(wa_id))[0].value["messages"][0]["id"]
    simulator.graph(
        "POST",
        f"{PNID}/messages",
        json={
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": wamid,
            "typing_indicator": {"type": "text"},
        },
    )
    expect(log.get_by_role("img", name="Read")).to_be_visible()
    expect(page.get_by_text("typing…")).to_be_visible()
    sent = simulator.accepted(wa_id, text={"body": "Que pena!"}, context={"message_id": wamid})
    expect(log.locator(".theirs")).to_contain_text("Que pena!")
    expect(log.locator(".theirs .quote")).to_contain_text("Minha mochila rasgou")
    expect(page.get_by_text("typing…")).to_be_hidden()
    eventually(lambda: [b["status"] for b in target.statuses(sent)] == ["sent", "delivered", "read"])


def test_buttons_and_lists_are_answered_by_tapping(
    simulator: Simulator, target: Target, page: Page, rafael: str
) -> None:
    simulator.writes(rafael)
    simulator.accepted(rafael, type="interactive", interactive=buttons("Repair", "New one"))
    row = {"id": "r1", "title": "16 to 18", "description": "Most wanted"}
    action = {"button": "See times", "sections": [{"rows": [row, {"id": "r2", "title": "18 to 20"}]}]}
    simulator.accepted(
        rafael, type="interactive", interactive={"type": "list", "body": {"text": "When?"}, "action": action}
    )
    page.goto(f"{simulator.url}/phone/{rafael}/")
    page.get_by_role("button", name="New one").click()
    expect(page.locator(".mine .quote")).to_contain_text("Choose one:")
    expect(page.get_by_role("button", name="Repair")).to_be_disabled()
    page.get_by_role("button", name="See times").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="16 to 18").press("Enter")
    expect(page.locator(".mine").last).to_contain_text("16 to 18")

    def replies() -> list[dict[str, object]]:
        said = [message for request in target.about(rafael) for message in request.value.get("messages", [])]
        return [message["interactive"] for message in said if "context" in message]

    # The page shows the answer before the webhook that carries it has arrived.
    eventually(lambda: len(replies()) == 2)
    assert replies() == [
        {"type": "button_reply", "button_reply": {"id": "new one", "title": "New one"}},
        {"type": "list_reply", "list_reply": row},
    ]


def test_a_photo_a_file_and_a_voice_note_can_be_sent(
    simulator: Simulator, target: Target, page: Page, rafael: str, tmp_path: Path
) -> None:
    simulator.writes(rafael)
    page.goto(f"{simulator.url}/phone/{rafael}/")
    page.get_by_role("button", name="Send a photo").click()
    expect(page.get_by_role("img", name="Photo")).to_be_visible()
    width = "document.querySelector('#log img').naturalWidth"
    assert eventually(lambda: int(page.evaluate(width))) == 1200
    invoice = tmp_path / "Rechnung ü.pdf"
    invoice.write_bytes(b"%PDF-1.4")
    page.get_by_label("Attach a picture or document").set_input_files(invoice)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("link", name="Rechnung ü.pdf")).to_be_visible()
    page.get_by_role("button", name="Send a voice note").click()
    expect(page.locator("[data-length]")).to_have_text("0:04")

    def all_arrived() -> bool:
        types = [m["type"] for r in target.about(rafael) for m in r.value["messages"]]
        return types == ["text", "image", "document", "audio"]

    eventually(all_arrived)


def test_the_next_message_fails_when_the_switch_is_on(
    simulator: Simulator, target: Target, page: Page, rafael: str
) -> None:
    simulator.writes(rafael)
    page.goto(f"{simulator.url}/phone/{rafael}/")
    switch = page.get_by_role("switch", name="Fail the next message")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    failed = simulator.accepted(rafael, text={"body": "lost"})
    eventually(lambda: [b["status"] for b in target.statuses(failed)] == ["failed"])
    expect(switch).to_have_attribute("aria-checked", "false")
    simulator.accepted(rafael, text={"body": "arrives"})
    expect(page.get_by_role("log")).to_contain_text("arrives")
    expect(page.get_by_role("log")).not_to_contain_text("lost")


def test_the_phone_catches_up_after_the_simulator_was_restarted(
    own_process: Simulator, page: Page, rafael: str
) -> None:
    simulator = own_process.start()
    simulator.writes(rafael, "before")
    page.goto(f"{simulator.url}/phone/{rafael}/")
    page.get_by_label("Message", exact=True).fill("half typed")
    simulator.output()
    simulator.start()
    simulator.writes(rafael, "after")
    expect(page.get_by_role("log")).to_contain_text("after", timeout=15_000)
    assert page.get_by_role("log").inner_text().count("before") == 1
    assert page.get_by_label("Message", exact=True).input_value() == "half typed"


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """Serve a folder and yield its origin."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_only_a_named_page_may_frame_the_phone_and_press_its_buttons(
    own_process: Simulator, chromium: Browser, rafael: str, tmp_path: Path
) -> None:
    page = chromium.new_page(viewport={"width": 500, "height": 800}, locale="en-GB")
    with site(tmp_path) as parent, site(tmp_path) as stranger:
        own_process.environ = {"SIM_FRAME_ANCESTORS": parent}
        simulator = own_process.start()
        simulator.writes(rafael)
        address = f"{simulator.url}/phone/{rafael}/?toolbar=0"
        (tmp_path / "index.html").write_text(f'<iframe src="{address}" width="400" height="700"></iframe>')
        page.goto(parent)
        phone = page.frame_locator("iframe")
        expect(phone.get_by_role("log")).to_be_visible()
        expect(phone.get_by_role("button", name="Send a photo")).to_have_count(0)
        page.evaluate(f"frames[0].postMessage({{phone: 'photo'}}, '{simulator.url}')")
        expect(phone.get_by_role("img", name="Photo")).to_be_visible()
        page.goto(stranger)
        expect(page.locator("iframe")).to_be_visible()
        assert page.frames[1].url == "chrome-error://chromewebdata/"
        page.close()


def test_arabic_runs_from_right_to_left_in_a_page_that_does_not(simulator: Simulator, page: Page, rafael: str) -> None:
    simulator.writes(rafael)
    page.goto(f"{simulator.url}/phone/{rafael}/")
    page.get_by_role("button", name="Write in Arabic").click()
    text = page.locator(".mine .words").last
    expect(text).to_have_css("direction", "rtl")
    assert page.locator("html").get_attribute("dir") == "ltr"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(simulator: Simulator, page: Page, rafael: str, theme: str) -> None:
    simulator.writes(rafael, "مرحبًا")
    simulator.control("inbound", {"from": rafael, "type": "image", "caption": "The seam"})
    simulator.control("inbound", {"from": rafael, "type": "audio"})
    simulator.accepted(rafael, type="interactive", interactive=buttons("Repair", "New one"))
    simulator.accepted(rafael, text={"body": "x" * 300})
    for path in (f"/phone/{rafael}/", "/phone/"):
        page.goto(f"{simulator.url}{path}?theme={theme}")
        page.wait_for_load_state("load")
        for width in (320, 1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        page.evaluate(AXE.read_text())
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found: Any = page.evaluate("tags => axe.run(document, {runOnly: tags})", rules)
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []
