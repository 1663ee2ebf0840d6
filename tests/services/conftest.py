"""Folders for servers, and a launcher in a process of its own that a test may kill."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpdesk.services.environment import BASE_DIR
from helpdesk.services.throwaway import throwaway_folder

LAUNCHER = """
import sys
from pathlib import Path
from helpdesk.services.postgres import Postgres
from helpdesk.services.supervisor import Supervisor
from helpdesk.services.valkey import Valkey

folder = Path(sys.argv[1])
supervisor = Supervisor(folder / "logs")
supervisor.listen_to_signals()
postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
postgres.prepare()
valkey.prepare()
supervisor.start(postgres.program(), valkey.program())
pids = [child.process.pid for stage in supervisor.children for child in stage]
print(postgres.data, postgres.url, valkey.url, *pids, flush=True)
supervisor.watch()
supervisor.stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a private folder with a short path; pytest's own are too deep for a socket."""
    with throwaway_folder() as made:
        yield made


class Launcher:
    """PostgreSQL and Valkey under a supervisor in another process."""

    def __init__(self, folder: Path) -> None:
        env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(folder)],
            cwd=BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        assert len(words) == 5, f"the launcher did not start: {words}"
        self.data = Path(words[0])
        self.database, self.redis = words[1], words[2]
        self.postgres_pid, self.valkey_pid = int(words[3]), int(words[4])

    def end(self) -> None:
        """Stop it, if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def launch(folder: Path) -> Iterator[Callable[[], Launcher]]:
    """Start launchers on one folder, and end them after the test."""
    started: list[Launcher] = []

    def start() -> Launcher:
        started.append(Launcher(folder))
        return started[-1]

    yield start
    for launcher in started:
        launcher.end()


def eventually(holds: Callable[[], bool], within: float = 5.0) -> bool:
    """Wait until something holds; say whether it did in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
