"""A plugin of `make test`: which tests share a process, and which start first.

Tests of the running stack form one group: the stack starts once, and the longest work begins first. Tests of one
file that drive a browser form a group of their own, because a browser between other tests would keep its event
loop running under them. Everything else goes wherever there is room. pytest-xdist's own grouping needs pytest's
former way of naming tests, so that the names decide here.
"""

import os
import re
from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

STACK = ("browser", "chaos")  # in this order: the chaos leaves hundreds of open tickets behind
LONG = (
    "analytics",
    "api",
    "races",
    "seed",
    "services",
)  # single tests of many seconds; begun late, one worker would wait
IN_A_BROWSER = re.compile(r"test_(\w+_)?browser\.py$")

FIRST_DATABASE = 2  # 0 is what the run was given, 1 its broker


def own_database(url: str, worker: str) -> str:
    """Return the address of a database of Valkey for one process alone: clearing a cache clears all of it."""
    number = FIRST_DATABASE + int(worker.removeprefix("gw"))
    return re.sub(r"(\?db=|:\d+/)\d+$", rf"\g<1>{number}", url)


if os.environ.get("PYTEST_XDIST_WORKER") and os.environ.get("REDIS_URL"):
    # This plugin is loaded before the settings are.
    os.environ["REDIS_URL"] = own_database(os.environ["REDIS_URL"], os.environ["PYTEST_XDIST_WORKER"])


def group(nodeid: str) -> str:
    """Return what a test shares a process with; its own name if nothing."""
    path = PurePosixPath(nodeid.partition("::")[0])
    if path.parent.name in STACK:
        return "stack"
    return str(path) if IN_A_BROWSER.search(path.name) else nodeid


def rank(nodeid: str) -> tuple[int, int]:
    """Return where a test stands: those of the stack first, then those with a browser, then long ones, then others."""
    name, folder = group(nodeid), PurePosixPath(nodeid.partition("::")[0]).parent.name
    if name == "stack":
        return 0, STACK.index(folder)
    if name != nodeid:
        return 1, 0
    return 2, int(folder not in LONG)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Hand out whole groups, in the order in which the tests were collected: the largest is not the longest."""
    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = group
    return scheduler


@pytest.hookimpl(trylast=True)  # after the order has been shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first; whoever drives a browser or needs the stack has to be in a group."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures and group(item.nodeid) == item.nodeid:
            raise pytest.UsageError(f"{item.nodeid} drives a browser: its file has to be called test_..._browser.py")
        if "stack" in fixtures and group(item.nodeid) != "stack":
            raise pytest.UsageError(f"{item.nodeid} needs the stack, which starts once: it has to be in {STACK}")
    items.sort(key=lambda item: rank(item.nodeid))
