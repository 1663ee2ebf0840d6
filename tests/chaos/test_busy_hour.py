"""The scripted hour, a small one, against the running processes."""

import subprocess
import sys

from helpdesk.services.environment import BASE_DIR
from tests.stack import RunningStack


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
