"""What every test may use."""

import os
import shutil
import sys
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase
from playwright.sync_api import Browser, sync_playwright
from pytest_django.fixtures import Settings

from helpdesk.services.environment import BASE_DIR
from helpdesk.services.supervisor import Program
from tests.paper import PaperChannel, paper
from tests.stack import RunningStack, running_stack

# Playwright's own event loop runs in the test's thread; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STACK_RESTS = pytest.StashKey[bool]()
# What Django writes itself when it makes the tables.
KEPT = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture(autouse=True)
def _a_channel_of_paper(settings: Settings) -> Iterator[None]:
    """Wire a second channel that ends on paper: what would leave the house is kept in a list."""
    settings.CHANNELS = {**settings.CHANNELS, "paper": f"{PaperChannel.__module__}.PaperChannel"}
    paper.reset()
    yield
    paper.reset()


@pytest.fixture(autouse=True)
def _passwords_are_checked_quickly(settings: Settings) -> None:
    """Spare the tests a hasher that is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_throttle_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget throttles and presence between tests that touch the database."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_quickly() -> Iterator[None]:
    """Empty only what a test that commits has filled; Django's way empties everything and describes it anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_what_was_filled)
        yield


def _empty_what_was_filled(_case: TransactionTestCase) -> None:
    tables = [f'"{table}"' for table in connection.introspection.table_names() if table not in KEPT]
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [table for (table,) in cursor.fetchall()]
        # Deleting few rows is quicker than TRUNCATE; the tables of history refuse it to everybody but replication.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


# The only browser of a process: two of Playwright cannot live in one, and while it lives an event loop runs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium for the tests of one file."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _running() -> Iterator[RunningStack]:
    with running_stack(env={"WORKER_THREADS": "8"}) as running:
        furnish = [sys.executable, "-m", "tests.furnish"]
        running.stack.supervisor.run(Program(name="furnish", argv=furnish, env=running.env, cwd=BASE_DIR))
        yield running
        running.wake()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Note whether this is the last test of the stack, which then leaves the processors to the others."""
    item.stash[STACK_RESTS] = "stack" not in getattr(nextitem, "fixturenames", ())


@pytest.fixture
def stack(_running: RunningStack, request: pytest.FixtureRequest) -> Iterator[RunningStack]:
    """Return web, worker, beat and simulator with stores of their own; what a test has broken runs again afterwards."""
    _running.wake()
    yield _running
    _running.heal()
    if request.node.stash[STACK_RESTS]:
        _running.rest()
