"""Django's admin: history is read, configuration is edited."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import House
from tests.inbox.conftest import Login
from tickets.models import Tag, Ticket


@pytest.fixture
def ada(cast: House, login: Login) -> Client:
    cast.ada.is_superuser = True
    cast.ada.save()
    return login(cast.ada)


@pytest.mark.parametrize("model", ["ticket", "message", "ticketevent", "contact", "contactidentity", "conversation"])
def test_what_happened_can_only_be_read(ada: Client, ticket: Ticket, model: str) -> None:
    changelist = ada.get(reverse(f"admin:tickets_{model}_changelist"))
    assert changelist.status_code == 200
    assert ada.get(reverse(f"admin:tickets_{model}_add")).status_code == 403


def test_a_ticket_is_neither_changed_nor_deleted(ada: Client, ticket: Ticket) -> None:
    page = reverse("admin:tickets_ticket_change", args=[ticket.pk])
    assert ada.get(page).status_code == 200
    assert ada.post(page, {"subject": "x"}).status_code == 403
    assert ada.post(reverse("admin:tickets_ticket_delete", args=[ticket.pk]), {"post": "yes"}).status_code == 403


def test_tags_quick_replies_and_inboxes_can_be_edited(ada: Client, cast: House) -> None:
    assert ada.post(reverse("admin:tickets_tag_add"), {"name": "tent"}).status_code == 302
    assert Tag.objects.filter(name="tent").exists()
    assert ada.get(reverse("admin:tickets_quickreply_add")).status_code == 200
    assert ada.get(reverse("admin:tickets_inbox_change", args=[cast.inbox.pk])).status_code == 200
