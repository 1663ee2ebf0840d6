"""The scripted customers."""

import subprocess
import sys
import time

import pytest

from tests.simulator.conftest import ROOT, Simulator, Target, eventually

pytestmark = pytest.mark.stack


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator from the command line."""
    command = [sys.executable, "-m", "simulator.traffic", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_customers_write_in_several_languages_within_the_time_given(simulator: Simulator, target: Target) -> None:
    began = time.monotonic()
    done = run("--url", simulator.url, "--minutes", "0.08", "--rate", "600", "--seed", "7")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 20
    entries = simulator.control("log?kind=inbound")["entries"]
    assert done.stdout == f"{len(entries)} messages written.\n"
    assert len({entry["wa_id"] for entry in entries}) > 10
    assert len({entry["language"] for entry in entries}) > 2
    eventually(lambda: len(target.received) == len(entries))


@pytest.mark.parametrize("arguments", [("--rate", "601"), ("--minutes", "0"), ("--url", "http://shop.example:80")])
def test_traffic_is_bounded_and_stays_on_this_machine(arguments: tuple[str, str]) -> None:
    assert run(*arguments).returncode == 2


def test_a_simulator_that_is_not_there_is_told_in_a_sentence() -> None:
    done = run("--url", "http://127.0.0.1:9", "--minutes", "0.05")
    assert (done.returncode, done.stderr) == (1, "The simulator at 127.0.0.1:9 does not answer.\n")
