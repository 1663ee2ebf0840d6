"""The browsers of those who set things up, and of those who may not."""

import pytest
from django.test import Client

from tests.cast import House, house


@pytest.fixture
def cast(db: None) -> House:
    """Furnish the house."""
    return house()


def browser(user: object) -> Client:
    """Return the browser of somebody who is logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


@pytest.fixture
def ada(cast: House) -> Client:
    """Return the administrator's browser."""
    return browser(cast.ada)


@pytest.fixture
def amira(cast: House) -> Client:
    """Return the browser of a team lead."""
    return browser(cast.amira)
