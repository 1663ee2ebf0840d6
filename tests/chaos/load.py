"""Customers who write, an agent who answers, and signed posts: the load of the chaos tests, bounded and on loopback."""

import contextlib
import hashlib
import hmac
import http.client
import json
import secrets
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from tests.furnish import PASSWORD
from tests.stack import RunningStack, random_phone

PATH = "/webhooks/whatsapp"
PATIENCE = 60.0  # seconds for which a person tries again while the web process is away


def customers(number: int) -> list[str]:
    """Return numbers of people who have never written."""
    found: set[str] = set()
    while len(found) < number:
        found.add(random_phone())
    return sorted(found)


def customer() -> str:
    """Return the number of somebody who has never written."""
    return customers(1)[0]


@dataclass
class Crowd:
    """Customers who write numbered texts through the simulator, each in order, side by side."""

    stack: RunningStack
    phones: Sequence[str]
    each: int
    per_second: float = 60.0
    threads: int = 4
    wamids: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Write everything; returns when the simulator has taken all of it."""
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(self._some, range(self.threads)))

    def _some(self, number: int) -> None:
        pause = self.threads / self.per_second
        due = time.monotonic()
        for turn in range(self.each):
            for phone in self.phones[number :: self.threads]:
                due += pause
                time.sleep(max(0.0, due - time.monotonic()))
                text = f"{turn:04} of {phone}"
                self.wamids.append(self.stack.simulator.inbound(phone, f"Customer {phone}", text))


class Agent:
    """Lena at her browser: logs in and answers through the pages, trying again with the same click id."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.session = requests.Session()
        self.session.trust_env = False

    def log_in(self) -> None:
        """Log in through the form."""
        self.session.get(f"{self.stack.url}/login/", timeout=10).raise_for_status()
        form = {"username": "lena", "password": PASSWORD, "csrfmiddlewaretoken": self.session.cookies["csrf"]}
        answer = self.session.post(f"{self.stack.url}/login/", form, timeout=20, allow_redirects=False)
        assert answer.status_code == 302, f"log-in answered {answer.status_code}"

    def reply(self, ticket: int, text: str, seen_seq: int) -> int:
        """Send one reply, again and again until the page says that it has it; return the number of tries."""
        form = {"text": text, "client_id": str(uuid.uuid4()), "seen_seq": str(seen_seq)}
        ends = time.monotonic() + PATIENCE
        tries = 0
        while True:
            tries += 1
            status = 0
            with contextlib.suppress(requests.RequestException):
                status = self.session.post(
                    f"{self.stack.url}/inbox/tickets/{ticket}/replies/",
                    form,
                    headers={"X-CSRFToken": self.session.cookies["csrf"]},
                    timeout=15,
                    allow_redirects=False,
                ).status_code
            if status in {200, 303}:
                return tries
            if status not in {0, 502, 503} or time.monotonic() > ends:
                raise AssertionError(f"the reply was answered with {status} after {tries} tries")
            time.sleep(0.2)


@dataclass
class Answering:
    """Replies to open tickets, one after the other, until as many as wanted were sent."""

    agent: Agent
    waiting: Callable[[], Iterable[dict[str, Any]]]
    wanted: int
    per_second: float = 20.0
    texts: list[str] = field(default_factory=list)

    def answer(self) -> None:
        """Send the replies."""
        word = secrets.token_hex(4)
        ends = time.monotonic() + 2 * PATIENCE
        while len(self.texts) < self.wanted:
            assert time.monotonic() < ends, f"only {len(self.texts)} of {self.wanted} replies found a ticket"
            for row in self.waiting():
                if len(self.texts) < self.wanted:
                    text = f"reply {word} {len(self.texts):04}"
                    self.agent.reply(row["id"], text, row["last_seq"])
                    self.texts.append(text)
                    time.sleep(1 / self.per_second)
            time.sleep(0.1)


class Background:
    """Run work in threads while the test's own thread kills and restarts processes; what they raise, it raises."""

    def __init__(self, *works: Callable[[], None]) -> None:
        self._pool = ThreadPoolExecutor(len(works))
        self._works = works
        self._running: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._running = [self._pool.submit(work) for work in self._works]
        return self

    @property
    def busy(self) -> bool:
        """Whether any of the work is still going on."""
        return not all(work.done() for work in self._running)

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)
        for work in self._running:
            work.result()


# -- Signed posts straight to the webhook ------------------------------------------------------------------


def sign(body: bytes, secret: str) -> str:
    """Return the signature header of a body."""
    return "sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()


def text_body(stack: RunningStack, phone: str, text: str, wamid: str = "") -> bytes:
    """Return one text of a customer as Meta writes it."""
    message = {
        "from": phone,
        "id": wamid or f"wamid.{secrets.token_hex(16)}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": stack.env["SIM_PHONE_NUMBER_ID"]},
        "contacts": [{"profile": {"name": f"Customer {phone}"}, "wa_id": phone}],
        "messages": [message],
    }
    entry = [{"id": stack.env["SIM_WABA_ID"], "changes": [{"field": "messages", "value": value}]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}, separators=(",", ":")).encode()


def connection_to(stack: RunningStack, timeout: float = 15.0) -> http.client.HTTPConnection:
    """Return an unopened connection to the web process."""
    parts = urlsplit(stack.url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)


def secret_of(stack: RunningStack) -> str:
    """Return the app secret that signs."""
    return stack.env["WHATSAPP_APP_SECRETS"].split(",")[0]


@dataclass(frozen=True)
class Answer:
    """Status and seconds of one request; status 0 means that there was no answer."""

    status: int
    seconds: float


def post(stack: RunningStack, body: bytes, *, link: http.client.HTTPConnection | None = None) -> Answer:
    """Post one signed body."""
    own = link or connection_to(stack)
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, secret_of(stack))}
    begun = time.monotonic()
    status = 0
    try:
        own.request("POST", PATH, body, headers)
        answer = own.getresponse()
        answer.read()
        status = answer.status
    except (OSError, http.client.HTTPException):
        own.close()
    finally:
        if link is None:
            own.close()
    return Answer(status, time.monotonic() - begun)


def get(stack: RunningStack, path: str) -> Answer:
    """Fetch one page."""
    link = connection_to(stack)
    begun = time.monotonic()
    status = 0
    try:
        link.request("GET", path)
        answer = link.getresponse()
        answer.read()
        status = answer.status
    except (OSError, http.client.HTTPException):
        status = 0
    finally:
        link.close()
    return Answer(status, time.monotonic() - begun)


def together(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run requests at the same moment and return their answers in order."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def p99(answers: Sequence[Answer]) -> float:
    """Return the 99th percentile of the seconds."""
    return statistics.quantiles([answer.seconds for answer in answers], n=100, method="inclusive")[98]
