"""Split stored requests into updates.

A claim commits `attempts` and `lease_until` before the work; the updates and the end of the request commit together,
and only while the lease is still ours. One splitter at a time, so that updates are numbered in order of receipt.
"""

import datetime as dt
from collections.abc import Sequence

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from channels_whatsapp.envelope import Element, UnreadableBody, split
from channels_whatsapp.models import (
    InboundUpdate,
    Lane,
    ParkedReason,
    Unreadable,
    UpdateState,
    WebhookRequest,
    WhatsAppNumber,
)
from helpdesk import clock
from tickets.faults import describe

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 5
BATCH = 50
LEASE = dt.timedelta(seconds=10)
# Meta delivers for seven days at most; what is older on arrival was not sent by Meta's retries.
MAX_AGE = dt.timedelta(days=8)
ADVISORY_SPLIT = 7101


def _claim_requests() -> tuple[list[int], dt.datetime]:
    """Lease the oldest unsplit requests; commits before it returns."""
    now = clock.now()
    until = now + LEASE
    waiting = WebhookRequest.objects.filter(finished_at__isnull=True)
    if not waiting.exists():
        return [], until
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_SPLIT])
            row = cursor.fetchone()
        if not (row and row[0]) or waiting.filter(lease_until__gt=now).exists():
            return [], until
        rows = list(waiting.order_by("pk").values_list("pk", "attempts")[:BATCH])
        if not rows:
            return [], until
        # A request that kills its splitter takes its batch down once; from then on each of them is tried alone.
        ids = [rows[0][0]] if rows[0][1] else [pk for pk, attempts in rows if not attempts]
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
    except (OperationalError, InterfaceError):
        # The database's trouble, not the request's; the lease ends by itself.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the requests behind it
        log.error("split_broke", first_request=ids[0], requests=len(ids), error=describe(error))
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
