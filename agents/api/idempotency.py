"""Creating requests that may be repeated: the same key has one effect, and every repetition gets the first answer.

The key is written in the transaction of the effect, so a crash leaves both or neither. Of two copies at the same moment
the second waits in the unique index until the first has committed, and then repeats its answer. A refusal is not kept:
what failed may be tried again with the same key.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.problems import Problem
from agents.models import ApiToken, IdempotencyKey
from helpdesk import clock

KEPT = dt.timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,255}")
# Rows that one purge removes, so that it never takes long.
PURGE = 1000


@dataclass(frozen=True)
class Answer:
    """What a creating request is answered."""

    status: int
    data: Any


def _digest(request: Request) -> str:
    said = [request.method, request.path, request.data]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _replay(row: IdempotencyKey, digest: str) -> Response:
    if row.digest != digest:
        raise Problem(422, "idempotency_key_reused", _("This Idempotency-Key was sent with another request."))
    return Response(json.loads(row.response), status=row.status, headers={"Idempotency-Replayed": "true"})


def once(request: Request, perform: Callable[[], Answer]) -> Response:
    """Perform a creating request, or repeat what an earlier one with its Idempotency-Key was answered.

    Raises Problem 400 for a key that is none, 422 for a key of another request.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        answer = perform()
        return Response(answer.data, status=answer.status)
    if not KEY.fullmatch(key):
        raise Problem(400, "idempotency_key_invalid", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    token, digest, at = request.auth, _digest(request), clock.now()
    assert isinstance(token, ApiToken)  # noqa: S101 - HasScope
    with transaction.atomic():
        ours = IdempotencyKey.objects.filter(token=token, key=key)
        ours.filter(created_at__lte=at - KEPT).delete()
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(token=token, key=key, digest=digest, created_at=at)
        except IntegrityError:
            return _replay(ours.get(), digest)
        answer = perform()
        row.status, row.response = answer.status, JSONRenderer().render(answer.data).decode()
        row.save(update_fields=["status", "response"])
    return Response(json.loads(row.response), status=answer.status)


def forget_old() -> bool:
    """Delete keys that are older than a day; return whether there may be more."""
    old = IdempotencyKey.objects.filter(created_at__lte=clock.now() - KEPT).values("pk")[:PURGE]
    deleted, _by_model = IdempotencyKey.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return deleted == PURGE
