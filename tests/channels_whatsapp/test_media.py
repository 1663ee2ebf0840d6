"""Files: fetched from Meta and from nowhere else, checked, stored under random names, shown to whom it concerns."""

import base64
import datetime as dt
import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from agents.models import User
from channels_whatsapp import media
from channels_whatsapp.client import GraphClient, MediaRefused
from channels_whatsapp.encryption import Secret
from channels_whatsapp.models import WhatsAppNumber
from helpdesk import clock
from tests.cast import House, person, ticket_of, writes
from tests.channels_whatsapp.conftest import SENTINEL
from tests.channels_whatsapp.meta import Meta, Script, answer, drip, graph_error
from tests.channels_whatsapp.payloads import PNID
from tickets.files import detect_type, path_of, safe_name
from tickets.inbound import InboundAttachment
from tickets.models import Attachment, ContentType
from tickets.views.media import media as media_view

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 500
PDF = b"%PDF-1.7 rest"


@pytest.fixture(autouse=True)
def _media_root(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def attachment(cast: House, number: WhatsAppNumber) -> Attachment:
    """Aoife sent a photo of the broken pole."""
    return arrives(cast)


def arrives(cast: House, **fields: Any) -> Attachment:
    file = InboundAttachment(**{"provider_id": "77", "media_type": "image/jpeg", **fields})
    ticket = ticket_of(writes(cast.inbox, "", content_type=ContentType.IMAGE, attachments=(file,)))
    return Attachment.objects.get(message__ticket=ticket, provider_id=file.provider_id)


def info(meta: Meta, body: bytes = JPEG, **fields: Any) -> Script:
    """Say where the file is."""
    values = {
        "url": f"{meta.url}/file",
        "mime_type": "image/jpeg",
        "sha256": hashlib.sha256(body).hexdigest(),
        "file_size": len(body),
        "id": "77",
    }
    return answer(200, {**values, **fields})


def fetch_later(attachment: Attachment) -> None:
    """Let a put-off fetch be due, and do it."""
    attachment.refresh_from_db()
    due_at = attachment.due_at
    assert due_at is not None
    with time_machine.travel(due_at, tick=False):
        assert media.fetch_next() is True
    attachment.refresh_from_db()


def stored_files(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]


# -- Fetching ----------------------------------------------------------------------------------------


def test_a_file_is_fetched_with_the_token_and_stored_under_a_random_name(
    attachment: Attachment, meta: Meta, tmp_path: Path
) -> None:
    meta.plan(info(meta), answer(200, JPEG))
    before = attachment.message.ticket
    assert before is not None
    assert media.fetch_next() is True
    attachment.refresh_from_db()
    assert (attachment.state, attachment.media_type, attachment.size) == ("stored", "image/jpeg", len(JPEG))
    assert path_of(attachment).read_bytes() == JPEG
    assert stored_files(tmp_path) == [f"{attachment.token[:2]}/{attachment.token}"]
    assert [seen.line.split()[1] for seen in meta.seen] == [f"/v26.0/77?phone_number_id={PNID}", "/file"]
    assert {seen.headers["authorization"] for seen in meta.seen} == {f"Bearer {SENTINEL}"}
    version = before.version
    before.refresh_from_db()
    assert before.version == version + 1
    assert media.fetch_next() is False


def test_the_type_is_what_the_bytes_say_and_not_what_was_claimed(attachment: Attachment, meta: Meta) -> None:
    body = b"<html><script>alert(1)</script>"
    meta.plan(info(meta, body), answer(200, body))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.media_type == "application/octet-stream"


def test_another_file_than_announced_is_not_kept(attachment: Attachment, meta: Meta, tmp_path: Path) -> None:
    meta.plan(info(meta, b"something else"), answer(200, JPEG), info(meta, b"something else"), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    assert (attachment.state, stored_files(tmp_path)) == ("pending", [])
    fetch_later(attachment)
    meta.plan(info(meta, b"something else"), answer(200, JPEG))
    fetch_later(attachment)
    assert attachment.state == "failed"
    assert attachment.error_text


def test_the_digest_of_the_webhook_counts_as_well(cast: House, number: WhatsAppNumber, meta: Meta) -> None:
    attachment = arrives(cast, sha256=hashlib.sha256(b"other").hexdigest())
    meta.plan(info(meta), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "pending"


def test_a_digest_in_base64_is_understood(attachment: Attachment, meta: Meta) -> None:
    meta.plan(info(meta, sha256=base64.b64encode(hashlib.sha256(JPEG).digest()).decode()), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "stored"


@pytest.mark.parametrize("announced", [10**9, 3, None])
def test_a_file_that_is_too_large_is_given_up_whatever_its_size_was_said_to_be(
    attachment: Attachment, meta: Meta, settings: Settings, tmp_path: Path, announced: int | None
) -> None:
    settings.MEDIA_MAX_BYTES = 100
    meta.plan(info(meta, file_size=announced), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "failed"
    assert "larger" in attachment.error_text
    assert stored_files(tmp_path) == []


@pytest.mark.parametrize(
    "script", [drip, answer(503, b""), answer(200, b"not JSON"), graph_error(131016, 500), graph_error(190, 401)]
)
def test_trouble_is_put_off_and_tried_again(attachment: Attachment, meta: Meta, script: Script) -> None:
    meta.plan(script)
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "pending"
    assert attachment.due_at is not None
    assert attachment.due_at > clock.now()
    assert attachment.lease_until is None
    meta.plan(info(meta), answer(200, JPEG))
    fetch_later(attachment)
    assert attachment.state == "stored"


def test_an_address_that_expired_is_asked_for_again(attachment: Attachment, meta: Meta) -> None:
    meta.plan(info(meta), answer(404, b""), info(meta), answer(200, JPEG))
    media.fetch_next()
    fetch_later(attachment)
    assert attachment.state == "stored"


def test_after_six_days_a_file_is_given_up_and_the_agent_is_told(attachment: Attachment, meta: Meta) -> None:
    meta.plan(answer(503, b""))
    start = clock.now()
    while attachment.state == "pending":
        fetch_later(attachment)
        assert attachment.attempts < 100
    assert attachment.state == "failed"
    assert attachment.error_text == "WhatsApp no longer has this file."
    assert attachment.due_at is None
    assert attachment.attempts > 20
    assert clock.now() - start < dt.timedelta(minutes=1)


def test_a_full_disk_is_put_off(attachment: Attachment, meta: Meta, tmp_path: Path) -> None:
    meta.plan(info(meta), answer(200, JPEG))
    # Where the folder should be stands a file: as little can be written as on a full disk.
    (tmp_path / attachment.token[:2]).write_text("in the way")
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "pending"
    assert attachment.due_at is not None


def test_a_fetch_whose_worker_died_is_repeated_after_its_lease(attachment: Attachment, meta: Meta) -> None:
    assert media._claim() is not None
    assert media.fetch_next() is False
    meta.plan(info(meta), answer(200, JPEG))
    with time_machine.travel(clock.now() + media.LEASE, tick=False):
        assert media.fetch_next() is True
    attachment.refresh_from_db()
    assert attachment.state == "stored"


# -- Where the token may go --------------------------------------------------------------------------


@pytest.fixture
def trap() -> Iterator[Meta]:
    """A server that must never see the token."""
    with Meta() as server:
        server.plan(answer(200, JPEG))
        yield server


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://2130706433/",
        "https://127.0.0.1/",
        "https://localhost/",
        "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://user:pass@lookaside.fbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://evilfbsbx.com/x",
        "https://evil.example/#.fbsbx.com",
        "https://evil.example\\.fbsbx.com/",
        "file:///etc/passwd",
        "ftp://lookaside.fbsbx.com/x",
        "//lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:99999/x",
        "",
    ],
)
def test_an_address_that_is_not_metas_gets_neither_token_nor_request(
    attachment: Attachment, meta: Meta, url: str
) -> None:
    meta.plan(info(meta, url=url))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "failed"
    assert len(meta.seen) == 1


def test_outside_the_demo_not_even_the_graph_host_is_trusted_with_files(
    attachment: Attachment, meta: Meta, settings: Settings
) -> None:
    settings.DEMO = False
    meta.plan(info(meta), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "failed"


def test_a_redirect_to_another_host_is_not_followed(attachment: Attachment, meta: Meta, trap: Meta) -> None:
    meta.plan(info(meta), answer(302, b"", f"Location: {trap.url}/x"))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "failed"
    assert trap.connections == 0


def test_a_redirect_within_the_same_host_is_followed(attachment: Attachment, meta: Meta) -> None:
    meta.plan(info(meta), answer(302, b"", f"Location: {meta.url}/other"), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    assert attachment.state == "stored"


def test_a_trusted_name_that_resolves_to_a_private_address_gets_nothing(
    trap: Meta, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(trap.url.rsplit(":", 1)[1])
    genuine = socket.getaddrinfo

    def rebound(host: str, _port: Any, *args: Any, **kwargs: Any) -> Any:
        return genuine("127.0.0.1" if host == "lookaside.fbsbx.com" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    client = GraphClient(phone_number_id=PNID, access_token=Secret.of(SENTINEL))
    with pytest.raises(Exception, match="ConnectionError"), Path(os.devnull).open("wb") as sink:
        client.download("https://lookaside.fbsbx.com/x", sink)
    assert trap.seen == []
    with pytest.raises(MediaRefused), Path(os.devnull).open("wb") as sink:
        client.download("https://evil.example/x", sink)


# -- Types and names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (PDF, "application/pdf"),
        (b"OggS\x00", "audio/ogg"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp5", "video/3gpp"),
        (b"#!AMR\n", "audio/amr"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\xff\xf1\x50", "audio/aac"),
        (b"<svg xmlns=", "application/octet-stream"),
        (b"PK\x03\x04", "application/octet-stream"),
        (b"RIFF\x00\x00\x00\x00WAVE", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b"\xff", "application/octet-stream"),
    ],
)
def test_types_are_told_by_the_first_bytes(head: bytes, kind: str) -> None:
    assert detect_type(head) == kind


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("invoice ç.pdf", "invoice ç.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("nul\x00l", "null"),
        ("...", "file-5"),
        ("", "file-5"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("発注書.pdf", "発注書.pdf"),
    ],
)
def test_names_lose_their_paths_and_tricks(given: str, shown: str) -> None:
    assert safe_name(Attachment(pk=5, file_name=given)) == shown


# -- Showing -----------------------------------------------------------------------------------------


def show(user: User | AnonymousUser, token: str, method: str = "get") -> Any:
    request = getattr(RequestFactory(), method)("/")
    request.user = user
    return media_view(request, token)


@pytest.fixture
def photo(attachment: Attachment, meta: Meta) -> Attachment:
    """Return a stored photo."""
    meta.plan(info(meta), answer(200, JPEG))
    media.fetch_next()
    attachment.refresh_from_db()
    return attachment


def test_a_photo_is_shown_in_the_page_to_those_who_may_read_its_ticket(cast: House, photo: Attachment) -> None:
    for reader in (cast.lena, cast.amira, cast.jonas, cast.ada):
        response = show(reader, photo.token)
        assert b"".join(response.streaming_content) == JPEG
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Disposition"].startswith("inline")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private" in response["Cache-Control"]


def test_to_everybody_else_it_does_not_exist(cast: House, photo: Attachment) -> None:
    outsider = person("otto")
    for reader, token in ((outsider, photo.token), (cast.lena, "unknown"), (cast.lena, photo.token + "x")):
        with pytest.raises(Http404):
            show(reader, token)
    cast.lena.is_active = False
    with pytest.raises(Http404):
        show(cast.lena, photo.token)
    assert show(AnonymousUser(), photo.token).status_code == 302
    assert show(cast.lena, photo.token, "post").status_code == 405


@pytest.mark.parametrize("kind", ["application/pdf", "image/svg+xml", "text/html", "", "application/octet-stream"])
def test_anything_but_a_raster_image_is_saved_and_not_shown(cast: House, photo: Attachment, kind: str) -> None:
    Attachment.objects.update(media_type=kind, file_name="a\r\nSet-Cookie: x=1.html ü")
    response = show(cast.lena, photo.token)
    assert response["Content-Disposition"].startswith("attachment")
    assert "\r" not in response["Content-Disposition"]
    assert "filename*=utf-8''" in response["Content-Disposition"]


def test_a_file_that_is_not_there_yet_does_not_exist(cast: House, attachment: Attachment, photo: Attachment) -> None:
    path_of(photo).unlink()
    with pytest.raises(Http404):
        show(cast.lena, photo.token)
    Attachment.objects.update(state="failed")
    with pytest.raises(Http404):
        show(cast.lena, photo.token)


def test_a_file_of_a_message_without_a_ticket_is_seen_by_those_who_see_the_conversation(
    cast: House, photo: Attachment
) -> None:
    photo.message.ticket = None
    photo.message.save()
    assert show(cast.lena, photo.token).status_code == 200
    with pytest.raises(Http404):
        show(person("otto"), photo.token)
