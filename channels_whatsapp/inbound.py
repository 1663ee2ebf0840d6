"""Work inbound updates: from Meta's elements to effects in the core.

A claim commits `attempts` and `lease_until` before the work, and the end of the work is a write that holds only while
the lease is still ours, in the transaction of its effects. A crash between the two costs one lease, a poisonous row
five tries; then it is parked and the others flow on.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import F

from channels_whatsapp import errors, wire
from channels_whatsapp.models import (
    InboundUpdate,
    Lane,
    ParkedReason,
    UpdateOutcome,
    UpdateState,
)
from channels_whatsapp.splitting import MAX_ATTEMPTS, split_next, take_run
from helpdesk import clock
from tickets.delivery import report
from tickets.faults import describe
from tickets.inbound import Outcome
from tickets.intake import receive

log = structlog.get_logger(__name__)
BATCH = 10
LEASE = dt.timedelta(seconds=30)
# How long a status may be ahead of what it speaks about; after that it concerns a message of somebody else.
FOREIGN_AFTER = dt.timedelta(minutes=1)
DEADLOCK_TRIES = 3
# PostgreSQL: deadlock_detected, serialization_failure.
WORTH_ANOTHER_TRY = frozenset({"40P01", "40001"})

# The first waiting update of each sender, messages before statuses. Rows that another worker holds are passed over.
CANDIDATES = """
SELECT u.id, u.attempts FROM channels_whatsapp_inboundupdate u
WHERE u.state = 'waiting' AND u.due_at <= %(now)s AND (u.lease_until IS NULL OR u.lease_until <= %(now)s)
  AND (u.identity_key = '' OR NOT EXISTS (
    SELECT 1 FROM channels_whatsapp_inboundupdate o
    WHERE o.identity_key = u.identity_key AND o.identity_key <> '' AND o.state = 'waiting' AND o.id < u.id))
ORDER BY u.lane, u.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF u SKIP LOCKED
"""


class LostLease(Exception):
    """Somebody else has taken the row over; whatever this worker did is rolled back."""


@dataclass(frozen=True)
class Finished:
    """What an update led to, and how long to wait if it led to nothing yet."""

    outcome: UpdateOutcome | None = None
    retry_in: dt.timedelta | None = None
    parked: ParkedReason | None = None


def process_next() -> bool:
    """Split some stored requests and work some updates; return whether there may be more.

    Leases are taken in batches, the work is done one by one, each in its own transaction.
    """
    did_split = split_next()
    updates = _claim_updates()
    for update in updates:
        work(update)
    return did_split or bool(updates)


def _claim_updates() -> list[InboundUpdate]:
    """Lease some due updates; commits before it returns."""
    now = clock.now()
    until = now + LEASE
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CANDIDATES, {"now": now, "limit": BATCH})
            ids = take_run(cursor.fetchall())
        if not ids:
            return []
        claimed = InboundUpdate.objects.filter(pk__in=ids)
        claimed.update(attempts=F("attempts") + 1, lease_until=until)
        return list(claimed.select_related("number").order_by("lane", "pk"))


def work(update: InboundUpdate) -> None:
    """Work one leased update: its effects and its end commit together, or neither does."""
    if update.attempts > MAX_ATTEMPTS:
        # It killed its worker each time, so nobody was left to park it.
        _end(update, Finished(parked=ParkedReason.GAVE_UP))
        return
    for number in range(1, DEADLOCK_TRIES + 1):
        try:
            with transaction.atomic():
                finished = _apply(update)
                if not _end(update, finished):
                    raise LostLease
        except LostLease:
            log.info("update_lease_lost", update=update.pk)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") in WORTH_ANOTHER_TRY and number < DEADLOCK_TRIES:
                continue
            _try_later(update)
        except Exception as error:  # noqa: BLE001 - a bug that one message meets must not stop the others
            log.error("update_failed", update=update.pk, attempts=update.attempts, error=describe(error))
            _try_later(update)
        return


def _end(update: InboundUpdate, finished: Finished) -> bool:
    """Write how it ended; False when the lease was no longer ours."""
    ours = InboundUpdate.objects.filter(pk=update.pk, state=UpdateState.WAITING, lease_until=update.lease_until)
    if finished.parked is not None:
        log.warning("update_parked", update=update.pk, reason=finished.parked)
        return bool(ours.update(state=UpdateState.PARKED, parked_reason=finished.parked, lease_until=None))
    if finished.retry_in is not None:
        # Waiting for its message is no failure and does not use up tries.
        return bool(ours.update(due_at=clock.now() + finished.retry_in, attempts=0, lease_until=None))
    return bool(ours.update(state=UpdateState.DONE, outcome=finished.outcome or "", lease_until=None))


def _try_later(update: InboundUpdate) -> None:
    if update.attempts >= MAX_ATTEMPTS:
        _end(update, Finished(parked=ParkedReason.GAVE_UP))
        return
    due_at = clock.now() + dt.timedelta(seconds=2 ** (update.attempts - 1))
    InboundUpdate.objects.filter(pk=update.pk, state=UpdateState.WAITING, lease_until=update.lease_until).update(
        due_at=due_at, lease_until=None
    )


def _apply(update: InboundUpdate) -> Finished:
    if update.lane == Lane.OTHER or update.number is None:
        log.info("update_without_effect", update=update.pk, field=str(update.payload.get("field"))[:40])
        return Finished(outcome=UpdateOutcome.IGNORED)
    inbox_id = update.number.inbox_id
    try:
        if update.lane == Lane.MESSAGE:
            message = wire.parse_message(update.payload, inbox_id=inbox_id, received_at=update.received_at)
            duplicate = receive(message).outcome == Outcome.DUPLICATE
            return Finished(outcome=UpdateOutcome.DUPLICATE if duplicate else UpdateOutcome.APPLIED)
        status = wire.parse_status(
            update.payload, inbox_id=inbox_id, received_at=update.received_at, explain=errors.sentence
        )
    except wire.Unusable:
        return Finished(parked=ParkedReason.UNUSABLE)
    except wire.Ignored:
        return Finished(outcome=UpdateOutcome.IGNORED)
    if report(status):
        return Finished(outcome=UpdateOutcome.APPLIED)
    age = clock.now() - update.received_at
    if age >= FOREIGN_AFTER:
        return Finished(outcome=UpdateOutcome.FOREIGN)
    # Waiting as long again as it has waited: after 1, 2, 4, 8... seconds, without a counter.
    return Finished(retry_in=max(age, dt.timedelta(seconds=1)))


# -- Parked updates ----------------------------------------------------------------------------------


def adopt() -> int:
    """Set updates free whose number has an inbox by now; return how many. Cheap enough for every sweep."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE channels_whatsapp_inboundupdate u"
            " SET state = 'waiting', parked_reason = '', number_id = n.id, due_at = %(now)s, attempts = 0"
            " FROM channels_whatsapp_whatsappnumber n"
            " WHERE u.state = 'parked' AND u.parked_reason = 'unknown_number'"
            " AND u.phone_number_id = n.phone_number_id",
            {"now": clock.now()},
        )
        return int(cursor.rowcount)


def replay(ids: Sequence[int]) -> int:
    """Let parked updates try again, all but those whose number still has no inbox; return how many."""
    adopt()
    parked = InboundUpdate.objects.filter(pk__in=ids, state=UpdateState.PARKED)
    known = parked.exclude(parked_reason=ParkedReason.UNKNOWN_NUMBER)
    return known.update(state=UpdateState.WAITING, parked_reason="", attempts=0, due_at=clock.now())
