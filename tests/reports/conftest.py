"""The house whose figures are read."""

import pytest
from django.test import Client

from agents.models import User
from tests.cast import House, house


@pytest.fixture
def cast(db: None) -> House:
    """Return the furnished house, in which everybody reads English."""
    furnished = house()
    User.objects.update(language="en")
    return furnished


def as_(user: User) -> Client:
    """Return a browser in which this person is logged in."""
    client = Client()
    client.force_login(user)
    return client
