"""Measure the figures over a year of tickets: `make bench-kpi` (TICKETS=1000000), in a database of its own.

Prints what the front page of the reports costs in SQL and in all, for 30 days and for 12 months, what a refresh costs
for 1,000 tickets, and how long a rebuild takes; beside it, where `import duckdb` works, the same medians from DuckDB.
With KEEP=folder the database stays: next time it is measured as it stands, and rebuilt only with REBUILD=1.
"""

import datetime as dt
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection

from benchmarks.kpi_fill import fill, furnish


def seconds(work: Callable[[], Any]) -> float:
    """Return how long something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


class SqlTime:
    """Adds up what statements cost."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        """Run a statement and take its time."""
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.spent += time.perf_counter() - begin
            self.queries += 1


def measure_page(viewer: Any, days: int) -> None:
    """Print what the front page costs, warm."""
    from analytics.periods import Period
    from analytics.queries import overview

    period = Period.last_days(days)
    overview(viewer, period)
    runs = []
    for _ in range(5):
        counter = SqlTime()
        with connection.execute_wrapper(counter):
            whole = seconds(lambda: overview(viewer, period))
        runs.append((counter.spent * 1000, whole * 1000, counter.queries))
    sql, whole, queries = sorted(runs)[len(runs) // 2]
    print(f"overview, {days:3} days: {sql:7.1f} ms SQL in {queries} queries, {whole:7.1f} ms in all")


def measure_address(viewer: Any, name: str) -> None:
    """Print how long the front page takes through all of the product but the socket."""
    from django.test import Client

    client = Client()
    client.force_login(viewer)
    runs = []
    for _ in range(22):
        begin = time.perf_counter()
        answer = client.get("/reports/", {"period": name}, headers={"host": "localhost"})
        runs.append(time.perf_counter() - begin)
        assert answer.status_code == 200, answer.status_code
    runs = sorted(runs[2:])
    print(f"/reports/?period={name}: median {runs[10] * 1000:.0f} ms, p95 {runs[18] * 1000:.0f} ms")


def measure_refresh() -> None:
    """Print what a refresh costs for a thousand tickets that lie on few days."""
    from django.db import transaction

    from analytics import facts, rollups
    from analytics.models import Dirty, Fact

    ids = list(Fact.objects.order_by("-opened_day").values_list("pk", flat=True)[:1000])
    with transaction.atomic():
        Fact.objects.filter(pk__in=ids).delete()
        fold = seconds(lambda: facts.refold(ids))
        days = sorted(set(Dirty.objects.values_list("day", flat=True)))
        count = seconds(lambda: rollups.count_days(days))
        transaction.set_rollback(True)
    print(f"refresh: {fold * 1000:.0f} ms to fold 1,000 tickets, {count / len(days) * 1000:.0f} ms to count each day")


def compare_with_duckdb() -> None:
    """Print what medians of the same facts cost in DuckDB's memory, where it is installed: of all and by agent."""
    try:
        import duckdb  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("duckdb: not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.csv"
        columns = "replied_day, replied_agent, solved_day, solved_agent, first_response, resolution"
        rows = f"COPY (SELECT {columns} FROM kpi_fact) TO STDOUT CSV HEADER"  # noqa: S608
        with connection.cursor() as cursor, file.open("wb") as out, cursor.cursor.copy(rows) as copy:
            for piece in copy:
                out.write(piece)
        duck = duckdb.connect()
        duck.execute(f"CREATE TABLE fact AS SELECT * FROM read_csv('{file}')")  # noqa: S608
        for days in (30, 365):
            asked = [
                f"SELECT {key}, quantile_cont({of}, [0.5, 0.9]) FROM fact"  # noqa: S608
                f" WHERE {name}_day > today() - {days} GROUP BY {key}"
                for name, of in (("replied", "first_response"), ("solved", "resolution"))
                for key in ("NULL", f"{name}_day", f"{name}_agent")
            ]
            runs = sorted(seconds(lambda: [duck.execute(ask).fetchall() for ask in asked]) for _ in range(5))  # noqa: B023
            print(f"duckdb, {days:3} days: {runs[2] * 1000:.1f} ms for median and p90 of two durations: of all, by day,"
                  " by agent")  # fmt: skip


def build(tickets: int) -> Any:
    """Return somebody who reads all reports of a year of so many tickets; one that was kept is not written again."""
    from agents.models import User
    from tickets.models import Ticket

    if not Ticket.objects.exists():
        viewer = furnish()
        print(f"filling {tickets:,} tickets: {seconds(lambda: fill(tickets)):.0f} s", flush=True)
        return viewer
    print(f"kept from before: {Ticket.objects.count():,} tickets", flush=True)
    return User.objects.get(username="jonas")


def measure_rebuild(processes: int) -> None:
    """Print how long everything takes anew."""
    from analytics import refresh

    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    number = refresh.rebuild(processes=processes)
    spent, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"rebuild of {number:,} tickets, {processes} processes: {spent:.1f} s, {spent / number * 1e6:.0f} µs for each"
          f" ticket, of which {busy / number * 1e6:.0f} µs processor time of Python", flush=True)  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure_sizes() -> None:
    """Print what the figures take on disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(sum(pg_total_relation_size(c))) FROM unnest(ARRAY["
                       "'kpi_fact'::regclass, 'kpi_rollup', 'kpi_hour']) c")  # fmt: skip
        row = cursor.fetchone()
    print(f"facts and rollups: {row[0] if row else ''}; until {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC")


def main() -> None:
    """Fill, rebuild, measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    from django.core.management import call_command

    from analytics import lock
    from analytics.models import Fact

    call_command("migrate", verbosity=0)
    viewer = build(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
    lock.be_patient()
    if os.environ.get("REBUILD") or not Fact.objects.exists():
        measure_rebuild(os.cpu_count() or 1)
    measure_sizes()
    measure_page(viewer, 30)
    measure_page(viewer, 365)
    measure_address(viewer, "30-days")
    measure_address(viewer, "12-months")
    measure_refresh()
    compare_with_duckdb()


if __name__ == "__main__":
    main()
