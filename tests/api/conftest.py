"""Programs that act for people of the house."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from agents import tokens
from agents.models import ApiToken, Scope, User
from tests.cast import House, house, ticket_of, writes
from tickets.models import Ticket

ROOT = "/api/v1/"


@dataclass
class Program:
    """Something that speaks HTTP with somebody's token."""

    secret: str
    token: ApiToken

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Ask; a body that is not bytes goes as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer: Any = Client().generic(
            method,
            path if path.startswith(("/", "http")) else ROOT + path,
            raw,
            content_type=headers.pop("content_type", "application/json"),
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )
        assert isinstance(answer, HttpResponse)
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Read."""
        return self.send("GET", path, **headers)

    def read(self, path: str) -> Any:
        """Read what must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)


Hire = Callable[..., Program]


@pytest.fixture
def cast(db: None) -> House:
    """Furnish the house."""
    return house()


def program_of(user: User, scopes: Iterable[Scope] = tuple(Scope), **fields: Any) -> Program:
    """Return a program with a token of this person."""
    values: dict[str, Any] = {"name": "CRM", "expires_at": None, **fields}
    token, secret = tokens.issue(actor=user, owner=user, scopes=scopes, **values)
    return Program(secret=secret, token=token)


@pytest.fixture
def lena(cast: House) -> Program:
    """Return a program of Lena's that may do everything she may."""
    return program_of(cast.lena)


@pytest.fixture
def ticket(cast: House) -> Ticket:
    """Return Aoife's ticket about a tent pole."""
    return ticket_of(writes(cast.inbox))


def problem(answer: Any) -> dict[str, Any]:
    """Return the problem that an answer is."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    found: dict[str, Any] = json.loads(answer.content)
    assert found["status"] == answer.status_code
    assert found["detail"]
    return found
