"""The scripted hour: who writes what, and a small one against the running processes."""

import subprocess
import sys

import pytest

from helpdesk.busy_hour.script import HOUR, OUTAGE, customers
from helpdesk.services.environment import BASE_DIR
from tests.stack import RunningStack


def test_the_script_has_five_languages_a_burst_and_an_answer_for_each_question() -> None:
    script = customers(200, 1, "4916")
    assert script == customers(200, 1, "4916")
    assert {one.language for one in script} == {"de", "en", "fr", "es", "pt"}
    assert all(0 <= one.writes_at < HOUR for one in script)
    burst = [one for one in script if one.opening in OUTAGE.values()]
    assert 30 < len(burst) < 100
    assert max(one.writes_at for one in burst) - min(one.writes_at for one in burst) < 400
    assert all(len(one.then) == len(one.answers) - 1 for one in script)


@pytest.mark.stack
def test_a_short_hour_stores_each_message_once_and_resolves_tickets(stack: RunningStack) -> None:
    command = [sys.executable, "manage.py", "busy_hour", "--minutes", "0.3", "--customers", "10"]
    done = subprocess.run(
        command, cwd=BASE_DIR, env=stack.env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    wrote, sent, summary = done.stdout.strip().splitlines()[-3:]
    assert wrote.startswith("The phones wrote ")
    assert sent.startswith("The database sent ")
    assert summary.startswith("10 tickets, ")
    assert " 0 times resolved" not in summary
    assert int(wrote.split()[3]) > 15


@pytest.mark.stack
@pytest.mark.parametrize("wrong", [("--minutes", "200"), ("--customers", "0")])
def test_an_hour_is_bounded(stack: RunningStack, wrong: tuple[str, str]) -> None:
    command = [sys.executable, "manage.py", "busy_hour", *wrong]
    done = subprocess.run(command, cwd=BASE_DIR, env=stack.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "must be from" in done.stderr
