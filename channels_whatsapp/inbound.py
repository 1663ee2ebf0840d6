"""From stored requests to effects in the core, in two steps: split a request into updates, work each update.

Both steps follow one pattern: a claim commits `attempts` and `lease_until` before the work, and the end of the work
is a write that holds only while the lease is still ours, in the transaction of its effects. A crash between the two
costs one lease, a poisonous row five tries; then it is parked and the others flow on.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import Error as DatabaseError
from django.db import OperationalError, connection, transaction
from django.db.models import F

from channels_whatsapp import errors, wire
from channels_whatsapp.envelope import Element, UnreadableBody, split
from channels_whatsapp.models import (
    InboundUpdate,
    Lane,
    ParkedReason,
    Unreadable,
    UpdateOutcome,
    UpdateState,
    WebhookRequest,
    WhatsAppNumber,
)
from helpdesk import clock
from tickets.delivery import report
from tickets.inbound import Outcome
from tickets.intake import receive

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 5
SPLIT_BATCH = 50
SPLIT_LEASE = dt.timedelta(seconds=10)
WORK_BATCH = 10
WORK_LEASE = dt.timedelta(seconds=30)
# Meta delivers for seven days at most; what is older on arrival was not sent by Meta's retries.
MAX_AGE = dt.timedelta(days=8)
# How long a status may be ahead of what it speaks about; after that it concerns a message of somebody else.
FOREIGN_AFTER = dt.timedelta(minutes=1)
DEADLOCK_TRIES = 3
# PostgreSQL: deadlock_detected, serialization_failure.
WORTH_ANOTHER_TRY = frozenset({"40P01", "40001"})
ADVISORY_SPLIT = 7101

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


def _take_run(rows: Sequence[tuple[int, int]]) -> list[int]:
    """Return the ids to lease: all fresh ones, or one alone that was tried before.

    A row that kills its worker takes its whole batch down once; from then on each of them is tried alone.
    """
    if rows and rows[0][1] > 0:
        return [rows[0][0]]
    return [pk for pk, attempts in rows if attempts == 0]


# -- Requests to updates -----------------------------------------------------------------------------


def _claim_requests() -> tuple[list[int], dt.datetime]:
    """Lease the oldest unsplit requests. One splitter at a time, so that updates are numbered in order of receipt."""
    now = clock.now()
    until = now + SPLIT_LEASE
    waiting = WebhookRequest.objects.filter(finished_at__isnull=True)
    if not waiting.exists():
        return [], until
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_SPLIT])
            row = cursor.fetchone()
        if not (row and row[0]) or waiting.filter(lease_until__gt=now).exists():
            return [], until
        rows = list(waiting.order_by("pk").values_list("pk", "attempts")[:SPLIT_BATCH])
        ids = _take_run(rows)
        WebhookRequest.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1, lease_until=until)
    return ids, until


def split_next() -> bool:
    """Split the oldest stored requests into updates, in one transaction; return whether there may be more."""
    ids, until = _claim_requests()
    if not ids:
        return False
    try:
        with transaction.atomic():
            ours = WebhookRequest.objects.select_for_update(no_key=True).filter(pk__in=ids, lease_until=until)
            _split(list(ours.order_by("pk")))
    except DatabaseError:
        # The database's trouble, not the request's; the lease ends by itself.
        raise
    except Exception:
        log.exception("split_broke", first_request=ids[0], requests=len(ids))
        WebhookRequest.objects.filter(pk__in=ids, lease_until=until).update(lease_until=None)
    return True


def _split(requests: Sequence[WebhookRequest]) -> None:
    at = clock.now()
    cut: list[tuple[WebhookRequest, list[Element]]] = []
    for request in requests:
        elements: list[Element] = []
        unreadable = ""
        if request.attempts > MAX_ATTEMPTS:
            unreadable = Unreadable.GAVE_UP
        else:
            try:
                elements = split(bytes(request.body))
            except UnreadableBody as error:
                unreadable = error.reason
        if unreadable:
            log.warning("webhook_unreadable", request=str(request.token), reason=unreadable)
            WebhookRequest.objects.filter(pk=request.pk).update(unreadable=unreadable, finished_at=at, lease_until=None)
        cut.append((request, elements))
    numbers = _numbers({element.phone_number_id for _, elements in cut for element in elements})
    rows = [
        _row(request, position, element, numbers.get(element.phone_number_id), at)
        for request, elements in cut
        for position, element in enumerate(elements)
    ]
    InboundUpdate.objects.bulk_create(rows, batch_size=500)
    WebhookRequest.objects.filter(pk__in=[request.pk for request in requests], finished_at__isnull=True).update(
        finished_at=at, lease_until=None
    )


def _numbers(phone_number_ids: set[str]) -> dict[str, int]:
    known = WhatsAppNumber.objects.filter(phone_number_id__in=phone_number_ids)
    return dict(known.values_list("phone_number_id", "pk"))


def _row(
    request: WebhookRequest, position: int, element: Element, number_id: int | None, at: dt.datetime
) -> InboundUpdate:
    parked = ""
    if element.lane != Lane.OTHER:
        if number_id is None:
            parked = ParkedReason.UNKNOWN_NUMBER
        elif element.provider_time and request.received_at - element.provider_time > MAX_AGE:
            parked = ParkedReason.TOO_OLD
    if parked:
        log.warning("update_parked", request=str(request.token), position=position, reason=parked)
    return InboundUpdate(
        request=request,
        position=position,
        lane=element.lane,
        identity_key=element.identity_key,
        phone_number_id=element.phone_number_id,
        number_id=number_id,
        payload=element.payload,
        provider_time=element.provider_time,
        received_at=request.received_at,
        state=UpdateState.PARKED if parked else UpdateState.WAITING,
        parked_reason=parked,
        due_at=at,
    )


# -- Updates to effects ------------------------------------------------------------------------------


def _claim_updates() -> list[InboundUpdate]:
    """Lease some due updates; commits before it returns."""
    now = clock.now()
    until = now + WORK_LEASE
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CANDIDATES, {"now": now, "limit": WORK_BATCH})
            ids = _take_run(cursor.fetchall())
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
        except Exception:
            # The traceback names our code; messages of such exceptions may quote what a customer wrote.
            log.exception("update_failed", update=update.pk, attempts=update.attempts)
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
