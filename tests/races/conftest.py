"""Threads that begin together, and a house that all of them see."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.cast import House, house
from tickets.errors import Refused

# `make races` sets more.
RUNS = int(os.environ.get("RACE_RUNS", "20"))
THREADS = 8


@pytest.fixture
def cast(transactional_db: None) -> House:
    """Return the furnished house, visible to every thread."""
    return house()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Return threads that start together and leave no connection behind."""
    with ThreadPoolExecutor(max_workers=THREADS) as executor:
        yield executor


def together(pool: ThreadPoolExecutor, calls: Sequence[Callable[[], object]]) -> list[object]:
    """Run calls at the same moment and return their results, or the refusals they ended in."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]
