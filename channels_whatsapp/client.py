"""Every call to Meta's Graph API. Nothing else in the product speaks HTTP to Meta.

Source: Meta's documentation of the Cloud API (messages, media), versions v23.0 to v26.0.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from channels_whatsapp import transport
from channels_whatsapp.encryption import Secret
from channels_whatsapp.transport import Answer, NoAnswer, NothingSent, Sink, TooLarge

__all__ = [
    "GraphClient",
    "GraphError",
    "MediaInfo",
    "MediaRefused",
    "NoAnswer",
    "NothingSent",
    "Rejected",
    "TooLarge",
]
HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)
MAX_REDIRECTS = 3
MAX_PAGES = 100
MAX_RETRY_AFTER = 3600.0


class GraphError(Exception):
    """Meta definitely refused, and said why; `details` is for administrators."""

    def __init__(self, *, code: int, status: int, details: str, retry_after: float | None) -> None:
        super().__init__(f"error {code}")
        self.code = code
        self.status = status
        self.details = details
        self.retry_after = retry_after


class Rejected(Exception):
    """Something in front of Meta definitely refused: an answer below 500 without Meta's error object."""

    def __init__(self, *, status: int, retry_after: float | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after


class MediaRefused(Exception):
    """The address of a file is none that we would give our token to."""


@dataclass(frozen=True, kw_only=True)
class MediaInfo:
    """Where a file can be fetched, for five minutes, and what it claims to be."""

    url: str
    media_type: str
    sha256: str
    size: int | None


class GraphClient:
    """The calls of one business number."""

    def __init__(self, *, phone_number_id: str, access_token: Secret) -> None:
        self._phone_number_id = phone_number_id
        self._token = access_token

    def send(self, payload: dict[str, Any]) -> str:
        """Send a message and return its id. Raises GraphError, Rejected, NothingSent (all: not taken), NoAnswer."""
        data = self._call("POST", f"{self._phone_number_id}/messages", payload)
        messages = data.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        wamid = first.get("id") if isinstance(first, dict) else None
        if not isinstance(wamid, str) or not wamid:
            # Taken, in all likelihood, but under a name that we do not know.
            raise NoAnswer("no id")
        return wamid

    def templates(self, waba_id: str) -> Iterator[dict[str, Any]]:
        """Yield the templates of an account, page by page. Raises GraphError, Rejected, NothingSent, NoAnswer."""
        fields = "name,language,status,category,components,parameter_format"
        after = ""
        for _ in range(MAX_PAGES):
            data = self._call("GET", f"{quote(waba_id, safe='')}/message_templates?fields={fields}&limit=100{after}")
            rows = data.get("data")
            yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
            paging = data.get("paging")
            cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
            cursor = cursors.get("after") if isinstance(cursors, dict) else None
            if not isinstance(cursor, str) or not cursor:
                return
            # Meta's own address of the next page names its host; ours stays the one we were given.
            after = f"&after={quote(cursor, safe='')}"

    def mark_read(self, external_id: str, *, typing: bool = False) -> None:
        """Tick a message, and all before it, as read; `typing` shows three dots for 25 seconds at most."""
        payload: dict[str, Any] = {"status": "read", "message_id": external_id}
        if typing:
            payload["typing_indicator"] = {"type": "text"}
        self._call("POST", f"{self._phone_number_id}/messages", payload)

    def media_info(self, media_id: str) -> MediaInfo:
        """Ask where a file can be fetched. Raises GraphError, Rejected, NothingSent, NoAnswer."""
        data = self._call("GET", f"{quote(media_id, safe='')}?phone_number_id={quote(self._phone_number_id)}")
        # A text on Meta's page, a number in real answers.
        size = str(data.get("file_size") or "")
        return MediaInfo(
            url=str(data.get("url") or ""),
            media_type=str(data.get("mime_type") or "").split(";")[0].strip().lower(),
            sha256=str(data.get("sha256") or ""),
            size=int(size) if size.isascii() and size.isdigit() else None,
        )

    def download(self, url: str, sink: Sink) -> None:
        """Write a file to `sink`. Raises MediaRefused, TooLarge, Rejected, NothingSent, NoAnswer."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = transport.exchange(
                "GET",
                url,
                headers=self._headers(),
                seconds=settings.MEDIA_DEADLINE,
                connect_seconds=settings.GRAPH_CONNECT_TIMEOUT,
                sink=sink,
                max_bytes=settings.MEDIA_MAX_BYTES,
                allow_private=_check_media_address(url),
            )
            if answer.status == 200:
                return
            if answer.status not in {301, 302, 303, 307, 308}:
                break
            # Each hop is checked like the first one, before the token goes there.
            url = answer.headers.get("Location", "")
        if answer.status >= 500:
            raise NoAnswer(f"status {answer.status}")
        raise Rejected(status=answer.status, retry_after=_retry_after(answer))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.reveal()}"}

    def _call(self, method: str, path: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = transport.exchange(
            method,
            f"{settings.GRAPH_BASE_URL}/{settings.GRAPH_VERSION}/{path}",
            headers=self._headers(),
            seconds=settings.GRAPH_DEADLINE,
            connect_seconds=settings.GRAPH_CONNECT_TIMEOUT,
            json=None if payload is None else {"messaging_product": "whatsapp", **payload},
            # Whoever runs this installation named that host.
            allow_private=True,
        )
        return _read(answer)


def _read(answer: Answer) -> dict[str, Any]:
    """Sort an answer. Raises GraphError and Rejected (definitely not taken), NoAnswer (nobody knows)."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict):
        if 200 <= answer.status < 300 and "error" not in data:
            return data
        error = data.get("error")
        if isinstance(error, dict) and isinstance(error.get("code"), int):
            raise GraphError(
                code=error["code"], status=answer.status, details=_details(error), retry_after=_retry_after(answer)
            )
    if answer.status == 408 or answer.status >= 500 or 200 <= answer.status < 300:
        # A page of a proxy, or nothing: it may have been taken all the same.
        raise NoAnswer(f"status {answer.status}")
    raise Rejected(status=answer.status, retry_after=_retry_after(answer))


def _details(error: dict[str, Any]) -> str:
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else data
    return str(details or error.get("message") or "")[:300]


def _retry_after(answer: Answer) -> float | None:
    text = answer.headers.get("Retry-After", "").strip()
    return min(float(text), MAX_RETRY_AFTER) if text.isascii() and text.isdigit() else None


def _check_media_address(url: str) -> bool:
    """Return whether a file's address may be a private one; only the simulator's may. Raises MediaRefused."""
    try:
        parts, base = urlsplit(url), urlsplit(settings.GRAPH_BASE_URL)
        port, connects_to = parts.port, parse_url(url).host
    except (ValueError, LocationParseError):
        raise MediaRefused from None
    host = parts.hostname or ""
    # Two parsers may read one address differently (a backslash is enough); the one that connects has to agree.
    if parts.username is not None or parts.password is not None or not host or connects_to != host:
        raise MediaRefused
    if settings.DEMO and (parts.scheme, host, port) == (base.scheme, base.hostname, base.port):
        return True
    trusted = any(host == name or host.endswith(f".{name}") for name in settings.MEDIA_HOSTS)
    if not HOST_NAME.fullmatch(host) or parts.scheme != "https" or port not in {None, 443} or not trusted:
        raise MediaRefused
    return False
