"""Processes that derive figures side by side; one interpreter computes on one core only.

A process reads this module before Django stands in it, so it loads nothing of ours; the work comes later.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Run = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]


def here(work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """Do the parts of some work in this process, one after the other."""
    for part in parts:
        yield work(*part)


@contextmanager
def processes(number: int) -> Iterator[Run]:
    """Give a way to do the parts of some work in so many processes; results come as they are done."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    with ProcessPoolExecutor(number, get_context("spawn"), _begin, (name,)) as pool:

        def run(work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
            futures = [pool.submit(work, *part) for part in parts]
            try:
                for future in as_completed(futures):
                    yield future.result()
            finally:
                for future in futures:
                    future.cancel()

        yield run


def _begin(database: str) -> None:
    """Begin the life of a process: the same database as the caller, and no clock for its statements."""
    import gc

    import django

    django.setup()
    from django.db import connection

    from analytics import lock

    connection.settings_dict["NAME"] = database
    lock.be_patient()
    with connection.cursor() as sql:
        sql.execute("SET synchronous_commit = off")  # the exchange at the end is synced, and with it all before
    gc.freeze()
    gc.disable()  # the work makes no cycles, and looking for them costs a third of its time
