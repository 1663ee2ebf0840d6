"""The only door out: the outbox is the Message row itself.

A claim commits `sending`, the attempt's number and a lease before the call. Every later write holds only for that
attempt, so a worker that was frozen and wakes up changes nothing. What nobody knows is never sent again by the
machine; the provider's status settles it by the token of the attempt.
"""

import datetime as dt
import random
import uuid
from dataclasses import dataclass

import structlog
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from tickets.actions import automatic, outbox
from tickets.channels import Channel, DeliveryUnknown, Draft, SendError, get_channel
from tickets.faults import describe
from tickets.inbound import DeliveryReport
from tickets.models import DeliveryAttempt, Inbox, Message, MessageKind, MessageState
from tickets.sweeping import LOOKED_AT, first_of

log = structlog.get_logger(__name__)
# Longer than any channel's deadline for one call.
LEASE = dt.timedelta(seconds=45)
MAX_ATTEMPTS = 6
# A waiting retry holds its conversation: bounded, so that nothing is held for ever.
MAX_RETRY_AGE = dt.timedelta(minutes=15)
BACKOFF_SECONDS = (2, 5, 15, 60, 180)
ASK_AFTER = dt.timedelta(minutes=10)
ADVISORY_CLASS = 7001

# The oldest message of each conversation that may leave now: nothing before it in its conversation is still to go.
# A reply does not wait for what the machine has to say.
CANDIDATES = """
SELECT m.id FROM tickets_message m
WHERE m.inbox_id = %(inbox)s AND m.state IN ('held', 'queued') AND m.due_at <= %(now)s
  AND NOT EXISTS (
    SELECT 1 FROM tickets_message e
    WHERE e.conversation_id = m.conversation_id AND e.seq < m.seq AND e.send_priority <= m.send_priority
      AND e.state IN ('held', 'queued', 'sending'))
ORDER BY m.send_priority, m.due_at, m.id
LIMIT 20
FOR NO KEY UPDATE OF m SKIP LOCKED
"""
INBOXES_WITH_WORK = """
SELECT inbox_id FROM tickets_message WHERE state IN ('held', 'queued') AND due_at <= %(now)s
GROUP BY inbox_id ORDER BY min(send_priority), min(due_at)
"""


@dataclass(frozen=True)
class Claim:
    """One message that is ours to send, once."""

    message_id: int
    attempt: int
    token: uuid.UUID


