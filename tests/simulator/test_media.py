"""Files that go out and come in."""

import base64
import hashlib

import pytest
import requests

from tests.simulator.conftest import PNID, TOKEN, Simulator, Target, eventually

pytestmark = pytest.mark.stack
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)


def uploaded(simulator: Simulator, data: bytes = PNG, mime_type: str = "image/png") -> requests.Response:
    """Upload a file as the business does."""
    return simulator.graph(
        "POST",
        f"{PNID}/media",
        files={"file": ("a.png", data, mime_type)},
        data={"messaging_product": "whatsapp", "type": mime_type},
    )


def test_an_uploaded_file_comes_back_unchanged_and_can_be_sent(simulator: Simulator, rafael: str) -> None:
    media_id = uploaded(simulator).json()["id"]
    described = simulator.graph("GET", f"{media_id}?phone_number_id={PNID}").json()
    assert described["url"].startswith(f"{simulator.url}/")
    assert described["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert (described["mime_type"], described["file_size"], described["id"]) == ("image/png", len(PNG), media_id)
    assert requests.get(described["url"], timeout=10).status_code == 401
    answer = requests.get(described["url"], headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    simulator.writes(rafael)
    simulator.accepted(rafael, type="image", image={"id": media_id, "caption": "A new one"})
    page = f"{simulator.url}/phone/{rafael}/"
    eventually(lambda: f'src="/phone/media/{media_id}"' in requests.get(page, timeout=10).text)
    assert requests.get(f"{simulator.url}/phone/media/{media_id}", timeout=10).content == PNG


def test_a_picture_of_a_customer_can_be_downloaded(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.control("inbound", {"from": rafael, "type": "image", "caption": "Foto da costura"})
    image = eventually(lambda: target.about(rafael))[0].value["messages"][0]["image"]
    assert (image["mime_type"], image["caption"]) == ("image/jpeg", "Foto da costura")
    url = simulator.graph("GET", image["id"]).json()["url"]
    data = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).content
    assert base64.b64encode(hashlib.sha256(data).digest()).decode() == image["sha256"]
    assert data[:3] == b"\xff\xd8\xff"


def test_a_voice_note_is_opus_in_ogg(simulator: Simulator, target: Target, rafael: str) -> None:
    simulator.control("inbound", {"from": rafael, "type": "audio"})
    audio = eventually(lambda: target.about(rafael))[0].value["messages"][0]["audio"]
    assert (audio["mime_type"], audio["voice"]) == ("audio/ogg; codecs=opus", True)
    url = simulator.graph("GET", audio["id"]).json()["url"]
    data = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).content
    assert (data[:4], data[28:36]) == (b"OggS", b"OpusHead")


def test_a_deleted_file_is_gone(simulator: Simulator) -> None:
    media_id = uploaded(simulator).json()["id"]
    url = simulator.graph("GET", media_id).json()["url"]
    assert simulator.graph("DELETE", media_id).json() == {"success": True}
    assert simulator.graph("GET", media_id).json()["error"]["code"] == 100
    assert requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).status_code == 404


@pytest.mark.parametrize(("size", "mime_type"), [(10, "image/svg+xml"), (5 * 1024 * 1024 + 1, "image/png")])
def test_a_file_that_whatsapp_does_not_take_is_refused(simulator: Simulator, size: int, mime_type: str) -> None:
    answer = uploaded(simulator, b"x" * size, mime_type)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 131053)
