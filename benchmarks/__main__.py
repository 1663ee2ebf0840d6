"""Measure one stack of its own and print a table: webhook, visibility, pages. Everything on loopback, and bounded."""

import json
import os
import platform
import subprocess
import sys
import time
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


def measure_pages(stack: RunningStack) -> list[dict[str, Any]]:
    """Fill and measure, size by size."""
    results = []
    for size in SIZES:
        run_module(stack, "benchmarks.fill", str(size))
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pages"],
            env=stack.env,
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"The pages could not be measured:\n{done.stderr[-2000:]}")
        results.append(json.loads(done.stdout))
    return results


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
    say(f"  {'':22}{'p50':>10}{'p95':>10}{'bytes':>10}{'gzip':>9}{'brotli':>9}{'queries':>9}")
    for one in found:
        for page in ("list", "ticket"):
            row, name = one[page], f"{page}, {one['conversations']:,}"
            sizes = f"{row['bytes']:>10,}{row['gzip']:>9,}{row['brotli']:>9,}{row['queries']:>9}"
            say(f"  {name:22}{row['p50_ms']:>7.1f} ms{row['p95_ms']:>7.1f} ms{sizes}")


def main() -> None:
    """Measure everything and keep the figures."""
    begun = time.monotonic()
    say("Starting a stack of its own: PostgreSQL (synced to disk), Valkey, web, worker, beat, simulator")
    with running_stack() as stack:
        run_module(stack, "tests.chaos.furnish")
        stack.freeze("worker")
        stack.freeze("beat")
        result: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, {platform.machine()}"}
        say(f"Measuring the webhook (after {time.monotonic() - begun:.0f} s)")
        result["webhook"] = webhook.measure(stack)
        show_webhook(result["webhook"])
        # Nobody is to work through what only measured the door.
        Auditor(stack).change("TRUNCATE channels_whatsapp_webhookrequest CASCADE")
        say(f"\nMeasuring pages (after {time.monotonic() - begun:.0f} s)")
        result["pages"] = measure_pages(stack)
        show_pages(result["pages"])
        stack.thaw("worker")
        stack.thaw("beat")
        say(f"\nMeasuring stored -> visible with all of these conversations (after {time.monotonic() - begun:.0f} s)")
        agent = Agent(stack)
        agent.log_in()
        result["visible"] = visible.measure(stack, agent)
        show_visible(result["visible"])
        result["load_average"] = os.getloadavg()[0]
    result["seconds"] = round(time.monotonic() - begun, 1)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    say(f"\n{result['seconds']:.0f} s on {result['machine']}; load {result['load_average']:.1f}; figures in {RESULT}")


if __name__ == "__main__":
    main()
