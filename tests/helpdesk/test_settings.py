"""Settings that are missing, wrong or unknown are named, with what would be right, and never their values."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from helpdesk.env import Env

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "ENCRYPTION_KEYS": "e" * 40,
    "WHATSAPP_APP_SECRETS": "app-secret",
    "WHATSAPP_VERIFY_TOKEN": "verify-token",
    "ALLOWED_HOSTS": "desk.example",
    "TRUST_PROXY": "1",
    "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
    "REDIS_URL": os.environ.get("REDIS_URL", ""),
}


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run manage.py in a process whose environment is exactly the good one with these changes."""
    values = {**GOOD, "PATH": os.environ["PATH"], **changes}
    environment = {name: value for name, value in values.items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_good_settings_pass() -> None:
    done = manage("check")
    assert done.returncode == 0, done.stderr


WRONG = {
    "SECRET_KEY": ("short", "SECRET_KEY is not usable; allowed: a text of at least 50 characters"),
    "ENCRYPTION_KEYS": ("tiny", "ENCRYPTION_KEYS holds a key of fewer than 32 characters"),
    "LANGUAGE_CODE": ("xx", "LANGUAGE_CODE is not usable; allowed: en, de, fr"),
    "TIME_ZONE": ("Mars/Olympus", "TIME_ZONE is not usable; allowed: a name of the IANA database"),
    "WEB_THREADS": ("many", "WEB_THREADS is not usable; allowed: a whole number from 1 to 64"),
    "DEBUG": ("perhaps", "DEBUG is not usable; allowed: 1, true, yes, on, 0, false, no, off"),
    "REDIS_URL": ("http://x", "REDIS_URL is not usable; allowed: a URL that begins with redis://"),
    "SIMULATOR_URL": ("http://127.0.0.1:1", "SIMULATOR_URL is set but DEMO is off"),
}


def test_all_mistakes_are_named_at_once_with_what_would_be_right() -> None:
    done = manage("check", **{name: value for name, (value, _sentence) in WRONG.items()})
    assert done.returncode != 0
    said = " ".join(done.stderr.split())
    missing = [sentence for _value, sentence in WRONG.values() if sentence not in said]
    assert missing == []


def test_what_is_missing_is_named_at_once() -> None:
    done = manage("check", SECRET_KEY=None, ENCRYPTION_KEYS=None)
    assert done.returncode != 0
    assert "SECRET_KEY is missing" in done.stderr
    assert "ENCRYPTION_KEYS is missing" in done.stderr


def test_an_unknown_name_is_pointed_out_with_the_known_ones() -> None:
    done = manage("check", WHATSAPP_SECRET="oops")
    assert "WHATSAPP_SECRET is set but nothing reads it" in done.stderr
    assert "WHATSAPP_APP_SECRETS" in done.stderr


def test_deployment_fails_closed_without_the_secrets_of_the_webhook_and_refuses_the_demo() -> None:
    done = manage(
        "check",
        "--deploy",
        WHATSAPP_APP_SECRETS=None,
        WHATSAPP_VERIFY_TOKEN=None,
        DEMO="1",
        SIMULATOR_URL="http://127.0.0.1:1",
    )
    assert done.returncode != 0
    for code in ("helpdesk.E010", "helpdesk.E011", "helpdesk.E012"):
        assert code in done.stderr


def test_deployment_passes_with_good_settings() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", TRUST_PROXY="1")
    assert done.returncode == 0, done.stderr


def test_deployment_warns_of_redirects_without_an_end() -> None:
    done = manage("check", "--deploy", TRUST_PROXY=None)
    assert "helpdesk.W014" in done.stderr


def test_a_server_does_not_start_without_a_secret_key() -> None:
    values = {**GOOD, "PATH": os.environ["PATH"]}
    del values["SECRET_KEY"]
    done = subprocess.run(
        [sys.executable, "-c", "import helpdesk.asgi"],
        cwd=ROOT,
        env=values,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is missing" in done.stderr


def test_no_problem_repeats_a_value() -> None:
    environment = Env({"PORT_NUMBER": "s3cret-in-the-wrong-place"})
    environment.number("PORT_NUMBER", 1, low=1, high=2)
    assert "s3cret" not in str(environment.problems)


@pytest.mark.django_db
def test_the_planner_takes_indexes_for_cheap_and_compiles_nothing() -> None:
    with connection.cursor() as sql:
        sql.execute("SELECT current_setting('random_page_cost'), current_setting('jit')")
        assert sql.fetchone() == ("1.1", "off")
