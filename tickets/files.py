"""Where the files of attachments lie, and what they are by their first bytes."""

import re
from pathlib import Path

from django.conf import settings

from tickets.models import Attachment

# What browsers show without running anything in it; SVG and HTML are never among them.
INLINE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
UNKNOWN_TYPE = "application/octet-stream"
HEAD_BYTES = 64
ISO_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B "})
MAX_NAME = 120
# Control characters, and those that turn the direction of writing: "gpj.exe" would read as "exe.jpg".
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def path_of(attachment: Attachment) -> Path:
    """Return where a file lies. Its name is random; nothing of what the sender called it is in the path."""
    return Path(settings.MEDIA_ROOT) / attachment.token[:2] / attachment.token


def detect_type(head: bytes) -> str:
    """Tell a file's type by its first bytes, whatever it claims to be."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand.startswith(b"3g"):
            return "video/3gpp"
        return "audio/mp4" if brand in ISO_AUDIO_BRANDS else "video/mp4"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return UNKNOWN_TYPE


def safe_name(attachment: Attachment) -> str:
    """Return a file name for people: what the sender called it, without paths and without tricks."""
    name = re.split(r"[/\\]", attachment.file_name)[-1]
    name = UNPRINTABLE.sub("", name).strip(" .")
    if len(name) > MAX_NAME:
        stem, dot, suffix = name.rpartition(".")
        ending = dot + suffix if dot and len(suffix) <= 10 else ""
        name = (stem if ending else name)[: MAX_NAME - len(ending)] + ending
    return name or f"file-{attachment.pk}"
