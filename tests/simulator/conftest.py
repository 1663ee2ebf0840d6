"""The simulator as a process of its own, and a small web server that plays the product's webhook."""

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
SECRET, TOKEN, PNID, WABA = "app-secret-of-the-tests", "token-of-the-tests", "100200300400500", "200300400500600"
NUMBERS = itertools.count(4915200000001)

Json = dict[str, Any]
Found = TypeVar("Found")


@dataclass
class Received:
    """One webhook as it arrived."""

    body: bytes
    headers: dict[str, str]
    at: float

    @property
    def value(self) -> Json:
        """Return the value of its only change."""
        value: Json = json.loads(self.body)["entry"][0]["changes"][0]["value"]
        return value


@dataclass
class Target:
    """The captured webhooks and the answers still to be given."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # statuses of the next answers; then 200
    pause: float = 0.0
    together: int = 0  # the largest number of requests that were in work at the same time
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Note one request and return the status to answer."""
        with self._lock:
            self.received.append(Received(body, headers, time.monotonic()))
            self._busy += 1
            self.together = max(self.together, self._busy)
            status = self.answers.pop(0) if self.answers else 200
        time.sleep(self.pause)
        with self._lock:
            self._busy -= 1
        return status

    def about(self, wa_id: str) -> list[Received]:
        """Return the webhooks that speak of one phone."""
        return [one for one in list(self.received) if wa_id.encode() in one.body]

    def statuses(self, wamid: str) -> list[Json]:
        """Return the status blocks of one message, in the order of arrival."""
        blocks = [block for one in list(self.received) for block in one.value.get("statuses", [])]
        return [block for block in blocks if block["id"] == wamid]


@dataclass
class Simulator:
    """A running simulator process."""

    data_dir: Path
    target: Target
    environ: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the process without waiting for it."""
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "simulator.asgi:application", "--no-access-log"]
        command += ["--port", str(self.port), *(self.arguments or ("--host", "127.0.0.1"))]
        environ = {"PATH": os.environ["PATH"], **self.settings()}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return self.process

    def settings(self) -> dict[str, str]:
        """Return the environment variables that describe this simulator."""
        return {
            "SIM_DATA_DIR": str(self.data_dir),
            "SIM_WEBHOOK_URL": self.target.url,
            "SIM_APP_SECRET": SECRET,
            "SIM_ACCESS_TOKEN": TOKEN,
            "SIM_FRAME_ANCESTORS": "http://127.0.0.1:8000",
            "TIME_ZONE": "Europe/Berlin",
            **self.environ,
        }

    def start(self) -> "Simulator":
        """Start the process and wait until it answers."""
        process = self.launch()
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                requests.get(f"{self.url}/control/health", timeout=1).raise_for_status()
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return self
        raise AssertionError(f"The simulator did not start: {self.output()}")

    def output(self) -> str:
        """End the process and return what it printed."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.communicate(timeout=15)[0].decode()

    def output_of_itself(self) -> str:
        """Wait until the process ends by itself and return what it printed."""
        assert self.process is not None
        return self.process.communicate(timeout=15)[0].decode()

    def kill(self) -> None:
        """End the process as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate(timeout=15)

    @property
    def url(self) -> str:
        """Return the address of the process."""
        return f"http://127.0.0.1:{self.port}"

    def control(self, path: str, body: Json | None = None, method: str = "") -> Any:
        """Call the control interface and return its JSON; a failure is an error of the test."""
        answer = requests.request(
            method or ("GET" if body is None else "POST"), f"{self.url}/control/{path}", json=body, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def writes(self, wa_id: str, text: str = "Hello", **more: object) -> str:
        """Let a customer write and return the message id."""
        wamid: str = self.control("inbound", {"from": wa_id, "name": "Rafael Monteiro", "text": text, **more})["wamid"]
        return wamid

    def graph(self, method: str, path: str, *, token: str = TOKEN, **more: Any) -> requests.Response:
        """Call the Graph API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, f"{self.url}/v26.0/{path}", headers=headers, timeout=10, **more)

    def sends(self, wa_id: str, **payload: Any) -> requests.Response:
        """Send a message; a text unless the payload says otherwise."""
        base: Json = {"messaging_product": "whatsapp", "to": f"+{wa_id}", "type": "text"}
        if payload.get("type", "text") == "text":
            base["text"] = {"body": "We have your request."}
        return self.graph("POST", f"{PNID}/messages", json={**base, **payload})

    def accepted(self, wa_id: str, **payload: Any) -> str:
        """Send a message that must be accepted and return its id."""
        answer = self.sends(wa_id, **payload)
        assert answer.status_code == 200, answer.text
        wamid: str = answer.json()["messages"][0]["id"]
        return wamid


def eventually(found: Callable[[], Found | Literal[False]], seconds: float = 8) -> Found:
    """Return the first true answer of a question that is asked again and again."""
    end = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.02)


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """Serve the webhook address."""
    state = Target()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = state.take(body, dict(self.headers))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/webhooks/whatsapp"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def shared_process(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Run one simulator for all tests that do not restart it."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator"), target).start()
    yield simulator
    simulator.output()


@pytest.fixture
def simulator(shared_process: Simulator, target: Target) -> Simulator:
    """Return the running simulator with nothing in its memory."""
    shared_process.control("reset", {})
    target.received.clear()
    target.answers.clear()
    target.pause, target.together = 0.0, 0
    return shared_process


@pytest.fixture
def own_process(target: Target, tmp_path: Path) -> Iterator[Simulator]:
    """Return a simulator that the test starts and ends itself."""
    target.received.clear()
    target.answers.clear()
    target.pause = 0.0
    process = Simulator(tmp_path / "simulator", target)
    yield process
    if process.process is not None and process.process.poll() is None:
        process.kill()


@pytest.fixture
def rafael() -> str:
    """Return a phone number that no other test uses."""
    return str(next(NUMBERS))
