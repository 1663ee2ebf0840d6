"""Which updates a worker may take: messages before statuses, and each sender's in their order.

A worker leases a run of updates at once, several of one sender included, and works them one by one. An update is free
when no older one of its sender is leased by somebody else, put off, or left out of the same run.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Q

from channels_whatsapp.models import InboundUpdate, UpdateState
from helpdesk import clock

BATCH = 10
LEASE = dt.timedelta(seconds=30)
ADVISORY_CLAIM = 7102

# Senders of whom something is being worked or was put off are passed over as a whole: so a sender with thousands of
# waiting messages costs others one scan, and not one look-up for each of them.
CANDIDATES = """
WITH busy AS MATERIALIZED (
  SELECT identity_key FROM channels_whatsapp_inboundupdate
  WHERE state = 'waiting' AND identity_key <> '' AND lease_until > %(now)s
  UNION ALL
  SELECT identity_key FROM channels_whatsapp_inboundupdate
  WHERE state = 'waiting' AND identity_key <> '' AND due_at > %(now)s)
SELECT id, attempts, identity_key FROM channels_whatsapp_inboundupdate
WHERE state = 'waiting' AND due_at <= %(now)s AND (lease_until IS NULL OR lease_until <= %(now)s)
  AND identity_key NOT IN (SELECT identity_key FROM busy)
ORDER BY lane, id
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Candidate:
    """One free update."""

    pk: int
    attempts: int
    identity_key: str


def choose(candidates: Sequence[Candidate], locked: Collection[int]) -> list[int]:
    """Return the run to lease: fresh updates, or one alone that was tried before.

    An update that kills its worker takes its whole run down once; from then on each of them is tried alone. What is
    left out, or locked by a worker whose lease has ended but not its transaction, holds the rest of its sender's back.
    """
    held: set[str] = set()
    run: list[int] = []
    for candidate in candidates:
        if candidate.pk not in locked or candidate.identity_key in held or (candidate.attempts and run):
            held.add(candidate.identity_key)
            held.discard("")
            continue
        run.append(candidate.pk)
        if candidate.attempts:
            break
    return run


def claim() -> list[InboundUpdate]:
    """Lease some due updates, in the order to work them; commits before it returns."""
    now = clock.now()
    until = now + LEASE
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Claims take turns for the millisecond they last; each sees the leases of those before it.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_CLAIM])
            cursor.execute(CANDIDATES, {"now": now, "limit": BATCH})
            candidates = [Candidate(*row) for row in cursor.fetchall()]
        if not candidates:
            return []
        free = InboundUpdate.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now),
            pk__in=[candidate.pk for candidate in candidates],
            state=UpdateState.WAITING,
        )
        lockable = free.select_for_update(skip_locked=True, no_key=True)
        run = InboundUpdate.objects.filter(pk__in=choose(candidates, set(lockable.values_list("pk", flat=True))))
        run.update(attempts=F("attempts") + 1, lease_until=until)
        return list(run.select_related("number").order_by("lane", "pk"))


def release(update: InboundUpdate) -> None:
    """Give an update back that was not tried."""
    InboundUpdate.objects.filter(pk=update.pk, state=UpdateState.WAITING, lease_until=update.lease_until).update(
        attempts=F("attempts") - 1, lease_until=None
    )
