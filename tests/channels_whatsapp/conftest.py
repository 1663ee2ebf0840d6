"""A WhatsApp inbox, Meta's post, and the place where Meta begins."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from channels_whatsapp import inbound
from channels_whatsapp.models import WhatsAppNumber
from channels_whatsapp.numbers import connect_number
from tests.cast import House, house
from tests.channels_whatsapp.meta import Meta
from tests.channels_whatsapp.payloads import OLD_SECRET, PATH, PNID, SECRET, encode, sign

SENTINEL = "EAAsentinel0token0that0must0not0show"


@pytest.fixture(autouse=True)
def _secrets(settings: Settings) -> None:
    settings.WHATSAPP_APP_SECRETS = [SECRET, OLD_SECRET]
    settings.WHATSAPP_VERIFY_TOKEN = "verify-me-please"


@pytest.fixture
def cast(db: None) -> House:
    """Return the house with a WhatsApp inbox."""
    return house("whatsapp")


@pytest.fixture
def number(cast: House) -> WhatsAppNumber:
    """Connect the inbox to a number."""
    return connect_number(
        inbox=cast.inbox,
        phone_number_id=PNID,
        waba_id="200300400500600",
        display_number="+49 40 555000000",
        access_token=SENTINEL,
    )


@pytest.fixture
def post(client: Client) -> Callable[..., int]:
    """Post a payload as Meta does, correctly signed, and return the status."""

    def send(payload: Any, *, secret: str = SECRET) -> int:
        body = payload if isinstance(payload, bytes) else encode(payload)
        response = client.post(
            PATH, body, content_type="application/json", headers={"X-Hub-Signature-256": sign(body, secret)}
        )
        return response.status_code

    return send


@pytest.fixture
def drain() -> Callable[[], None]:
    """Work everything that is due."""

    def run() -> None:
        for _ in range(200):
            if not inbound.process_next():
                return
        raise AssertionError("there is always more")

    return run


@pytest.fixture
def meta(settings: Settings) -> Iterator[Meta]:
    """Start a tiny Graph API on loopback and point the product at it."""
    with Meta() as server:
        settings.GRAPH_BASE_URL = server.url
        settings.DEMO = True
        settings.GRAPH_DEADLINE = 1.0
        settings.GRAPH_CONNECT_TIMEOUT = 0.5
        settings.MEDIA_DEADLINE = 1.0
        yield server
