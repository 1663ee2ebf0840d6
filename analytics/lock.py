"""Who writes figures is alone: refresh, rebuild and check take the same advisory lock before they read anything."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from helpdesk.postgresql.base import patience

KEY = 0x6B7069  # "kpi"
# Seconds for one statement over everything that ever happened.
LONG = 3600.0
# Whoever counts leaves the other cores to those who wait for pages.
PLANNING = "SET {local} max_parallel_workers_per_gather = 0"


def take(*, wait: bool) -> bool:
    """Take the lock for the rest of this transaction; return whether it is ours."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as sql:
        sql.execute(PLANNING.format(local="LOCAL"))
        sql.execute(f"SELECT {function}(%s)", [KEY])
        row = sql.fetchone()
    return wait or bool(row and row[0])


def be_patient() -> None:
    """Let the statements of this session take as long as they need."""
    patience.set(LONG)
    with connection.cursor() as sql:
        sql.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        sql.execute(PLANNING.format(local=""))
        sql.execute("SET work_mem = '64MB'; SET maintenance_work_mem = '256MB'")  # sorts and indexes stay off the disk


@contextmanager
def held_beside() -> Iterator[None]:
    """Hold the lock in a session of its own, whose transaction writes nothing and so holds up no reader of changes."""
    holder = connection.copy()
    try:
        with holder.cursor() as sql:
            holder.set_autocommit(False)
            sql.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
            sql.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            sql.execute("SELECT pg_advisory_xact_lock(%s)", [KEY])
        yield
    finally:
        holder.close()
