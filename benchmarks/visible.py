"""From Meta's 200 to an agent's eyes: how long until the live frame, and the list fetched after it, are there."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import websockets

from benchmarks.knocking import Connection, at_a_rate, quantile, request
from tests.chaos.auditor import Auditor
from tests.chaos.load import PATH, Agent, secret_of, sign, text_body
from tests.stack import RunningStack, random_phone

RATES = (20, 50, 100, 150, 200)
SECONDS = 5.0
PAUSE = 0.3  # seconds between the starts of two fetches, as the page's own script has it
GOAL = 2.0  # seconds, p95
DRAIN = 20.0
TICKETS = """
SELECT m.external_id, m.ticket_id FROM tickets_message m WHERE m.external_id = ANY(%(wamids)s)
"""


class Tab:
    """An open page: it hears frames, and fetches the list after news, as the page's own script does."""

    def __init__(self, stack: RunningStack, agent: Agent) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in agent.session.cookies.items())
        self.cookies = cookies
        self.stack = stack
        self.frames: list[tuple[float, int]] = []
        self.fetches: list[tuple[float, float]] = []
        self._news = asyncio.Event()

    async def listen(self, ready: asyncio.Event) -> None:
        """Collect frames until cancelled."""
        address = self.stack.url.replace("http", "ws") + "/ws/agent/"
        headers = {"Cookie": self.cookies}
        async with websockets.connect(address, additional_headers=headers, origin=self.stack.url) as socket:  # type: ignore[arg-type]
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "hello":
                    ready.set()
                elif frame["type"] == "ticket":
                    self.frames.append((time.monotonic(), frame["ticket"]))
                    self._news.set()

    async def fetch(self) -> None:
        """Fetch the list whenever something was heard, until cancelled."""
        connection = Connection(self.stack.stack.port)
        lines = [
            "GET /inbox/all/?rows=50 HTTP/1.1",
            f"Host: 127.0.0.1:{self.stack.stack.port}",
            "HX-Request: true",
            f"Cookie: {self.cookies}",
            "",
            "",
        ]
        begun = 0.0
        while True:
            await self._news.wait()
            await asyncio.sleep(max(0.0, begun + PAUSE - time.monotonic()))
            self._news.clear()
            begun = time.monotonic()
            status = await connection.ask("\r\n".join(lines).encode())
            assert status == 200, f"the list answered {status}"
            self.fetches.append((begun, time.monotonic()))


def measure(stack: RunningStack, agent: Agent) -> dict[str, Any]:
    """Find the highest rate at which 95 of 100 messages are visible within two seconds."""
    known = [random_phone() for _ in range(round(RATES[-1] * SECONDS / 2))]
    auditor = Auditor(stack)
    rounds: list[dict[str, Any]] = []
    for rate in RATES:
        rounds.append(asyncio.run(_round(stack, agent, auditor, rate, known)))
        try:
            rounds[-1]["drained_after_s"] = round(auditor.wait_until_quiet(within=DRAIN), 1)
        except AssertionError:
            rounds[-1]["drained_after_s"] = None
        if not rounds[-1]["holds"] or rounds[-1]["drained_after_s"] is None:
            break
    held = [one for one in rounds if one["holds"]]
    return {"best": held[-1] if held else None, "rounds": rounds}


async def _round(stack: RunningStack, agent: Agent, auditor: Auditor, rate: int, known: list[str]) -> dict[str, Any]:
    wamids: dict[int, str] = {}
    make = _posts(stack, rate, known, wamids)
    tab, ready = Tab(stack, agent), asyncio.Event()
    tasks = [asyncio.create_task(tab.listen(ready)), asyncio.create_task(tab.fetch())]
    try:
        await asyncio.wait_for(ready.wait(), 10)
        knocks = await at_a_rate(stack.stack.port, make, per_second=rate, seconds=SECONDS)
        assert {knock.status for knock in knocks} == {200}
        stored = {wamids[knock.number]: knock.done for knock in knocks}
        waited = time.monotonic()
        while True:
            found = await asyncio.to_thread(auditor.rows, TICKETS, wamids=list(stored))
            if len(found) == len(stored) or time.monotonic() - waited > DRAIN:
                break
            await asyncio.sleep(0.5)
        await asyncio.sleep(1.5)
    finally:
        for task in tasks:
            task.cancel()
        broken = [
            result for result in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(result, Exception)
        ]
    if broken:
        raise broken[0]
    tickets = {row["external_id"]: row["ticket_id"] for row in found}
    return _summary(rate, tab, stored, tickets)


def _posts(stack: RunningStack, rate: int, known: list[str], wamids: dict[int, str]) -> Callable[[int], bytes]:
    """Prepare a round: every other message is the first word of somebody new, the rest comes from known people."""
    prepared = []
    for number in range(round(rate * SECONDS)):
        phone = known[number // 2 % len(known)] if number % 2 else random_phone()
        wamids[number] = f"wamid.bench.{rate}.{number}.{phone}"
        body = text_body(stack, phone, f"message {number}", wamids[number])
        head = {"X_Hub_Signature_256": sign(body, secret_of(stack))}
        prepared.append(request(PATH, stack.stack.port, body, **head))
    return lambda number: prepared[number]


def _summary(rate: int, tab: Tab, stored: dict[str, float], tickets: dict[str, int]) -> dict[str, Any]:
    """Match frames and fetches to messages; each sender wrote once in a round, so the ticket names the message."""
    first: dict[int, float] = {}
    for at, ticket in tab.frames:
        first.setdefault(ticket, at)
    heard, seen, lost = [], [], 0
    for wamid, at in stored.items():
        frame = first.get(tickets.get(wamid, 0))
        shown = next((end for begun, end in tab.fetches if frame is not None and begun >= frame), None)
        if frame is None or shown is None:
            lost += 1
            heard.append(DRAIN)
            seen.append(DRAIN)
        else:
            heard.append(frame - at)
            seen.append(shown - at)
    return {
        "rate": rate,
        "messages": len(stored),
        "without_a_frame": lost,
        "frame_p50_s": quantile(heard, 50),
        "frame_p95_s": quantile(heard, 95),
        "visible_p50_s": quantile(seen, 50),
        "visible_p95_s": quantile(seen, 95),
        "fetches": len(tab.fetches),
        "fetch_p50_ms": quantile([end - begun for begun, end in tab.fetches], 50) * 1000,
        "holds": quantile(seen, 95) < GOAL,
    }
