"""Administrators see what came and what became of it, not what it says; and they let parked updates try again."""

from collections.abc import Callable

import pytest
from django.test import Client

from agents.models import User
from channels_whatsapp.models import InboundUpdate, WebhookRequest, WhatsAppNumber
from tests.cast import House
from tests.channels_whatsapp.payloads import envelope, text, value
from tests.channels_whatsapp.test_splitting import store
from tickets.models import Message

pytestmark = pytest.mark.django_db
ADMIN = "/admin/channels_whatsapp"


@pytest.fixture
def ada(cast: House, client: Client) -> User:
    """Log the administrator in."""
    cast.ada.is_superuser = True
    cast.ada.save()
    client.force_login(cast.ada)
    return cast.ada


def test_lists_and_pages_hold_nothing_that_a_customer_wrote(
    client: Client, ada: User, number: WhatsAppNumber, drain: Callable[[], None]
) -> None:
    store(envelope(value(messages=[text("sentinel of a customer")])))
    drain()
    request, update = WebhookRequest.objects.get(), InboundUpdate.objects.get()
    for address in ("webhookrequest/", f"webhookrequest/{request.pk}/change/", "inboundupdate/",
                    f"inboundupdate/{update.pk}/change/", "whatsappnumber/"):  # fmt: skip
        response = client.get(f"{ADMIN}/{address}")
        assert response.status_code == 200
        assert b"sentinel" not in response.content


def test_what_was_received_cannot_be_changed(client: Client, ada: User, number: WhatsAppNumber) -> None:
    store(envelope(value(messages=[text()])))
    pk = WebhookRequest.objects.get().pk
    for address in ("webhookrequest/add/", f"webhookrequest/{pk}/delete/", "inboundupdate/add/"):
        assert client.get(f"{ADMIN}/{address}").status_code == 403
    assert client.post(f"{ADMIN}/webhookrequest/{pk}/change/", {"size": 1}).status_code == 403


def test_a_parked_update_is_tried_again_from_the_list(
    client: Client, ada: User, number: WhatsAppNumber, drain: Callable[[], None]
) -> None:
    store(envelope(value(messages=[text("old", timestamp="1400000000")])))
    drain()
    update = InboundUpdate.objects.get()
    assert update.parked_reason == "too_old"
    answer = client.post(
        f"{ADMIN}/inboundupdate/", {"action": "replay_parked", "_selected_action": [update.pk]}, follow=True
    )
    assert "1 update tries again." in answer.content.decode()
    drain()
    assert Message.objects.get().text == "old"


def test_a_number_saved_in_the_admin_takes_in_what_came_for_it(
    client: Client, ada: User, cast: House, drain: Callable[[], None]
) -> None:
    store(envelope(value(messages=[text("early")], pnid="31")))
    drain()
    fields = {"inbox": cast.inbox.pk, "phone_number_id": "31", "waba_id": "", "display_number": "", "new_token": "x"}
    assert client.post(f"{ADMIN}/whatsappnumber/add/", fields).status_code == 302
    drain()
    assert Message.objects.get().text == "early"


def test_a_paused_number_is_resumed_from_the_list(client: Client, ada: User, number: WhatsAppNumber) -> None:
    from channels_whatsapp.numbers import pause

    pause(number, reason="190")
    client.post(f"{ADMIN}/whatsappnumber/", {"action": "resume", "_selected_action": [number.pk]})
    number.refresh_from_db()
    assert number.paused_at is None
