"""Files that were uploaded by the business or sent by a customer, and their short-lived addresses."""

import base64
import hashlib
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.state import Medium

URL_SECONDS = 300
MAX_URLS = 5_000
MAX_TOTAL = 512 * 1024 * 1024  # bytes
MEBIBYTE = 1024 * 1024

# What may be uploaded, with the largest size in bytes.
LIMITS = {
    "image/jpeg": 5 * MEBIBYTE,
    "image/png": 5 * MEBIBYTE,
    "image/webp": MEBIBYTE // 2,
    "audio/aac": 16 * MEBIBYTE,
    "audio/amr": 16 * MEBIBYTE,
    "audio/mpeg": 16 * MEBIBYTE,
    "audio/mp4": 16 * MEBIBYTE,
    "audio/ogg": 16 * MEBIBYTE,
    "video/mp4": 16 * MEBIBYTE,
    "video/3gpp": 16 * MEBIBYTE,
    "text/plain": 100 * MEBIBYTE,
    "application/pdf": 100 * MEBIBYTE,
    "application/msword": 100 * MEBIBYTE,
    "application/vnd.ms-excel": 100 * MEBIBYTE,
    "application/vnd.ms-powerpoint": 100 * MEBIBYTE,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * MEBIBYTE,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * MEBIBYTE,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": 100 * MEBIBYTE,
}


class MediaFull(Exception):
    """The space for media is used up."""


def plain(mime_type: str) -> str:
    """Return the type without its parameters."""
    return mime_type.partition(";")[0].strip().lower()


class MediaStore:
    """Files in one folder, known by id."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._media: dict[str, Medium] = {}
        self._urls: dict[str, tuple[str, float]] = {}  # token -> (media id, valid until)
        self._total = 0

    def write(self, chunks: Iterable[bytes], mime_type: str, filename: str) -> Medium:
        """Store a file under a new id. Raises MediaFull, OSError."""
        media_id = str(secrets.randbelow(9 * 10**15) + 10**15)
        path = self._folder / media_id
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if self._total + size > MAX_TOTAL:
                        raise MediaFull
                    digest.update(chunk)
                    file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Medium(media_id, mime_type, digest.hexdigest(), size, filename)

    def restore(self, record: dict[str, Any]) -> None:
        """Take a stored file into the list."""
        keys = ("id", "mime_type", "sha256", "size", "filename")
        medium = Medium(**{key: record[key] for key in keys})
        self._media[medium.id] = medium
        self._total += medium.size

    def get(self, media_id: str) -> Medium | None:
        """Return what is known of a file."""
        return self._media.get(media_id)

    def path(self, medium: Medium) -> Path:
        """Return where the bytes of a file are."""
        return self._folder / medium.id

    def delete(self, media_id: str) -> bool:
        """Remove a file and say whether it was there."""
        medium = self._media.pop(media_id, None)
        if medium is None:
            return False
        self._total -= medium.size
        self.path(medium).unlink(missing_ok=True)
        return True

    def new_url(self, medium: Medium) -> str:
        """Return a token that opens the file for five minutes."""
        now = time.time()
        if len(self._urls) >= MAX_URLS:
            self._urls = {token: entry for token, entry in self._urls.items() if entry[1] > now}
            while len(self._urls) >= MAX_URLS:
                self._urls.pop(next(iter(self._urls)))
        token = secrets.token_urlsafe(24)
        self._urls[token] = (medium.id, now + URL_SECONDS)
        return token

    def by_token(self, token: str) -> Medium | None:
        """Return the file behind a token that is still valid."""
        media_id, until = self._urls.get(token, ("", 0.0))
        return self.get(media_id) if time.time() < until else None

    def clear(self) -> None:
        """Delete every file."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._media.clear()
        self._urls.clear()
        self._total = 0


def inbound_block(medium: Medium, **more: object) -> dict[str, Any]:
    """Return the block of a customer's media message: here the hash is Base64."""
    digest = base64.b64encode(bytes.fromhex(medium.sha256)).decode()
    return {"id": medium.id, "mime_type": medium.mime_type, "sha256": digest, **more}
