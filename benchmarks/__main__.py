"""Measure one stack of its own and print a table: webhook, visibility, pages. Everything on loopback, and bounded."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import visible, webhook
from helpdesk.services.environment import BASE_DIR
from helpdesk.services.supervisor import Program
from tests.chaos.auditor import Auditor
from tests.chaos.load import Agent
from tests.stack import RunningStack, running_stack

SIZES = (1_000, 20_000)
RESULT = Path(__file__).parent / "last.json"


def run_module(stack: RunningStack, *arguments: str) -> None:
    """Run one of our modules to its end, with the environment of the stack."""
    argv = [sys.executable, "-m", *arguments]
    stack.stack.supervisor.run(Program(name=arguments[0], argv=argv, env=stack.env, cwd=BASE_DIR))


@contextmanager
def standing_still(stack: RunningStack) -> Iterator[None]:
    """Keep worker and beat from taking a share of the processors."""
    for name in ("worker", "beat"):
        stack.freeze(name)
    try:
        yield
    finally:
        for name in ("worker", "beat"):
            stack.thaw(name)


def measure_webhook(stack: RunningStack) -> dict[str, Any]:
    """Measure the door alone; nobody is to work through what came in by it."""
    with standing_still(stack):
        found = webhook.measure(stack)
        Auditor(stack).change("TRUNCATE channels_whatsapp_webhookrequest CASCADE")
    return found


def measure_visible(stack: RunningStack) -> dict[str, Any]:
    """Measure as Lena, who has the list open."""
    agent = Agent(stack)
    agent.log_in()
    return visible.measure(stack, agent)


def measure_pages(stack: RunningStack) -> list[dict[str, Any]]:
    """Fill and measure, size by size."""
    with standing_still(stack):
        return [measure_size(stack, size) for size in SIZES]


def measure_size(stack: RunningStack, size: int) -> dict[str, Any]:
    """Fill up to so many conversations and open the pages, in a process of its own."""
    run_module(stack, "benchmarks.fill", str(size))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages"],
        env=stack.env,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The pages could not be measured:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def reference() -> float:
    """Return the milliseconds of processor time that a fixed loop costs; on a quiet machine it costs least."""
    times = []
    for _ in range(5):
        begun = time.process_time()
        sum(range(1_000_000))
        times.append((time.process_time() - begun) * 1000)
    return min(times)


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def verdict(*, holds: bool) -> str:
    """Return the word for a goal that is met or missed."""
    return "met" if holds else "MISSED"


def show_webhook(found: dict[str, Any]) -> None:
    """Print the ratio and the waits."""
    rates, waits = found["per_second"], found["at_200"]
    say(f"\nSigned webhook, one web process ({verdict(holds=found['ratio'] >= 0.5)}: at least 0.5 of the bare view)")
    say(f"  {'':10}{'per second':>12}{'processor':>14}{'p50 at 200/s':>16}{'p99 at 200/s':>16}")
    for name in ("product", "bare"):
        p50, p99 = waits[name]["p50_ms"], waits[name]["p99_ms"]
        say(f"  {name:10}{rates[name]:>12.0f}{found['processor_ms'][name]:>11.2f} ms{p50:>13.1f} ms{p99:>13.1f} ms")
    say(f"  {'ratio':10}{found['ratio']:>12.2f}{found['processor_ratio']:>14.2f}")


def show_visible(found: dict[str, Any]) -> None:
    """Print each rate."""
    say(f"\nStored -> visible ({verdict(holds=found['best'] is not None)}: p95 under 2 s)")
    say(f"  {'rate':>6}{'frame p50':>12}{'frame p95':>12}{'list p50':>12}{'list p95':>12}{'lost':>10}{'drained':>10}")
    for one in found["rounds"]:
        times = "".join(
            f"{one[name]:>10.2f} s" for name in ("frame_p50_s", "frame_p95_s", "visible_p50_s", "visible_p95_s")
        )
        drained = "not" if one["drained_after_s"] is None else f"{one['drained_after_s']:.1f} s"
        say(f"  {one['rate']:>4}/s{times}{one['without_a_frame']:>10}{drained:>10}")


def show_pages(found: list[dict[str, Any]]) -> None:
    """Print each size, and whether it costs more queries than the smallest."""
    holds = all(
        one[page]["p95_ms"] < 100 and one[page]["bytes"] < 100_000 and one[page]["queries"] == found[0][page]["queries"]
        for one in found
        for page in ("list", "ticket")
    )
    say(f"\nInbox pages ({verdict(holds=holds)}: p95 under 100 ms, under 100 kB, the same number of queries)")
    say(f"  {'':22}{'p50':>10}{'p95':>10}{'processor':>11}{'bytes':>10}{'gzip':>9}{'brotli':>9}{'queries':>9}")
    for one in found:
        for page in ("list", "ticket"):
            row, name = one[page], f"{page}, {one['conversations']:,}"
            sizes = f"{row['bytes']:>10,}{row['gzip']:>9,}{row['brotli']:>9,}{row['queries']:>9}"
            say(f"  {name:22}{row['p50_ms']:>7.1f} ms{row['p95_ms']:>7.1f} ms{row['processor_ms']:>8.1f} ms{sizes}")


def main() -> None:
    """Measure everything, or the parts that are named, and keep the figures."""
    parts = sys.argv[1:] or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        raise SystemExit(f"There is no part called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    begun = time.monotonic()
    say("Starting a stack of its own: PostgreSQL (synced to disk), Valkey, web, worker, beat, simulator")
    result: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, {platform.machine()}"}
    with running_stack() as stack:
        run_module(stack, "tests.furnish")
        for part, (title, measure, show) in PARTS.items():
            if part in parts:
                say(f"\n{title} (after {time.monotonic() - begun:.0f} s)")
                result[part] = measure(stack)
                show(result[part])
                result.setdefault("reference_ms", []).append(round(reference(), 1))
    result["load_average"] = os.getloadavg()[0]
    result["seconds"] = round(time.monotonic() - begun, 1)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    say(
        f"\n{result['seconds']:.0f} s on {result['machine']}; load {result['load_average']:.1f};"
        f" a loop of a million additions cost {', '.join(map(str, result['reference_ms']))} ms; figures in {RESULT}"
    )


PARTS: dict[str, tuple[str, Callable[[RunningStack], Any], Callable[[Any], None]]] = {
    "webhook": ("Measuring the webhook", measure_webhook, show_webhook),
    "pages": ("Measuring pages", measure_pages, show_pages),
    "visible": ("Measuring stored -> visible with all conversations so far", measure_visible, show_visible),
}

if __name__ == "__main__":
    main()
