"""`make tour`: play one conversation from the customer's message to the answer, headless, and time each step.

The stack is real and its own: PostgreSQL, Valkey, simulator, web, worker and beat in a folder that vanishes. The tour
asks only what a person could see: the pages of a logged-in agent, and the simulator's phone.
"""

import os
import re
import secrets
import socket
import sys
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, TypeVar

import requests

from helpdesk.services.errors import StartError
from helpdesk.services.stack import Stack
from helpdesk.services.supervisor import Stopped, Supervisor
from helpdesk.services.throwaway import throwaway_folder

T = TypeVar("T")
NAME = "Nora Lindgren"
QUESTION = "Hello, the zip of my tent is broken. Can you help?"
NOTE = "Order NL-20417, still under warranty."
ANSWER = "Hello Nora, a spare zip leaves our warehouse today, at no cost."
THANKS = "It arrived, but it is the wrong size!"
CSAT, NPS, NPS_THANKS = "How satisfied are you", "How likely are you to recommend us", "You are helping us"
RETRY_EVERY = 0.1  # seconds


class TourError(Exception):
    """A step did not happen; says which and what was seen instead."""


class Fields(HTMLParser):
    """Collects what the tour looks for in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inputs: dict[str, str] = {}
        self.rows: list[tuple[str, str]] = []
        self.bubbles: list[tuple[str, str]] = []
        self._row = self._bubble = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note form fields, rows of the queue and bubbles of the thread."""
        found = {name: value or "" for name, value in attrs}
        classes = found.get("class", "").split()
        if tag == "input":
            self.inputs.setdefault(found.get("name", ""), found.get("value", ""))
        if "queue-row" in classes:
            self.rows.append((found.get("href", ""), ""))
            self._row = True
        if "message" in classes:
            self.bubbles.append((" ".join(classes), ""))
            self._bubble = True

    def handle_endtag(self, tag: str) -> None:
        """Leave a row at the end of its link."""
        if tag == "a":
            self._row = False

    def handle_data(self, data: str) -> None:
        """Add a text to the row and the bubble it stands in."""
        if self._row:
            self.rows[-1] = (self.rows[-1][0], self.rows[-1][1] + data)
        if self._bubble:
            self.bubbles[-1] = (self.bubbles[-1][0], self.bubbles[-1][1] + data)


