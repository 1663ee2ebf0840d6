"""Bring the figures up to date: first the facts of changed tickets, then the days that they touch.

One at a time: refresh and rebuild take the same advisory lock before they read anything.
"""

import datetime as dt
from collections.abc import Sequence

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from analytics import facts, lock, presence, rollups
from analytics.models import Dirty, Watermark
from analytics.rebuilding import CURSOR, DAYS_AT_ONCE, check, every_day, rebuild
from helpdesk import clock
from tickets import changes
from tickets.faults import describe

__all__ = ["check", "every_day", "rebuild", "refresh", "refresh_next"]

log = structlog.get_logger(__name__)
BATCH = 500
# So many tickets of a batch may be broken; more than that, and it is we who are.
MOST_BROKEN = 20
# While nothing happens, the watermark need not be written every two seconds.
IDLE = dt.timedelta(seconds=30)
# A day that cannot be counted is tried again after so long, or when more happens on it.
AGAIN = dt.timedelta(minutes=5)


@transaction.atomic
def refresh_next() -> bool:
    """Take in one batch of changed tickets and count the days they touch; return whether there may be more."""
    if not lock.take(wait=False):
        return False
    at = clock.now()
    batch = changes.read(CURSOR, BATCH)
    worked_at = presence.look(at)
    take_in([*batch.ticket_ids, *worked_at])
    days = count_dirty_days()
    _mark(at, busy=bool(batch.ticket_ids or days), complete=not batch.more)
    return batch.more or len(days) == DAYS_AT_ONCE


def take_in(ticket_ids: Sequence[int]) -> int:
    """Refold tickets; return how many of them could not be, which are told of in the log and hold up no others.

    Raises what so many tickets meet that none of them is to blame.
    """
    if not ticket_ids:
        return 0
    try:
        with transaction.atomic():
            facts.refold(ticket_ids)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(ticket_ids) == 1:
            log.error("ticket_cannot_be_folded", ticket=ticket_ids[0], error=describe(error))
            return 1
        half = len(ticket_ids) // 2
        broken = take_in(ticket_ids[:half]) + take_in(ticket_ids[half:])
        if broken > MOST_BROKEN:
            raise
        return broken
    return 0


def count_dirty_days() -> list[dt.date]:
    """Count some of the days that must be counted again, and return them; one that cannot be counted stays dirty."""
    days = _take_dirty_days()
    try:
        with transaction.atomic():
            rollups.count_days(days)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - whatever one day holds, the other days are not to blame
        return [day for day in days if _count(day)]
    return days


def _count(day: dt.date) -> bool:
    try:
        with transaction.atomic():
            rollups.count_days([day])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - as above
        log.error("day_cannot_be_counted", day=day.isoformat(), error=describe(error))
        Dirty.objects.create(day=day, not_before=clock.now() + AGAIN)
        return False
    return True


def _take_dirty_days() -> list[dt.date]:
    """Remove and return some of the days that must be counted again, the newest first."""
    with connection.cursor() as sql:
        sql.execute(
            "DELETE FROM kpi_dirty WHERE day IN (SELECT DISTINCT day FROM kpi_dirty"
            " WHERE not_before IS NULL OR not_before <= %s ORDER BY day DESC LIMIT %s) RETURNING day",
            [clock.now(), DAYS_AT_ONCE],
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
