"""Serves the few files of the phone pages from memory."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase

FOLDER = Path(__file__).resolve().parent / "static" / "simulator"
FONTS = "static/vendor/inter-*/*.woff2"  # the product's font, beside this package; without it the system's is used
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file, its type and its fingerprint."""

    data: bytes
    content_type: str
    etag: str


def load() -> dict[str, StaticFile]:
    """Read every file that may be served."""
    found = {}
    for path in (*FOLDER.iterdir(), *FOLDER.parents[2].glob(FONTS)):
        if path.suffix in TYPES:
            data = path.read_bytes()
            found[path.name] = StaticFile(data, TYPES[path.suffix], f'"{hashlib.sha256(data).hexdigest()[:20]}"')
    return found


FILES = load()


async def static_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return one file; browsers ask again each time and mostly get a 304."""
    file = FILES.get(name)
    if file is None:
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    headers = {"Cache-Control": "no-cache", "ETag": file.etag}
    if request.headers.get("If-None-Match") == file.etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(file.data, content_type=file.content_type, headers=headers)
