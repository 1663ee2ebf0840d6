"""Bring the figures up to date: first the facts of changed tickets, then the days that they touch.

One at a time: refresh and rebuild take the same advisory lock before they read anything.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction

from analytics import facts, presence, rollups
from analytics.models import Dirty, Fact, Watermark
from helpdesk import clock
from tickets import changes
from tickets.models import Ticket

CURSOR = "facts"
LOCK = 0x6B7069  # "kpi"
BATCH = 500
DAYS_AT_ONCE = 31
# While nothing happens, the watermark need not be written every two seconds.
IDLE = dt.timedelta(seconds=30)


def _lock(*, wait: bool) -> bool:
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as sql:
        sql.execute(f"SELECT {function}(%s)", [LOCK])
        row = sql.fetchone()
    return wait or bool(row and row[0])


@transaction.atomic
def refresh_next() -> bool:
    """Take in one batch of changed tickets and count the days they touch; return whether there may be more."""
    if not _lock(wait=False):
        return False
    at = clock.now()
    batch = changes.read(CURSOR, BATCH)
    worked_at = presence.look(at)
    if batch.ticket_ids or worked_at:
        facts.refold([*batch.ticket_ids, *worked_at])
    days = _take_dirty_days()
    rollups.count_days(days)
    _mark(at, busy=bool(batch.ticket_ids or days), complete=not batch.more)
    return batch.more or len(days) == DAYS_AT_ONCE


def _take_dirty_days() -> list[dt.date]:
    """Remove and return some of the days that must be counted again, the newest first."""
    with connection.cursor() as sql:
        sql.execute(
            "DELETE FROM kpi_dirty WHERE day IN (SELECT DISTINCT day FROM kpi_dirty ORDER BY day DESC LIMIT %s)"
            " RETURNING day",
            [DAYS_AT_ONCE],
        )
        return sorted({day for (day,) in sql.fetchall()})


def _mark(at: dt.datetime, *, busy: bool, complete: bool) -> None:
    """Say up to when everything is in the figures."""
    mark = Watermark.objects.first()
    if not complete or (mark is not None and not busy and at - mark.as_of < IDLE):
        return
    Watermark.objects.update_or_create(pk=1, defaults={"as_of": at, "time_zone": settings.TIME_ZONE})


def refresh() -> int:
    """Refresh until nothing is left; return the number of batches."""
    batches = 1
    while refresh_next():
        batches += 1
    return batches


def rebuild(tell: Callable[[int, int], None] | None = None) -> int:
    """Derive everything anew, in batches that may be interrupted; return the number of tickets."""
    _drop_orphans()
    with transaction.atomic():
        _lock(wait=True)
        changes.skip_to_now(CURSOR)
    total, done, last = Ticket.objects.count(), 0, 0
    while True:
        tickets = Ticket.objects.filter(pk__gt=last).order_by("pk")
        ids = list(tickets.values_list("pk", flat=True)[: 4 * BATCH])
        if not ids:
            break
        with transaction.atomic():
            _lock(wait=True)
            facts.refold(ids)
        last, done = ids[-1], done + len(ids)
        if tell is not None:
            tell(done, total)
    with transaction.atomic():
        _lock(wait=True)
        presence.count(presence.every_day())
    _count_every_day()
    return done


@transaction.atomic
def _drop_orphans() -> None:
    """Forget facts of tickets that have no log any more."""
    _lock(wait=True)
    orphans = Fact.objects.filter(ticket__events__isnull=True)
    Dirty.objects.bulk_create([Dirty(day=day) for fact in orphans.values(*facts.DAYS) for day in fact.values() if day])
    orphans.delete()


def _count_every_day() -> None:
    days = every_day()
    for begin in range(0, len(days), DAYS_AT_ONCE):
        with transaction.atomic():
            _lock(wait=True)
            rollups.count_days(days[begin : begin + DAYS_AT_ONCE])
    with transaction.atomic():
        _lock(wait=True)
        Watermark.objects.update_or_create(pk=1, defaults={"as_of": clock.now(), "time_zone": settings.TIME_ZONE})


def every_day() -> list[dt.date]:
    """Return every day on which something is counted or was."""
    tables = [("kpi_fact", name) for name in facts.DAYS]
    tables += [(model._meta.db_table, "day") for model in facts.BESIDE.values()]
    tables += [("kpi_presence", "day"), ("kpi_rollup", "day"), ("kpi_hour", "day")]
    union = " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in tables)  # noqa: S608
    with connection.cursor() as sql:
        sql.execute(union)
        return sorted(day for (day,) in sql.fetchall())


def check(tell: Callable[[int, int], None] | None = None) -> list[str]:
    """Compare facts and rollups with what the log says, and keep nothing of it; return a line for each difference."""
    refresh()
    wrong: list[str] = []
    total, done, last = Ticket.objects.count(), 0, 0
    while True:
        with transaction.atomic():
            _lock(wait=True)
            ids = list(Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: 4 * BATCH])
            wrong += [f"facts of {day} differ from the log" for day in sorted(facts.refold(ids))]
            transaction.set_rollback(True)
        if not ids:
            break
        last, done = ids[-1], done + len(ids)
        if tell is not None:
            tell(done, total)
    with transaction.atomic():
        _lock(wait=True)
        wrong += [f"presence of {day} differs" for day in sorted(presence.count(presence.every_day()))]
        transaction.set_rollback(True)
    days = every_day()
    for begin in range(0, len(days), DAYS_AT_ONCE):
        with transaction.atomic():
            _lock(wait=True)
            wrong += rollups.differences(days[begin : begin + DAYS_AT_ONCE])
    return wrong
