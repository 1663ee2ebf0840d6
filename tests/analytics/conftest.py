"""The house of the reports' tests."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.cast import House, house
from tests.paper import PaperChannel


@pytest.fixture
def cast(db: None) -> House:
    """Return the furnished house."""
    return house()


@pytest.fixture(autouse=True)
def _every_ticket_is_folded(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where the refresh left a ticket out: it logs that and goes on."""
    yield
    records = caplog.get_records("setup") + caplog.get_records("call")
    assert not [record for record in records if "ticket_cannot_be_folded" in record.getMessage()]


@pytest.fixture
def office(cast: House, settings: Settings) -> House:
    """Return the house with a second channel, for random histories."""
    settings.CHANNELS = {**settings.CHANNELS, "post": f"{PaperChannel.__module__}.PaperChannel"}
    return cast