class Agent:
    """A person who is logged in, seen from outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def page(self, path: str) -> str:
        """Return a page as this person sees it."""
        answer = self.session.get(self.url + path, timeout=10)
        if answer.status_code != requests.codes.ok:
            raise TourError(f"{path} answered {answer.status_code}")
        return answer.text

    def post(self, path: str, **fields: str) -> str:
        """Send a form as the page at hand would; return the page that it leads to."""
        token = self.session.cookies.get("csrf", "") or ""
        answer = self.session.post(
            self.url + path, data={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": self.url}, timeout=10
        )
        if not answer.ok:
            raise TourError(f"{path} answered {answer.status_code}")
        return answer.text

    def log_in(self, username: str, password: str) -> None:
        """Log in through the page."""
        token = Fields(self.page("/login/")).inputs.get("csrfmiddlewaretoken", "")
        self.post("/login/", csrfmiddlewaretoken=token, username=username, password=password)
        if "session" not in self.session.cookies:
            raise TourError("the log-in was refused")


class Tour:
    """One conversation, step by step."""

    def __init__(self, stack: Stack) -> None:
        self.agent = Agent(stack.url)
        self.manager = Agent(stack.url)
        self.simulator = stack.simulator_url
        self.phone = f"49151{secrets.randbelow(10**8):08d}"
        self.ticket = ""
        self.begun = time.monotonic()

    def step(self, text: str, act: Callable[[], T]) -> T:
        """Do something and print how long it took."""
        begun = time.monotonic()
        result = act()
        print(f"{time.monotonic() - begun:7.2f} s  {text}", flush=True)
        return result

    def see(self, text: str, look: Callable[[], T | None], *, within: float = 10.0) -> T:
        """Wait until something can be seen.

        Raises `TourError` when it cannot be seen in its time.
        """

        def wait() -> T:
            deadline = time.monotonic() + within
            while time.monotonic() < deadline:
                if found := look():
                    return found
                time.sleep(RETRY_EVERY)
            raise TourError(f"after {within:g} s it is still not so: {text}")

        return self.step(text, wait)

    def write(self, text: str) -> str:
        """Let the customer write; return WhatsApp's name of the message."""
        body = {"from": self.phone, "name": NAME, "type": "text", "text": text}
        answer = requests.post(f"{self.simulator}/control/inbound", json=body, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["wamid"])

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what the simulator has noted."""
        answer = requests.get(f"{self.simulator}/control/log", params={"kind": kind}, timeout=10)
        return list(answer.json()["entries"])

    def sent(self) -> list[dict[str, Any]]:
        """Return what reached this customer's phone."""
        return [entry for entry in self.log("accepted_send") if entry["to"] == self.phone]

    def received(self, text: str) -> bool:
        """Tell whether a message with this text reached this customer's phone."""
        return any(text in entry["body"] for entry in self.sent())

    def arrived_twice(self, wamid: str) -> bool:
        """Tell whether two webhooks about a message were answered with 200."""
        taken = [entry for entry in self.log("webhook") if entry["http_status"] == requests.codes.ok]
        return sum(wamid in entry["wamids"] for entry in taken) == 2

    def find_ticket(self) -> str | None:
        """Return the number of the ticket whose row in the queue has the customer's name."""
        for href, text in Fields(self.agent.page("/inbox/all/")).rows:
            if NAME in text and (found := re.search(r"/(\d+)/", href)):
                return found.group(1)
        return None

    def page(self) -> str:
        """Return the ticket's page."""
        return self.agent.page(f"/inbox/all/{self.ticket}/")

    def bubble(self, text: str) -> str:
        """Return the classes of the bubble with this text on the ticket's page: its direction and its ticks."""
        page = Fields(self.page())
        return next((classes for classes, words in page.bubbles if text in words), "")

    def count(self, text: str) -> int:
        """Return how often a text stands in the thread."""
        page = Fields(self.page())
        return sum(text in words for _classes, words in page.bubbles)

    def figure(self, kpi: str) -> str:
        """Return what the overview says of a figure: its number, and why there is none."""
        page = self.manager.page("/reports/")
        card = re.search(f'id="figure-{kpi}".*?</article>', page, re.DOTALL)
        parts = re.findall(r'<p class="figure-(?:value|foot)[^>]*>(.*?)</p>', card[0], re.DOTALL) if card else []
        words = [" ".join(re.sub(r"<[^>]*>", " ", part).split()) for part in parts]
        return words[0] if kpi == "volume" and words else " ".join(words)

    def tap(self, title: str) -> None:
        """Let the customer tap an answer of the newest question that offers it."""
        body = {"from": self.phone, "tap": title}
        requests.post(f"{self.simulator}/control/inbound", json=body, timeout=10).raise_for_status()

    def act(self, noun: str, **fields: str) -> None:
        """Send one of the forms of the ticket's page with its hidden fields."""
        hidden = Fields(self.page()).inputs
        fields |= {name: hidden[name] for name in ("client_id", "seen_seq") if name in hidden}
        self.agent.post(f"/inbox/tickets/{self.ticket}/{noun}/?view=all", **fields)

    def play(self) -> None:
        """Play the conversation."""
        self.step("Lena logs in", lambda: self.agent.log_in("lena", "demo"))
        self.step("Jonas, who manages, logs in", lambda: self.manager.log_in("jonas", "demo"))
        volume = self.see("Jonas reads how many tickets are new", lambda: self.figure("volume"), within=20)
        score = self.figure("csat")
        self.step(f"{NAME} writes on WhatsApp: {QUESTION}", lambda: self.write(QUESTION))
        self.ticket = self.see("her message is a ticket in the queue", self.find_ticket)
        self.see(f"ticket {self.ticket} shows it", lambda: "message-in" in self.bubble(QUESTION))
        self.see("an acknowledgement with its number is on her telephone", lambda: self.received(f"#{self.ticket}"))
        self.see(
            "Jonas's overview counts one ticket more",
            lambda: self.figure("volume") == str(int(volume) + 1),
            within=20,
        )
        self.step("Lena claims the ticket", lambda: self.act("claim"))
        self.step(f"Lena notes for her team: {NOTE}", lambda: self.act("notes", text=NOTE))
        self.see("the note stands on the page", lambda: NOTE in self.page())
        phone = requests.get(f"{self.simulator}/phone/{self.phone}/events/", stream=True, timeout=30)
        self.step(f"Lena replies: {ANSWER}", lambda: self.act("replies", text=ANSWER))
        self.see("WhatsApp has accepted the reply", lambda: self.received(ANSWER), within=20)
        self.see("Lena sees that it was delivered", lambda: self.ticks("is-delivered", "is-read"))
        self.see("Lena sees that it was read", lambda: self.ticks("is-read"))
        phone.close()
        self.step("Lena resolves the ticket", lambda: self.act("resolution"))
        self.see("the ticket has left the queue", lambda: self.find_ticket() is None)
        requests.post(f"{self.simulator}/control/faults", json={"duplicate": 2}, timeout=10).raise_for_status()
        wamid = self.step(f"{NAME} writes again: {THANKS}", lambda: self.write(THANKS))
        self.see("the webhook about it was sent and taken twice", lambda: self.arrived_twice(wamid))
        again = self.see("the same ticket is open again", self.find_ticket)
        if again != self.ticket:
            raise TourError(f"ticket {again} was opened instead of reopening ticket {self.ticket}")
        self.step("the message stands in the thread once", lambda: self.expect(self.count(THANKS) == 1))
        self.step("the note never left the house", lambda: self.expect(NOTE not in str(self.sent())))
        self.act("resolution")
        self.see("resolved again, she is asked how satisfied she is", lambda: self.received(CSAT), within=30)
        self.step("she taps five stars", lambda: self.tap("⭐" * 5))
        self.see("she is thanked and asked whether she would recommend us", lambda: self.received(NPS), within=30)
        self.step("she types: 9", lambda: self.write("9"))
        self.see("both answers are thanked for", lambda: self.received(NPS_THANKS))
        self.see("Jonas's overview has her score", lambda: self.figure("csat") not in {"", score}, within=20)
        self.step("no answer of the survey has opened a ticket", lambda: self.expect(self.find_ticket() is None))
        self.step(
            "an acknowledgement, a reply, two questions and two thanks were sent, nothing else",
            lambda: self.expect(len(self.sent()) == 6),
        )

    def ticks(self, *wanted: str) -> bool:
        """Tell whether the reply's bubble has one of these ticks."""
        return bool(set(wanted) & set(self.bubble(ANSWER).split()))

    def expect(self, holds: bool) -> None:  # noqa: FBT001
        """Stop the tour when something is not so."""
        if not holds:
            raise TourError("this is not so: the thread or the phone shows something else")


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Bring up a stack, play the tour, take the stack down; return the exit code."""
    begun = time.monotonic()
    try:
        with throwaway_folder() as folder:
            supervisor = Supervisor(folder / "logs", verbose=bool(os.environ.get("VERBOSE")))
            supervisor.listen_to_signals()

            def announce(text: str) -> None:
                print(f"{time.monotonic() - begun:7.2f} s  {text}", flush=True)

            stack = Stack(folder, free_port(), free_port(), supervisor, durable=False, announce=announce)
            try:
                stack.start_stores({})
                stack.prepare_tables()
                stack.start_application()
                announce("Everything runs; the tour begins\n")
                Tour(stack).play()
            finally:
                supervisor.stop()
    except Stopped:
        return 130
    except (StartError, TourError, requests.RequestException) as error:
        print(f"\nThe tour ended early: {str(error).rstrip('.')}.", file=sys.stderr, flush=True)
        return 1
    print(f"\nThe tour is complete after {time.monotonic() - begun:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
