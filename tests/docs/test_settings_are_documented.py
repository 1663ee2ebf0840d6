"""docs/operations.md names every environment variable that is read, and none that is not."""

import os
import re
import subprocess
import sys

import pytest

from tests.docs.pages import OPERATIONS, ROOT
from tests.docs.variables import Reading, readings

APPS = ("agents", "analytics", "channels_whatsapp", "helpdesk", "surveys", "tickets", "manage.py")
# Of the machine and of Django itself.
NOT_OURS = frozenset({"PATH", "DJANGO_SETTINGS_MODULE"})
TABLES = ("Application", "Launcher: `make demo`, `make tour`, `make test`", "Simulator", "Read by `compose.yaml`")


def names(*places: str) -> set[str]:
    """Return the variables that these files read."""
    return {reading.name for reading in readings(*places)} - NOT_OURS


def documented() -> dict[str, str]:
    """Return the rows of all tables of variables."""
    return {name: row for table in TABLES for name, row in OPERATIONS.rows(table).items()}


def of_settings() -> list[Reading]:
    """Return what settings read."""
    return readings("helpdesk/settings.py")


def test_every_variable_that_is_read_is_documented() -> None:
    read = names(*APPS, "simulator", "bin", "tests/races", "tests/chaos", "benchmarks")
    assert read - set(documented()) == set()


def test_every_documented_variable_is_read() -> None:
    compose = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    read = names(*APPS, "simulator", "bin", "tests", "benchmarks") | compose
    assert set(documented()) - read == set()


def test_settings_at_run_time_know_no_other_names_than_the_source_shows() -> None:
    script = "import helpdesk.settings; from helpdesk.env import env; print(*env.known)"
    empty = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=empty, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {reading.name for reading in of_settings()}


def test_no_variable_is_documented_twice() -> None:
    rows = [name for table in TABLES for name in OPERATIONS.rows(table)]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("reading", of_settings(), ids=lambda reading: reading.name)
def test_defaults_and_allowed_values_are_those_of_the_source(reading: Reading) -> None:
    row = documented()[reading.name]
    for argument in reading.arguments:
        for value in argument if isinstance(argument, tuple) else (argument,):
            if isinstance(value, bool) or value in {None, ""}:
                continue
            shown = f"{value}://" if reading.reader == "url" and "://" not in str(value) else str(value)
            assert shown in row, f"{reading.name}: {shown} is missing in its row"


def test_the_example_file_names_known_variables_only() -> None:
    example = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(example) - set(documented()) == set()


def test_what_deployment_demands_stands_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text()
    required = [name for name, row in documented().items() if "none; required" in row and not name.startswith("SIM_")]
    assert required
    assert [name for name in required if not re.search(rf"^{name}=", example, re.MULTILINE)] == []
