"""The house of the reports' tests."""

import pytest

from tests.cast import House, house


@pytest.fixture
def cast(db: None) -> House:
    """Return the furnished house."""
    return house()
