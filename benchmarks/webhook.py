"""How much of a bare view's rate the webhook keeps, and how long Meta waits at 200 requests a second."""

import asyncio
import os
import socket
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import bare
from benchmarks.knocking import Knock, as_fast_as_possible, at_a_rate, quantile, request
from helpdesk.services.programs import web
from helpdesk.services.supervisor import Program
from tests.chaos.load import PATH, secret_of, sign, text_body
from tests.stack import RunningStack, free_port, random_phone

WINDOWS, SECONDS = 3, 4.0
RATE, RATE_SECONDS = 200.0, 5.0


def bare_program(stack: RunningStack, port: int) -> Program:
    """Describe the bare view's server: the same command line as the product's."""
    product = web(stack.env, port)
    argv = ["benchmarks.bare:application" if word == "helpdesk.asgi:application" else word for word in product.argv]
    return replace(product, name="bare", argv=[sys.executable, *argv[1:]], ready=listening(port))


def listening(port: int) -> Callable[[int], bool]:
    """Return a probe: does anything answer there?"""

    def probe(_pid: int) -> bool:
        with socket.socket() as link:
            return link.connect_ex(("127.0.0.1", port)) == 0

    return probe


def posts(stack: RunningStack, port: int) -> Callable[[int], bytes]:
    """Return what makes one signed post after the other; prepared, so that only sending is measured."""
    secret = secret_of(stack)
    phones = [random_phone() for _ in range(50)]

    def make(number: int) -> bytes:
        body = text_body(stack, phones[number % 50], f"message {number}")
        return request(PATH, port, body, X_Hub_Signature_256=sign(body, secret))

    prepared = [make(number) for number in range(4000)]
    return lambda number: prepared[number % 4000]


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far, with all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rate_of(knocks: list[Knock]) -> float:
    """Return the requests per second; every one must have been taken in."""
    assert {knock.status for knock in knocks} == {200}, f"statuses {sorted({knock.status for knock in knocks})}"
    return len(knocks) / SECONDS


def measure(stack: RunningStack) -> dict[str, Any]:
    """Measure both, turn by turn; worker and beat should stand still meanwhile."""
    with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as link:
        link.execute(bare.TABLE)
    bare_port = free_port()
    stack.stack.supervisor.start(bare_program(stack, bare_port))
    ports = {"product": stack.stack.port, "bare": bare_port}
    makers = {name: posts(stack, port) for name, port in ports.items()}
    try:
        pids = {"product": stack.pid("web"), "bare": stack.pid("bare")}
        return asyncio.run(_turn_by_turn(ports, makers, pids))
    finally:
        stack.kill9("bare")


async def _turn_by_turn(
    ports: dict[str, int], makers: dict[str, Callable[[int], bytes]], pids: dict[str, int]
) -> dict[str, Any]:
    work: dict[str, list[float]] = {name: [] for name in ports}
    rates: dict[str, list[float]] = {name: [] for name in ports}
    waits: dict[str, list[tuple[float, float]]] = {name: [] for name in ports}
    for name, port in ports.items():
        await as_fast_as_possible(port, makers[name], seconds=1.0)
    for _ in range(WINDOWS):
        for name, port in ports.items():
            before = processor_seconds(pids[name])
            knocks = await as_fast_as_possible(port, makers[name], seconds=SECONDS)
            rates[name].append(rate_of(knocks))
            work[name].append((processor_seconds(pids[name]) - before) / len(knocks) * 1000)
    for _ in range(WINDOWS):
        for name, port in ports.items():
            knocks = await at_a_rate(port, makers[name], per_second=RATE, seconds=RATE_SECONDS)
            refused = sum(knock.status != 200 for knock in knocks)
            assert not refused, f"{refused} of {len(knocks)} posts were not taken in by {name}"
            seconds = [knock.seconds for knock in knocks]
            waits[name].append((quantile(seconds, 50), quantile(seconds, 99)))
    best = {name: min(pairs, key=lambda pair: pair[1]) for name, pairs in waits.items()}
    return {
        "ratio": statistics.median(rates["product"]) / statistics.median(rates["bare"]),
        # What the disk costs is the same for both; the processor's share tells them apart on a slow disk, too.
        "processor_ratio": statistics.median(work["bare"]) / statistics.median(work["product"]),
        "processor_ms": {name: statistics.median(values) for name, values in work.items()},
        "per_second": {name: statistics.median(values) for name, values in rates.items()},
        "at_200": {name: {"p50_ms": p50 * 1000, "p99_ms": p99 * 1000} for name, (p50, p99) in best.items()},
        "windows_p99_ms": {name: [round(p99 * 1000, 1) for _, p99 in pairs] for name, pairs in waits.items()},
    }
