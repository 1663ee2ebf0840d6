"""Fetch the files of messages: each attachment is a due row, claimed by a lease."""

import contextlib
import datetime as dt
import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from channels_whatsapp.client import (
    GraphClient,
    GraphError,
    MediaInfo,
    MediaRefused,
    NoAnswer,
    NothingSent,
    Rejected,
    TooLarge,
)
from channels_whatsapp.content import hex_digest
from channels_whatsapp.encryption import Undecryptable
from channels_whatsapp.models import WhatsAppNumber
from helpdesk import clock
from tickets.actions.base import lock_ticket, touch
from tickets.faults import describe
from tickets.files import HEAD_BYTES, detect_type, path_of
from tickets.models import Attachment

log = structlog.get_logger(__name__)
# Longer than both calls, with their deadlines, can take.
LEASE = dt.timedelta(minutes=3)
FIRST_WAIT = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(hours=6)
# Meta keeps a file for seven days; a day less leaves nothing to chance.
KEPT_FOR = dt.timedelta(days=6)
# A file that is gone, or another one than announced, does not come back; a few tries bridge a hiccup.
HOPELESS_AFTER = 3


class NotThisFile(Exception):
    """What came is not what was announced."""


class DigestingSink:
    """A file that keeps the digest and the first bytes of what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.head = b""
        self.size = 0

    def write(self, chunk: bytes, /) -> int:
        """Write and take note."""
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + chunk)[:HEAD_BYTES]
        self.digest.update(chunk)
        self.size += len(chunk)
        return self._file.write(chunk)


def fetch_next() -> bool:
    """Fetch one due file; return whether there may be more."""
    attachment = _claim()
    if attachment is None:
        return False
    try:
        number = WhatsAppNumber.objects.get(inbox_id=attachment.message.inbox_id)
        client = GraphClient(phone_number_id=number.phone_number_id, access_token=number.access_token)
        _fetch(client, attachment)
    except TooLarge:
        _give_up(attachment, _("The file is larger than this helpdesk takes."))
    except MediaRefused:
        log.error("media_address_refused", attachment=attachment.pk)
        _give_up(attachment, _("The file lies at an address that is not WhatsApp's."))
    except (GraphError, Rejected, NotThisFile) as error:
        _try_later(attachment, type(error).__name__, hopeless=attachment.attempts >= HOPELESS_AFTER)
    except (NothingSent, NoAnswer, OSError, Undecryptable, WhatsAppNumber.DoesNotExist) as error:
        _try_later(attachment, type(error).__name__, hopeless=False)
    except Exception as error:  # noqa: BLE001 - a bug that one file meets must not stop the others
        log.error("media_fetch_broke", attachment=attachment.pk, error=describe(error))
        _try_later(attachment, "error", hopeless=attachment.attempts >= HOPELESS_AFTER)
    return True


def _claim() -> Attachment | None:
    """Lease one due file of a WhatsApp inbox; commits before it returns."""
    now = clock.now()
    with transaction.atomic():
        attachment = (
            Attachment.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(
                Q(lease_until__isnull=True) | Q(lease_until__lte=now),
                state=Attachment.State.PENDING,
                due_at__lte=now,
                message__inbox__channel="whatsapp",
            )
            .select_related("message")
            .order_by("due_at", "pk")
            .first()
        )
        if attachment is None:
            return None
        attachment.lease_until = now + LEASE
        Attachment.objects.filter(pk=attachment.pk).update(
            attempts=F("attempts") + 1, lease_until=attachment.lease_until
        )
    attachment.attempts += 1
    return attachment


def _fetch(client: GraphClient, attachment: Attachment) -> None:
    info = client.media_info(attachment.provider_id)
    if info.size is not None and info.size > settings.MEDIA_MAX_BYTES:
        raise TooLarge
    target = path_of(attachment)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sink = DigestingSink(file)
            client.download(info.url, sink)
            file.flush()
            os.fsync(file.fileno())
        _check(attachment, info, sink)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _store(attachment, sink)


def _check(attachment: Attachment, info: MediaInfo, sink: DigestingSink) -> None:
    announced = {digest for digest in (attachment.sha256, hex_digest(info.sha256)) if digest}
    if announced and announced != {sink.digest.hexdigest()}:
        raise NotThisFile


def _ours(attachment: Attachment) -> QuerySet[Attachment]:
    return Attachment.objects.filter(
        pk=attachment.pk, state=Attachment.State.PENDING, lease_until=attachment.lease_until
    )


def _end(attachment: Attachment, **values: object) -> None:
    """Write how it ended, if the lease is still ours, and tell open pages."""
    ticket_id = attachment.message.ticket_id
    with transaction.atomic():
        ticket = lock_ticket(ticket_id)[1] if ticket_id is not None else None
        if _ours(attachment).update(lease_until=None, due_at=None, **values) and ticket is not None:
            touch(ticket)


def _store(attachment: Attachment, sink: DigestingSink) -> None:
    _end(
        attachment,
        state=Attachment.State.STORED,
        media_type=detect_type(sink.head),
        sha256=sink.digest.hexdigest(),
        size=sink.size,
        error_text="",
    )


def _give_up(attachment: Attachment, text: str) -> None:
    log.warning("media_given_up", attachment=attachment.pk, attempts=attachment.attempts)
    _end(attachment, state=Attachment.State.FAILED, error_text=text)


def _try_later(attachment: Attachment, reason: str, *, hopeless: bool) -> None:
    now = clock.now()
    if hopeless or now - attachment.message.recorded_at > KEPT_FOR:
        _give_up(attachment, _("WhatsApp no longer has this file."))
        return
    wait = min(FIRST_WAIT * 4 ** min(attachment.attempts - 1, 10), LONGEST_WAIT)
    log.info("media_put_off", attachment=attachment.pk, attempts=attachment.attempts, reason=reason)
    _ours(attachment).update(lease_until=None, due_at=now + wait)
