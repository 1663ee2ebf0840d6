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

from channels_whatsapp import consent, errors, wire
from channels_whatsapp.claims import claim, release
from channels_whatsapp.models import (
    InboundUpdate,
    Lane,
    ParkedReason,
    UpdateOutcome,
    UpdateState,
    WhatsAppNumber,
)
from channels_whatsapp.payload import as_object
from channels_whatsapp.splitting import MAX_ATTEMPTS, split_next
from helpdesk import clock
from tickets.delivery import report
from tickets.faults import describe
from tickets.inbound import Outcome
from tickets.intake import receive

log = structlog.get_logger(__name__)
# How long a status may be ahead of what it speaks about; after that it concerns a message of somebody else.
FOREIGN_AFTER = dt.timedelta(minutes=1)
DEADLOCK_TRIES = 3
# PostgreSQL: deadlock_detected, serialization_failure.
WORTH_ANOTHER_TRY = frozenset({"40P01", "40001"})


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
    updates = claim()
    held: set[str] = set()
    for update in updates:
        if update.identity_key in held:
            release(update)
        elif not work(update) and update.identity_key:
            held.add(update.identity_key)
    return did_split or bool(updates)


def work(update: InboundUpdate) -> bool:
    """Work one leased update: its effects and its end commit together, or neither does.

    Returns whether it is out of the way of its sender's later ones.
    """
    if update.attempts > MAX_ATTEMPTS:
        # It killed its worker each time, so nobody was left to park it.
        return _end(update, Finished(parked=ParkedReason.GAVE_UP))
    for number in range(1, DEADLOCK_TRIES + 1):
        try:
            with transaction.atomic():
                if not _end(update, _apply(update)):
                    raise LostLease
        except LostLease:
            log.info("update_lease_lost", update=update.pk)
            return False
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") in WORTH_ANOTHER_TRY and number < DEADLOCK_TRIES:
                continue
            log.warning("update_put_off", update=update.pk, attempts=update.attempts, error=describe(error))
            return _try_later(update)
        except Exception as error:  # noqa: BLE001 - a bug that one message meets must not stop the others
            log.error("update_failed", update=update.pk, attempts=update.attempts, error=describe(error))
            return _try_later(update)
        return True
    raise AssertionError("unreachable")


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


def _try_later(update: InboundUpdate) -> bool:
    """Put a failed update off, or park it after its last try; say whether it is out of the way."""
    if update.attempts >= MAX_ATTEMPTS:
        return _end(update, Finished(parked=ParkedReason.GAVE_UP))
    due_at = clock.now() + dt.timedelta(seconds=2 ** (update.attempts - 1))
    InboundUpdate.objects.filter(pk=update.pk, state=UpdateState.WAITING, lease_until=update.lease_until).update(
        due_at=due_at, lease_until=None
    )
    return False


def _take_preferences(update: InboundUpdate) -> int:
    number = WhatsAppNumber.objects.filter(phone_number_id=update.phone_number_id).first()
    value = as_object(update.payload.get("value"))
    if number is None:
        return 0
    return consent.take_preferences(value, inbox_id=number.inbox_id, received_at=update.received_at)


def _apply(update: InboundUpdate) -> Finished:
    if update.lane == Lane.OTHER or update.number is None:
        if update.payload.get("field") == "user_preferences" and _take_preferences(update):
            return Finished(outcome=UpdateOutcome.APPLIED)
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
    if status.error_code == str(consent.OPTED_OUT):
        # The contact's row is locked before the conversation's.
        consent.refused_message(status)
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
