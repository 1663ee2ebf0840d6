"""A scripted busy hour: believable customers write to the simulator.

    python -m simulator.traffic --minutes 5 --rate 12

`--rate` is the number of new requests per minute; `--shape day` squeezes the ups and downs of a working day into the
time given. Customers who are answered write again, mostly once or twice. Everything is bounded: at most 600 requests
per minute, one day, 500 open requests.
"""

import argparse
import heapq
import http.client
import itertools
import json
import random
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator.config import is_loopback
from simulator.phones.people import invent
from simulator.scripts import SCRIPTS, Script

MAX_RATE, MAX_MINUTES, MAX_OPEN = 600.0, 1440.0, 500
POLL = 1.0  # seconds between two looks at what the business has answered
WEIGHTS = {"en": 30, "de": 40, "fr": 12, "es": 8, "pt": 6, "ar": 4}
DAY = (0.2, 0.5, 1.0, 1.5, 1.3, 0.9, 1.0, 1.2, 1.4, 1.6, 1.1, 0.3)  # share of the rate, twelve parts of a working day


class Unreachable(Exception):
    """The simulator does not answer."""


@dataclass(slots=True)
class Request:
    """A customer in the middle of a script."""

    wa_id: str
    name: str
    language: str
    script: Script
    answered: int = 0


class Control:
    """The control interface of a running simulator."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call one address and return its JSON. Raises Unreachable."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=10)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise Unreachable(f"The simulator answered {answer.status}: {text.decode(errors='replace')[:200]}")
            found: dict[str, Any] = json.loads(text)
            return found
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(f"The simulator at {self._host}:{self._port} does not answer.") from error
        finally:
            connection.close()


class Traffic:
    """The customers of one run."""

    def __init__(self, control: Control, chance: random.Random) -> None:
        self.control = control
        self.chance = chance
        self.written = 0
        self.requests: dict[str, Request] = {}
        self._order = itertools.count()
        self._due: list[tuple[float, int, Request, str, str]] = []  # (when, order, request, type, text)
        self._seen = int(control.call("GET", "/control/log?kind=accepted_send&limit=0")["next"])

    def run(self, minutes: float, rate: float, shape: str) -> None:
        """Let customers write for so many minutes. Raises Unreachable."""
        began = time.monotonic()
        end = began + minutes * 60
        next_request = next_poll = began
        while (now := time.monotonic()) < end:
            if now >= next_request:
                if len(self.requests) < MAX_OPEN:
                    self.begin(now)
                share = (
                    DAY[min(int((now - began) / (minutes * 60) * len(DAY)), len(DAY) - 1)] if shape == "day" else 1.0
                )
                next_request = now + self.chance.expovariate(rate * share / 60)
            if now >= next_poll:
                self.look_for_answers(now)
                next_poll = now + POLL
            self.write_what_is_due(now)
            upcoming = [next_request, next_poll, end, *(entry[0] for entry in self._due[:1])]
            time.sleep(max(0.01, min(upcoming) - time.monotonic()))

    def begin(self, now: float) -> None:
        """Bring in a new customer with a request."""
        language = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        number, name, language = invent(language, self.requests, self.chance)
        request = Request(number, name, language, self.chance.choice(SCRIPTS[language]))
        self.requests[number] = request
        at = now
        for line in request.script.opening:
            self.plan(at, request, "text", line)
            at += self.chance.uniform(2, 6)
        if request.script.photo:
            self.plan(at, request, "image", request.script.photo)

    def look_for_answers(self, now: float) -> None:
        """Let customers who were answered write on, after a while."""
        page = self.control.call("GET", f"/control/log?kind=accepted_send&since={self._seen}&limit=1000")
        self._seen = int(page["next"])
        for entry in page["entries"]:
            request = self.requests.get(entry["to"])
            if request is None:
                continue
            if request.answered < len(request.script.then) and self.chance.random() < 0.85:
                self.plan(now + self.chance.uniform(4, 25), request, "text", request.script.then[request.answered])
                request.answered += 1
            else:
                del self.requests[request.wa_id]

    def plan(self, at: float, request: Request, kind: str, text: str) -> None:
        """Note a message to be written later."""
        heapq.heappush(self._due, (at, next(self._order), request, kind, text))

    def write_what_is_due(self, now: float) -> None:
        """Write every message whose time has come. Raises Unreachable."""
        while self._due and self._due[0][0] <= now:
            _at, _order, request, kind, text = heapq.heappop(self._due)
            body = {"from": request.wa_id, "name": request.name, "type": kind, "language": request.language}
            body["caption" if kind == "image" else "text"] = text
            self.control.call("POST", "/control/inbound", body)
            self.written += 1


def bounded(low: float, high: float) -> Any:
    """Return a reader of numbers within bounds for the command line."""

    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low:g} to {high:g}")
        return value

    return number


def main(arguments: list[str]) -> int:
    """Run from the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m simulator.traffic", description="Let believable customers write.")
    parser.add_argument("--url", default="http://127.0.0.1:8001", help="address of the simulator")
    parser.add_argument("--minutes", type=bounded(0.05, MAX_MINUTES), default=5.0)
    parser.add_argument("--rate", type=bounded(0.1, MAX_RATE), default=12.0, help="new requests per minute")
    parser.add_argument("--shape", choices=("flat", "day"), default="flat")
    parser.add_argument("--seed", type=int, default=None, help="the same seed brings the same customers")
    options = parser.parse_args(arguments)
    if not is_loopback(urlsplit(options.url).hostname or ""):
        parser.error("--url must be an address of this machine")
    try:
        traffic = Traffic(Control(options.url), random.Random(options.seed))
        traffic.run(options.minutes, options.rate, options.shape)
    except Unreachable as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{traffic.written} messages written.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
