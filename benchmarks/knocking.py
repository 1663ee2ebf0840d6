"""A load generator for one address on loopback: prepared bytes, kept connections, bounded in number and time."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Knock:
    """One request: when it was due, when its answer was complete (on the monotonic clock), and the status."""

    number: int
    due: float
    done: float
    status: int

    @property
    def seconds(self) -> float:
        """How long somebody waited who came when it was due, also where the generator was late."""
        return self.done - self.due


class Connection:
    """One kept connection; one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> int:
        """Send prepared bytes and return the status of the answer; 0 when there was none."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._ask(request)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.close()
            return 0

    async def _ask(self, request: bytes) -> int:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
        if length.isdigit():
            await self._reader.readexactly(int(length))
        else:
            while (size := int(await self._reader.readline(), 16)) > 0:
                await self._reader.readexactly(size + 2)
            await self._reader.readexactly(2)
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


def request(path: str, port: int, body: bytes, **headers: str) -> bytes:
    """Return the bytes of one post."""
    fixed = {"Host": f"127.0.0.1:{port}", "Content-Type": "application/json", "Content-Length": str(len(body))}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**fixed, **named}.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def as_fast_as_possible(
    port: int, make: Callable[[int], bytes], *, seconds: float, connections: int = 8
) -> list[Knock]:
    """Ask again as soon as the answer is there, on several connections."""
    ends = time.monotonic() + seconds
    knocks: list[Knock] = []
    number = iter(range(1_000_000))

    async def one() -> None:
        connection = Connection(port)
        while (begun := time.monotonic()) < ends:
            mine = next(number)
            status = await connection.ask(make(mine))
            knocks.append(Knock(mine, begun, time.monotonic(), status))
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return knocks


async def at_a_rate(
    port: int, make: Callable[[int], bytes], *, per_second: float, seconds: float, connections: int = 32
) -> list[Knock]:
    """Ask at fixed moments, whether earlier answers are there or not, as far as the connections reach."""
    total = round(per_second * seconds)
    knocks: list[Knock] = []
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(Connection(port))

    async def one(number: int, due: float) -> None:
        connection = await free.get()
        status = await connection.ask(make(number))
        knocks.append(Knock(number, due, time.monotonic(), status))
        free.put_nowait(connection)

    begun = time.monotonic() + 0.05
    async with asyncio.TaskGroup() as group:
        for number in range(total):
            due = begun + number / per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(one(number, due))
    while not free.empty():
        free.get_nowait().close()
    return knocks


def quantile(values: Sequence[float], percent: int) -> float:
    """Return a percentile."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
