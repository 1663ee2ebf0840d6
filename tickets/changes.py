"""Read which tickets changed, in the order in which changes became certain; each reader has a cursor by name.

Numbers are given before transactions commit, so a reader that trusted them would skip whatever commits late. A change
carries the id of its transaction instead, and a reader stops below the oldest transaction that still runs: below it
nothing can appear any more.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.transaction import TransactionManagementError

from tickets.models import ChangeCursor

# The ids of transactions begin anew when a dump is restored into another cluster.
OF_ANOTHER_CLUSTER = """
SELECT (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint < %s
"""
NEXT = """
SELECT transaction_id, id, ticket_id FROM tickets_change
WHERE (transaction_id, id) > (%s, %s)
  AND transaction_id < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
ORDER BY transaction_id, id
LIMIT %s
"""
SKIP = """
UPDATE tickets_changecursor
SET transaction_id = %s, change_id = 0
WHERE name = %s
"""
HORIZON = "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
FORGET = """
DELETE FROM tickets_change WHERE id IN (
  SELECT id FROM tickets_change WHERE (transaction_id, id) <= (
    SELECT transaction_id, change_id FROM tickets_changecursor WHERE name = ANY(%s)
    ORDER BY transaction_id, change_id LIMIT 1)
  ORDER BY transaction_id, id LIMIT %s)
"""
FORGET_AT_ONCE = 5000
READ_AGAIN = """
UPDATE tickets_change SET transaction_id = 0
WHERE transaction_id > (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint
"""


@dataclass(frozen=True)
class Batch:
    """Tickets that changed, each once; `more` says that another batch may be waiting."""

    ticket_ids: tuple[int, ...] = ()
    more: bool = False


def read(name: str, limit: int = 1000) -> Batch:
    """Return the next changed tickets for the reader of this name, and move its cursor behind them.

    The cursor moves in the caller's transaction: whatever the caller writes about the tickets and the place from which
    it reads on are kept or lost together. While one transaction reads, a second reader of that name gets an empty
    batch. The caller's own changes are not seen yet. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("changes.read() moves its cursor in the caller's transaction.")
    cursor = _lock(name)
    if cursor is None:
        return Batch()
    with connection.cursor() as sql:
        _begin_anew_in_another_cluster(cursor)
        sql.execute(NEXT, [cursor.transaction_id, cursor.change_id, limit])
        rows = sql.fetchall()
    if not rows:
        return Batch()
    cursor.transaction_id, cursor.change_id, _ticket = rows[-1]
    cursor.save(update_fields=["transaction_id", "change_id"])
    return Batch(tuple(dict.fromkeys(ticket_id for _, _, ticket_id in rows)), more=len(rows) == limit)


def horizon() -> int:
    """Return the transaction below which everything is certain now."""
    with connection.cursor() as sql:
        sql.execute(HORIZON)
        return int(sql.fetchone()[0])


def skip_to(name: str, transaction_id: int) -> None:
    """Move a reader's cursor to a horizon; whoever read everything after that moment misses nothing."""
    ChangeCursor.objects.bulk_create([ChangeCursor(name=name)], ignore_conflicts=True)
    with connection.cursor() as sql:
        sql.execute(SKIP, [transaction_id, name])


def skip_to_now(name: str) -> None:
    """Move a reader's cursor behind all that is certain now; whoever then reads everything misses nothing."""
    skip_to(name, horizon())


def forget_next() -> bool:
    """Remove a batch of changes that every reader has read; return whether there may be more.

    Nothing is removed before each of `settings.CHANGE_READERS` has read for the first time.
    """
    readers = list(settings.CHANGE_READERS)
    if ChangeCursor.objects.filter(name__in=readers).count() < len(readers):
        return False
    with connection.cursor() as sql:
        sql.execute(FORGET, [readers, FORGET_AT_ONCE])
        return bool(sql.rowcount == FORGET_AT_ONCE)


def _lock(name: str) -> ChangeCursor | None:
    """Return the cursor, locked; None while another transaction reads with it."""
    free = ChangeCursor.objects.select_for_update(no_key=True, skip_locked=True).filter(name=name)
    cursor = free.first()
    if cursor is None:
        ChangeCursor.objects.bulk_create([ChangeCursor(name=name)], ignore_conflicts=True)
        cursor = free.first()
    return cursor


def _begin_anew_in_another_cluster(cursor: ChangeCursor) -> None:
    """After a restore into a younger cluster let everybody read everything again; readers write the same twice."""
    with connection.cursor() as sql:
        sql.execute(OF_ANOTHER_CLUSTER, [cursor.transaction_id])
        if not sql.fetchone()[0]:
            return
        sql.execute(READ_AGAIN)
    ChangeCursor.objects.update(transaction_id=0, change_id=0)
    cursor.transaction_id = cursor.change_id = 0
