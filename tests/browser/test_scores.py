"""From a question about a bill to the scores that the customer gives: the whole life of a ticket, on a telephone."""

import re
import time
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Desk, Seat
from tests.chaos.auditor import Auditor
from tests.stack import RunningStack

# Beat wakes up whoever invites and asks every other second; a busy machine is late on top of it.
DEADLINE = 45_000


@pytest.fixture
def _a_house_that_speaks_and_asks(stack: RunningStack) -> Iterator[None]:
    """Let the house acknowledge messages, and ask for both scores a second after it may; silent again afterwards."""
    with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as connection:
        before = connection.execute("SELECT kind, delay FROM surveys_survey").fetchall()
        connection.execute("UPDATE surveys_survey SET active_since = now(), delay = interval '1 second'")
        connection.execute("UPDATE tickets_automatictext SET is_active = true WHERE kind = 'acknowledgement'")
        yield
        connection.execute("UPDATE tickets_automatictext SET is_active = false")
        connection.execute("UPDATE surveys_survey SET active_since = NULL")
        for kind, delay in before:
            connection.execute("UPDATE surveys_survey SET delay = %s WHERE kind = %s", [delay, kind])


@pytest.fixture
def phone(chromium: Browser, stack: RunningStack) -> Iterator[Page]:
    """Return the telephone of a new customer in Germany."""
    context = chromium.new_context(viewport={"width": 420, "height": 860}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{stack.simulator.url}/phone/")
    page.get_by_role("button", name="New customer").first.click()
    page.get_by_label("Name").fill(f"Katharina {time.monotonic_ns() % 10**6}")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Pick up the phone").click()
    page.wait_for_url(re.compile(r"/phone/\d+/"))
    yield page
    context.close()


def writes(phone: Page, text: str) -> None:
    """Write on the telephone."""
    phone.get_by_label("Message", exact=True).fill(text)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator(".mine").last).to_contain_text(text)


def hears(phone: Page, text: str) -> Locator:
    """Wait until the house has said something on the telephone; return the bubble with what can be tapped."""
    bubble = phone.locator(".theirs", has_text=text)
    expect(bubble).to_have_count(1, timeout=DEADLINE)
    return bubble


def row_of_details(desk: Desk, term: str) -> Locator:
    """Return one line of the details panel."""
    return desk.page.locator("#details .details-row", has=desk.page.get_by_text(term, exact=True))


def tickets_of(auditor: Auditor, number: str) -> list[dict[str, object]]:
    """Return a customer's tickets: id, status, and how often each was opened again."""
    return auditor.rows(
        """SELECT t.id, t.status, count(e.id) AS reopened
             FROM tickets_contactidentity i
             JOIN tickets_conversation c USING (contact_id, inbox_id)
             JOIN tickets_ticket t ON t.conversation_id = c.id
             LEFT JOIN tickets_ticketevent e ON e.ticket_id = t.id AND e.kind = 'reopened'
            WHERE i.kind = 'phone' AND i.value = %(number)s GROUP BY t.id, t.status""",
        number=number,
    )


@pytest.mark.usefixtures("_a_house_that_speaks_and_asks")
def test_a_question_about_a_bill_ends_in_two_scores(stack: RunningStack, seat: Seat, phone: Page) -> None:
    """Acknowledged in German, in Finance by a rule, answered, resolved, 5 tapped and 9 typed, and not reopened."""
    number = phone.url.split("/")[4]
    auditor = Auditor(stack)
    amira = seat("amira")
    amira.open()
    writes(phone, "Frage zur Abrechnung")
    receipt = hears(phone, "vielen Dank für Ihre Nachricht")
    [ticket] = tickets_of(auditor, number)
    ticket_id = ticket["id"]
    expect(receipt).to_contain_text(f"Ihre Ticketnummer: #{ticket_id}")

    amira.open(f"/inbox/all/{ticket_id}/")
    expect(row_of_details(amira, "Team")).to_contain_text("Finance")
    expect(amira.page.locator(".details-why")).to_contain_text("Money")
    expect(amira.page.locator(".details-why")).to_contain_text("Abrechnung")
    amira.send("Die Gutschrift ist heute gebucht worden.")
    hears(phone, "Die Gutschrift ist heute gebucht worden.")
    expect(amira.reply).to_have_value("")
    amira.page.locator(".thread-title").focus()
    amira.page.keyboard.press("e")
    expect(amira.page.locator("#toasts")).to_contain_text("Resolved")

    question = hears(phone, "Wie zufrieden sind Sie mit unserer Hilfe?")
    question.get_by_role("button", name="Auswählen").click()
    phone.get_by_role("dialog").get_by_role("button", name="Sehr zufrieden", exact=False).first.click()
    expect(phone.locator(".mine").last).to_contain_text("⭐⭐⭐⭐⭐")
    hears(phone, "Vielen Dank für Ihre Antwort!")
    amira.open(f"/inbox/all/{ticket_id}/")
    expect(row_of_details(amira, "Satisfaction")).to_contain_text("5 of 5")
    hears(phone, "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?")
    writes(phone, "9")
    hears(phone, "Sie helfen uns, besser zu werden.")
    # The page that is open learns of it by itself.
    expect(row_of_details(amira, "Recommendation")).to_contain_text("9 of 10", timeout=DEADLINE)
    expect(row_of_details(amira, "Status")).to_contain_text("Resolved")
    assert tickets_of(auditor, number) == [{"id": ticket_id, "status": "resolved", "reopened": 0}]
