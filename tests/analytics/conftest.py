"""The house of the reports' tests."""

import pytest
from pytest_django.fixtures import Settings

from tests.cast import House, house
from tests.paper import PaperChannel


@pytest.fixture
def cast(db: None) -> House:
    """Return the furnished house."""
    return house()


@pytest.fixture
def office(cast: House, settings: Settings) -> House:
    """Return the house with a second channel, for random histories."""
    settings.CHANNELS = {**settings.CHANNELS, "post": f"{PaperChannel.__module__}.PaperChannel"}
    return cast
