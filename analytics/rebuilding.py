"""Derive all figures anew beside those that stand, and put them in their place at once; or only compare.

The rule is the one of the refresh. Meanwhile the refresh stands aside and the pages say up to when they are; afterwards
it goes on from where the rebuild began. A rebuild that is interrupted leaves the figures as they were.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from analytics import calendars, facts, lock, parts, presence, rollups, shadow, workers
from analytics.database import fetch
from analytics.models import Dirty, Watermark
from helpdesk import clock
from tickets import changes

CURSOR = "facts"
PEOPLE_AT_ONCE = 500
DAYS_AT_ONCE = 31
Tell = Callable[[int, int], None]

RANGES = """
SELECT min(id), max(id) FROM (
  SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM tickets_contact
) AS c GROUP BY part ORDER BY part
"""
# What the refresh has not taken in yet, and with it the other tickets of the same contacts.
CHANGED_MEANWHILE = f"""
SELECT n.ticket_id FROM kpi_fact f JOIN kpi_fact n ON n.contact = f.contact WHERE f.ticket_id IN (
  SELECT c.ticket_id FROM tickets_change c JOIN tickets_changecursor r ON r.name = '{CURSOR}'
  AND (c.transaction_id, c.id) > (r.transaction_id, r.change_id))
UNION SELECT c.ticket_id FROM tickets_change c JOIN tickets_changecursor r ON r.name = '{CURSOR}'
  AND (c.transaction_id, c.id) > (r.transaction_id, r.change_id)
"""  # noqa: S608 - a name of ours


def rebuild(tell: Tell | None = None, *, processes: int = 0) -> int:
    """Derive everything anew; return the number of tickets. Without processes, in one transaction of this session."""
    with _alone(processes) as run:
        at, horizon = clock.now(), changes.horizon()
        with transaction.atomic():
            calendars.archive()
            presence.count(presence.every_day())
        later = shadow.make()
        number = _derive(run, later, tell)
        days = _days()
        # All days of a part together: every table is read through once, instead of here and there for each month.
        for _done in run(parts.count, ((name, days) for name in rollups.INSERTS)):
            pass
        _finish(run, later, shadow.ROLLUPS)
        with transaction.atomic():
            shadow.exchange()
            Dirty.objects.all().delete()
            changes.skip_to(CURSOR, horizon)
            Watermark.objects.update_or_create(pk=1, defaults={"as_of": at, "time_zone": settings.TIME_ZONE})
    return number


def check(tell: Tell | None = None, *, processes: int = 0) -> list[str]:
    """Compare facts and rollups with what the log says, and keep nothing of it; return a line for each difference.

    Tickets that the refresh has not taken in yet are left out.
    """
    with _alone(processes) as run:
        try:
            _derive(run, shadow.make(), tell)
            wrong = list(shadow.differing(CHANGED_MEANWHILE))
        finally:
            if not connection.needs_rollback:
                shadow.drop()
        with transaction.atomic():
            wrong += [f"presence of {day} differs" for day in sorted(presence.count(presence.every_day()))]
            transaction.set_rollback(True)
        days = every_day()
        for i in _steps(days):
            wrong += rollups.differences(days[i : i + DAYS_AT_ONCE])
    return wrong


@contextmanager
def _alone(processes: int) -> Iterator[workers.Run]:
    """Hold the lock of the figures; give the way to do work."""
    if not processes:
        with transaction.atomic():
            lock.take(wait=True)
            yield workers.here
        return
    with lock.held_beside(), workers.processes(processes) as run:
        yield run


def _derive(run: workers.Run, later: dict[str, list[str]], tell: Tell | None) -> int:
    """Fill the facts beside those that stand, and give them their indexes."""
    total, done = fetch("SELECT count(*) FROM tickets_ticket")[0][0], 0
    for number in run(parts.people, fetch(RANGES, [PEOPLE_AT_ONCE])):
        done += number
        if tell is not None:
            tell(done, total)
    _finish(run, later, shadow.FACTS)
    return done


def _finish(run: workers.Run, later: dict[str, list[str]], tables: list[str]) -> None:
    for _done in run(shadow.finish, ((statement,) for table in tables for statement in later[table])):
        pass
    with shadow.first(), connection.cursor() as sql:
        sql.execute(f"ANALYZE {', '.join(tables)}")


def _steps(days: list[dt.date]) -> range:
    return range(0, len(days), DAYS_AT_ONCE)


def _days() -> list[dt.date]:
    with shadow.first():
        return every_day()


def every_day() -> list[dt.date]:
    """Return every day on which something is counted or was."""
    tables = [("kpi_fact", name) for name in facts.DAYS]
    tables += [(model._meta.db_table, "day") for model in facts.BESIDE.values()]
    tables += [("kpi_presence", "day"), ("kpi_rollup", "day"), ("kpi_hour", "day")]
    union = " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in tables)  # noqa: S608
    return sorted(day for (day,) in fetch(union))
