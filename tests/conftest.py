"""What every test may use."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from tests.paper import PaperChannel, paper

# Playwright's own event loop runs in the test's thread; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _a_channel_of_paper(settings: Settings) -> Iterator[None]:
    """Wire a second channel that ends on paper: what would leave the house is kept in a list."""
    settings.CHANNELS = {**settings.CHANNELS, "paper": f"{PaperChannel.__module__}.PaperChannel"}
    paper.reset()
    yield
    paper.reset()


@pytest.fixture(autouse=True)
def _no_throttle_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget throttles and presence between tests that touch the database."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()
