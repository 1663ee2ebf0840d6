"""Logged-in people and a small stack of work."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from tests.cast import House, house, newest_seq, ticket_of, writes
from tickets.models import Ticket

Login = Callable[[User], Client]


@pytest.fixture
def cast(db: None) -> House:
    """Furnish the house."""
    return house()


@pytest.fixture
def login() -> Login:
    """Log somebody in without asking for the password."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def lena(cast: House, login: Login) -> Client:
    """Return Lena's browser."""
    return login(cast.lena)


@pytest.fixture
def mateus(cast: House, login: Login) -> Client:
    """Return Mateus's browser."""
    return login(cast.mateus)


@pytest.fixture
def outsider(cast: House, login: Login) -> Client:
    """Return the browser of somebody who works in no team."""
    stranger = User.objects.create(username="olga", first_name="Olga")
    return login(stranger)


@pytest.fixture
def ticket(cast: House) -> Ticket:
    """Return Aoife's ticket about a tent pole."""
    return ticket_of(writes(cast.inbox))


def reply_fields(ticket: Ticket, text: str = "So sorry, Aoife.", **fields: object) -> dict[str, Any]:
    """Return what the composer sends."""
    return {"text": text, "client_id": str(uuid.uuid4()), "seen_seq": newest_seq(ticket), **fields}


def address(name: str, ticket: Ticket, *args: object) -> str:
    """Return the address of a sub-resource of a ticket."""
    return reverse(f"inbox:{name}", args=[ticket.pk, *args])
