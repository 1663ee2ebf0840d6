"""Bring the figures up to date: first the facts of changed tickets, then the days that they touch.

One at a time: refresh and rebuild take the same advisory lock before they read anything.
"""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction

from analytics import facts, lock, presence, rollups
from analytics.models import Watermark
from analytics.rebuilding import CURSOR, DAYS_AT_ONCE, check, every_day, rebuild
from helpdesk import clock
from tickets import changes

__all__ = ["check", "every_day", "rebuild", "refresh", "refresh_next"]

BATCH = 500
# While nothing happens, the watermark need not be written every two seconds.
IDLE = dt.timedelta(seconds=30)


@transaction.atomic
def refresh_next() -> bool:
    """Take in one batch of changed tickets and count the days they touch; return whether there may be more."""
    if not lock.take(wait=False):
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
