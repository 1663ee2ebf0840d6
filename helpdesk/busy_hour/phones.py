"""The customers of the busy hour at their phones: all they do goes through the simulator, as on a real number."""

import heapq
import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

from helpdesk.busy_hour.script import THANKS, Customer
from surveys.words import WORDS

CSAT = {words.question for words in WORDS["csat"].values()}
NPS = {words.question for words in WORDS["nps"].values()}
PAGE = 1000


class Simulator:
    """The control interface of the running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def write(self, body: dict[str, Any]) -> bool:
        """Let somebody write or tap; False when there is nothing to tap. Raises requests.RequestException."""
        answer = self.session.post(f"{self.url}/control/inbound", json=body, timeout=10)
        if answer.status_code == requests.codes.conflict:
            return False
        answer.raise_for_status()
        return True

    def log(self, kind: str, since: int) -> tuple[list[dict[str, Any]], int]:
        """Return what was noted from an index on, and the next index."""
        found: list[dict[str, Any]] = []
        while True:
            query: dict[str, str | int] = {"kind": kind, "since": since, "limit": PAGE}
            answer = self.session.get(f"{self.url}/control/log", params=query, timeout=10)
            answer.raise_for_status()
            entries = answer.json()["entries"]
            found += entries
            since += len(entries)
            if len(entries) < PAGE:
                return found, since

    def pending(self) -> int:
        """Return how many webhooks wait for their confirmation."""
        return int(self.session.get(f"{self.url}/control/health", timeout=10).json()["pending_webhooks"])


@dataclass
class Phones:
    """All customers: what each of them does next, by seconds of the hour."""

    simulator: Simulator
    customers: Iterable[Customer]
    chance: random.Random
    began: dict[str, int] = field(default_factory=dict)
    written: int = 0
    arrived: int = 0
    taps: int = 0

    def __post_init__(self) -> None:
        self.by_phone = {one.phone: one for one in self.customers}
        self._answered: dict[str, int] = dict.fromkeys(self.by_phone, 0)
        self._order = itertools.count()
        self._due: list[tuple[float, int, Customer, dict[str, str]]] = []
        for one in self.customers:
            self._plan(one.writes_at, one, text=one.opening)
        self.began = {kind: self.simulator.log(kind, 0)[1] for kind in ("accepted_send", "inbound")}
        self._heard = self.began["accepted_send"]

    def _plan(self, at: float, who: Customer, **what: str) -> None:
        heapq.heappush(self._due, (at, next(self._order), who, what))

    def act(self, now: float) -> None:
        """Read what has come in, and do everything that is due. Raises requests.RequestException."""
        sent, self._heard = self.simulator.log("accepted_send", self._heard)
        for entry in sent:
            who = self.by_phone.get(str(entry["to"]))
            if who is not None:
                self._read(who, str(entry.get("body") or ""), now)
        while self._due and self._due[0][0] <= now:
            _at, _order, who, what = heapq.heappop(self._due)
            if "tap" in what:
                done = self.simulator.write({"from": who.phone, **what})
                self.taps += done
            else:
                done = self.simulator.write(
                    {"from": who.phone, "name": who.name, "type": "text", "language": who.language, **what}
                )
                self.arrived += what["text"] == who.opening
            self.written += done

    def _read(self, who: Customer, text: str, now: float) -> None:
        """Answer what an agent or a survey says; nobody answers an acknowledgement."""
        later = now + self.chance.uniform(20, 90)
        if text in CSAT:
            if who.score is not None:
                self._plan(later, who, tap="⭐" * who.score)
                if who.comment:
                    self._plan(later + 40, who, text=who.comment)
        elif text in NPS:
            if who.recommends is not None:
                self._plan(later + 60, who, text=str(who.recommends))
        elif text in who.answers:
            place = self._answered[who.phone]
            self._answered[who.phone] += 1
            if place < len(who.answers) - 1:
                self._plan(later, who, text=who.then[place])
            elif who.thanks:
                self._plan(now + 5, who, text=THANKS[who.language])