def _claim_in(inbox_id: int, at: dt.datetime) -> Claim | None:
    """Claim one message of an inbox, at most `max_sending` of which are under way; commits before it returns."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Claims of one inbox take turns for the millisecond they last; the count below is exact therefore.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ADVISORY_CLASS, inbox_id])
            inbox = Inbox.objects.get(pk=inbox_id)
            under_way = Message.objects.filter(inbox_id=inbox_id, state=MessageState.SENDING).count()
            if not inbox.is_active or under_way >= inbox.max_sending:
                return None
            cursor.execute(CANDIDATES, {"inbox": inbox_id, "now": at})
            candidates = [row[0] for row in cursor.fetchall()]
        for message_id in candidates:
            message = Message.objects.get(pk=message_id)
            message.state = MessageState.SENDING
            message.attempt += 1
            message.lease_until = at + LEASE
            try:
                with transaction.atomic():
                    message.save(update_fields=["state", "attempt", "lease_until"])
                    attempt = DeliveryAttempt.objects.create(message=message, number=message.attempt, started_at=at)
            except IntegrityError:
                # Another message of this conversation is being sent; the next candidate is of another one.
                continue
            return Claim(message.pk, message.attempt, attempt.token)
    return None


def _claim() -> Claim | None:
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(INBOXES_WITH_WORK, {"now": at})
        inboxes = [row[0] for row in cursor.fetchall()]
    for inbox_id in inboxes:
        claim = _claim_in(inbox_id, at)
        if claim is not None:
            return claim
    return None


def _backoff(tries: int, wish: float | None) -> dt.timedelta:
    seconds = BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS)) - 1]
    # Jitter only spreads retries; it guards nothing.
    return dt.timedelta(seconds=max(wish or 0, seconds * random.uniform(0.8, 1.2)))  # noqa: S311


def _send(claim: Claim, message: Message, channel: Channel) -> None:
    at = clock.now()
    conversation = message.conversation
    if reason := automatic.outdated(message, at):
        text = _("Dropped: the moment for it had passed.")
        if reason == "opted_out":
            text = _("Dropped: the contact does not want automatic messages.")
        outbox.fail(message_id=message.pk, attempt=claim.attempt, code=reason, text=text)
        return
    if text := outbox.misplaced(message):
        outbox.fail(message_id=message.pk, attempt=claim.attempt, code="other_inbox", text=text)
        return
    refusal = channel.refusal(conversation, Draft.of(message), at)
    if refusal is not None:
        outbox.fail(message_id=message.pk, attempt=claim.attempt, code=refusal.code, text=refusal.text)
        return
    still_ours = Message.objects.filter(
        pk=message.pk, attempt=claim.attempt, state=MessageState.SENDING, lease_until__gt=clock.now()
    )
    if not still_ours.exists():
        return
    try:
        external_id = channel.send(message, token=claim.token)
    except SendError as error:
        too_old = at - message.tried_since > MAX_RETRY_AGE and message.tries > 1
        if error.permanent or message.tries >= MAX_ATTEMPTS or too_old:
            outbox.fail(message_id=message.pk, attempt=claim.attempt, code=error.code, text=error.text)
        else:
            outbox.put_back(
                message_id=message.pk,
                attempt=claim.attempt,
                due_at=clock.now() + _backoff(message.tries, error.retry_after),
                code=error.code,
                text=error.text,
            )
    except DeliveryUnknown as error:
        outbox.lose_track(message_id=message.pk, attempt=claim.attempt, text=str(error))
    else:
        outbox.accept(message_id=message.pk, attempt=claim.attempt, external_id=external_id)


def deliver_next() -> bool:
    """Send one due message; return whether there may be more."""
    claim = _claim()
    if claim is None:
        return False
    message = Message.objects.select_related("conversation__inbox", "inbox", "quoted", "author").get(
        pk=claim.message_id
    )
    try:
        _send(claim, message, get_channel(message.inbox))
    except Exception as error:  # noqa: BLE001 - ours, not the provider's: whether the call went out is anybody's guess
        log.error("delivery_broke", message=message.pk, error=describe(error))
        outbox.lose_track(
            message_id=message.pk,
            attempt=claim.attempt,
            text=_("Something went wrong on our side while sending."),
        )
    return True


def settle_next() -> bool:
    """Look after one message whose lease ran out, or whose fate has been unknown for ten minutes."""
    at = clock.now()
    expired = Message.objects.filter(state=MessageState.SENDING, lease_until__lte=at).order_by("lease_until")
    attempts = dict(expired.values_list("pk", "attempt")[:LOOKED_AT])

    def lose_track(pk: int) -> bool:
        text = _("The connection broke while sending.")
        return outbox.lose_track(message_id=pk, attempt=attempts[pk], text=text)

    if first_of(attempts, lose_track):
        return True
    unknown = Message.objects.filter(
        kind=MessageKind.OUTBOUND,
        state=MessageState.UNKNOWN,
        asked_at__isnull=True,
        unknown_at__lte=at - ASK_AFTER,
    ).order_by("unknown_at")
    ids = unknown.values_list("pk", flat=True)[:LOOKED_AT]
    return first_of(ids, lambda pk: outbox.give_up_waiting(message_id=pk))


def message_of(status: DeliveryReport) -> int | None:
    """Return the id of the message that a status speaks of, by the provider's id or the attempt's token."""
    return outbox.find(status)


def report(status: DeliveryReport) -> bool:
    """Take a provider's status in; False when we know no such message, perhaps not yet."""
    return outbox.apply_report(report=status)
