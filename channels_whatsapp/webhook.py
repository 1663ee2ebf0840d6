"""The door that Meta knocks at: verify, store the raw request, answer. Nothing here looks into the body.

What was answered with 200 is committed; everything after that happens in workers.
"""

import hmac
import re

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from channels_whatsapp.models import WebhookRequest
from helpdesk import clock
from tickets.wake import wake

log = structlog.get_logger(__name__)
SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}", re.ASCII)
# Without a trailing slash: Meta's POST would lose its body on a redirect.
PATH = "/webhooks/whatsapp"
TASK = "channels_whatsapp.tasks.process_inbound"


class TooLarge(Exception):
    """The body exceeds WEBHOOK_MAX_BYTES."""


@csrf_exempt
def webhook(request: HttpRequest) -> HttpResponse:
    """Answer Meta's handshake (GET) and take its events in (POST)."""
    if request.method == "POST":
        return _receive(request)
    if request.method == "GET":
        return _shake_hands(request)
    return _answer(405, "method not allowed", Allow="GET, POST")


def _answer(status: int, text: str, **headers: str) -> HttpResponse:
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", **headers},
    )


def _shake_hands(request: HttpRequest) -> HttpResponse:
    """Echo the challenge to whoever knows the verify token; only such characters as cannot become markup."""
    expected = settings.WHATSAPP_VERIFY_TOKEN
    token = request.GET.get("hub.verify_token", "")
    challenge = request.GET.get("hub.challenge", "")
    known = hmac.compare_digest(token.encode("utf-8", "replace"), expected.encode())
    if not expected or not known or request.GET.get("hub.mode") != "subscribe" or not CHALLENGE.fullmatch(challenge):
        return _answer(403, "forbidden")
    return _answer(200, challenge)


def _receive(request: HttpRequest) -> HttpResponse:
    if not settings.WHATSAPP_APP_SECRETS:
        log.error("webhook_without_app_secret")
        return _answer(503, "not configured")
    try:
        body = _body(request)
    except TooLarge:
        return _answer(413, "too large", Connection="close")
    except OSError:
        return _answer(400, "incomplete body")
    secret_index = matching_secret(request.headers.get("X-Hub-Signature-256", ""), body)
    if secret_index is None:
        return _answer(401, "wrong signature")
    try:
        WebhookRequest.objects.create(body=body, size=len(body), secret_index=secret_index, received_at=clock.now())
    except DatabaseError as error:
        # Meta tries again for days; a 200 now would lose what it sent.
        log.warning("webhook_not_stored", error=type(error).__name__)
        return _answer(503, "database unavailable", **{"Retry-After": "5"})
    wake(TASK)
    return _answer(200, "ok")


def _body(request: HttpRequest) -> bytes:
    """Return the raw bytes. Raises TooLarge, before reading where a length is announced; OSError when cut short."""
    limit: int = settings.WEBHOOK_MAX_BYTES
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced:
        if not announced.isdecimal():
            raise OSError
        if int(announced[:20]) > limit:
            raise TooLarge
        body = request.read()
        if len(body) != int(announced):
            raise OSError
        return body
    if "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
        return b""
    # Django reads nothing without a length; the server ends the stream where the last chunk ends.
    body = bytes(request.META["wsgi.input"].read(limit + 1))
    if len(body) > limit:
        raise TooLarge
    return body


def matching_secret(header: str, body: bytes) -> int | None:
    """Return which app secret made this signature, 0 being the current one; None when none did.

    Every secret is tried in constant time over the bytes as they came: parsing and writing them again would change
    Meta's escapes.
    """
    signature = SIGNATURE.fullmatch(header)
    if signature is None:
        return None
    found = None
    for index, secret in enumerate(settings.WHATSAPP_APP_SECRETS):
        expected = hmac.digest(secret.encode(), body, "sha256").hex()
        if hmac.compare_digest(expected, signature[1]) and found is None:
            found = index
    return found
