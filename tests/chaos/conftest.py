"""The auditor of the running stack, and somebody who answers."""

import os

import pytest

from tests.chaos.auditor import Auditor
from tests.chaos.load import Agent
from tests.stack import RunningStack

# `make chaos` sets how often everything is done; then nobody shortens the waiting either.
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "0"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if "tests/chaos/" in item.nodeid:
            item.add_marker(pytest.mark.stack)


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
