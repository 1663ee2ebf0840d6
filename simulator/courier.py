"""Delivers webhooks: in order per phone, phones side by side, again and again until the answer is 200."""

import asyncio
import http.client
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator import wire
from simulator.faults import Faults

THREADS = 16
MAX_PENDING = 10_000
TIMEOUT = 10.0  # seconds for the receiver to answer
BACK_OFF = (0.25, 0.5, 1, 2, 4, 8)  # seconds; the last one repeats
GIVE_UP_AFTER = 7 * 24 * 3600  # seconds, as Meta does
REORDER_WINDOW = 0.4  # seconds
STAGGER = 0.01  # seconds between two shuffled webhooks
IDLE_LIMIT = 2.0  # seconds after which a kept connection is not trusted any more


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook that the receiver has not confirmed yet."""

    id: int
    lane: str  # the phone it speaks of
    kind: str  # message or status
    wamids: tuple[str, ...]
    body: bytes
    queued_at: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one POST."""

    delivery: Delivery
    copy: int
    number: int
    http_status: int  # 0 when there was no answer
    error: str
    at: float
    duration_ms: int
    done: bool


class Poster:
    """Sends bodies to one address with kept connections, one per thread."""

    def __init__(self, url: str, app_secret: bytes) -> None:
        parts = urlsplit(url)
        self._https = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._app_secret = app_secret
        self._kept = threading.local()

    def post(self, body: bytes) -> int:
        """Send one signed webhook and return the status of the answer. Raises OSError or HTTPException."""
        connection = self._connection()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": wire.sign(body, self._app_secret),
        }
        try:
            connection.request("POST", self._path, body, headers)
            answer = connection.getresponse()
            answer.read(65_536)
            if not answer.isclosed():
                connection.close()
        except BaseException:
            connection.close()
            raise
        self._kept.used_at = time.monotonic()
        return answer.status

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
            connection = self._kept.connection = kind(self._host, self._port, timeout=TIMEOUT)
        elif time.monotonic() - getattr(self._kept, "used_at", 0.0) > IDLE_LIMIT:
            connection.close()
        return connection


class Courier:
    """The queues of unconfirmed webhooks."""

    def __init__(self, poster: Poster, faults: Faults, report: Callable[[Attempt], None]) -> None:
        self._poster = poster
        self._faults = faults
        self._report = report
        self._lanes: dict[str, deque[Delivery]] = {}
        self._shuffled: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self.pending = 0

    @property
    def full(self) -> bool:
        """Say whether no further work may be taken in."""
        return self.pending >= MAX_PENDING

    def send(self, delivery: Delivery) -> None:
        """Deliver a webhook soon."""
        self.pending += 1
        if self._faults.reorder:
            self._shuffled.append(delivery)
            if len(self._shuffled) == 1:
                self._start(self._deliver_shuffled())
            return
        lane = self._lanes.get(delivery.lane)
        if lane is None:
            self._lanes[delivery.lane] = deque([delivery])
            self._start(self._run(delivery.lane))
        else:
            lane.append(delivery)

    async def idle(self, lane: str, seconds: float) -> None:
        """Wait until a lane is empty, but no longer than this."""
        end = time.monotonic() + seconds
        while lane in self._lanes and time.monotonic() < end:
            await asyncio.sleep(0.005)

    def clear(self) -> None:
        """Forget every unconfirmed webhook."""
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()
        self._shuffled.clear()
        self.pending = 0

    async def close(self) -> None:
        """Stop delivering; what is unconfirmed stays in the journal."""
        self.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
        if self._lanes.get(name) is lane:
            del self._lanes[name]

    async def _deliver_shuffled(self) -> None:
        await asyncio.sleep(REORDER_WINDOW)
        batch, self._shuffled = self._shuffled, []
        order = batch[:]
        while len(batch) > 1 and order == batch:
            random.shuffle(order)
        for delivery in order:
            self._start(self._deliver(delivery))
            await asyncio.sleep(STAGGER)

    async def _deliver(self, delivery: Delivery) -> None:
        """Post every copy until each has been confirmed."""
        wait = delivery.queued_at + self._faults.delay_ms / 1000 - time.time()
        if self._faults.delay_ms and wait > 0:
            await asyncio.sleep(wait)
        copies = max(1, self._faults.duplicate)
        if copies == 1:
            await self._deliver_copy(delivery, 1, copies)
        else:
            await asyncio.gather(*(self._deliver_copy(delivery, copy, copies) for copy in range(1, copies + 1)))
        self.pending -= 1

    async def _deliver_copy(self, delivery: Delivery, copy: int, copies: int) -> None:
        loop = asyncio.get_running_loop()
        number = 0
        while True:
            number += 1
            at, started, status, error = time.time(), time.monotonic(), 0, ""
            try:
                status = await loop.run_in_executor(self._pool, self._poster.post, delivery.body)
            except (OSError, http.client.HTTPException) as problem:
                error = f"{type(problem).__name__}: {problem}"[:200]
            done = status == 200 or at - delivery.queued_at > GIVE_UP_AFTER
            duration = round((time.monotonic() - started) * 1000)
            self._report(Attempt(delivery, copy, number, status, error, at, duration, done and copy == copies))
            if done:
                return
            pause = BACK_OFF[min(number, len(BACK_OFF)) - 1]
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
