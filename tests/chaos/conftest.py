"""One stack with servers of its own for all tests of this folder, furnished, and the auditor of its database."""

import os
import sys
from collections.abc import Iterator

import pytest

from helpdesk.services.environment import BASE_DIR
from helpdesk.services.supervisor import Program
from tests.chaos.auditor import Auditor
from tests.chaos.load import Agent
from tests.stack import RunningStack, running_stack

# `make chaos` sets how often everything is done; then nobody shortens the waiting either.
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "0"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if "tests/chaos/" in item.nodeid:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def _running() -> Iterator[RunningStack]:
    with running_stack(env={"WORKER_THREADS": "8"}) as stack:
        furnish = [sys.executable, "-m", "tests.chaos.furnish"]
        stack.stack.supervisor.run(Program(name="furnish", argv=furnish, env=stack.env, cwd=BASE_DIR))
        yield stack


@pytest.fixture
def stack(_running: RunningStack) -> Iterator[RunningStack]:
    """Return the running stack; whatever a test has broken or stopped runs again afterwards."""
    yield _running
    _running.simulator.behave()
    for name in ("postgres", "valkey", "simulator", "web", "worker", "beat"):
        if _running.stack.supervisor.find(name).process.poll() is not None:
            _running.restart(name)


@pytest.fixture
def auditor(stack: RunningStack) -> Auditor:
    """Return the auditor of the stack's database."""
    return Auditor(stack)


@pytest.fixture
def lena(stack: RunningStack) -> Agent:
    """Return Lena, logged in."""
    agent = Agent(stack)
    agent.log_in()
    return agent
