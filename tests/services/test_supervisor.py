"""The supervisor starts in order, restarts what dies, gives up with one sentence and leaves nobody behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.services.environment import BASE_DIR
from helpdesk.services.errors import StartError
from helpdesk.services.supervisor import Program, Supervisor, readable
from tests.services.conftest import eventually


@pytest.fixture
def lines() -> list[str]:
    """Collect what the supervisor says."""
    return []


@pytest.fixture
def supervisor(folder: Path, lines: list[str]) -> Iterator[Supervisor]:
    """Give a supervisor and stop it afterwards."""
    made = Supervisor(folder / "logs", say=lines.append)
    yield made
    made.stop()


def python(name: str, code: str, *, ready_line: str = "ready", within: float = 10.0, patience: float = 5.0) -> Program:
    """Describe a child that runs a few lines of Python."""
    return Program(
        name=name,
        argv=[sys.executable, "-uc", code],
        env=dict(os.environ),
        cwd=Path("/"),
        ready_line=ready_line,
        within=within,
        patience=patience,
    )


SLEEPS = "import time; print('ready'); time.sleep(60)"


def watch_for(supervisor: Supervisor, seconds: float) -> None:
    """Watch, and express the wish to stop after a while."""
    timer = threading.Timer(seconds, lambda: supervisor._on_signal(signal.SIGTERM, None))
    timer.start()
    try:
        supervisor.watch()
    finally:
        timer.cancel()


def test_a_child_that_dies_is_started_again(supervisor: Supervisor, lines: list[str]) -> None:
    supervisor.start(python("web", SLEEPS))
    child = supervisor.children[0][0]
    first = child.process.pid
    child.process.kill()
    watch_for(supervisor, 1.5)
    assert child.process.pid != first
    assert child.process.poll() is None
    assert lines == [
        "web stopped (killed by SIGKILL; its last words: ready); starting it again",
        "web is running again",
    ]


def test_a_child_that_keeps_dying_stops_everything_with_one_sentence(supervisor: Supervisor) -> None:
    supervisor.start(python("beat", "import time; print('ready'); time.sleep(0.3); raise SystemExit('no room')"))
    with pytest.raises(StartError) as caught:
        supervisor.watch()
    assert str(caught.value) == (
        "beat stopped 4 times within a minute (exit code 1; its last words: no room), so everything was stopped."
    )


def test_a_child_that_does_not_start_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(StartError, match=r"^worker did not start \(exit code 3; its last words: no queue\)\.$"):
        supervisor.start(python("worker", "print('no queue'); raise SystemExit(3)"))


def test_a_child_that_is_never_ready_is_named(supervisor: Supervisor) -> None:
    with pytest.raises(StartError, match=r"^web was not ready in 0.5 s; see .*web\.log\.$"):
        supervisor.start(python("web", SLEEPS, ready_line="never", within=0.5))


def test_a_command_that_fails_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(StartError, match=r"^migrate failed \(exit code 1; its last words: no table\)\.$"):
        supervisor.run(python("migrate", "raise SystemExit('no table')"))


def test_only_warnings_reach_the_terminal_and_the_log_has_all(supervisor: Supervisor, lines: list[str]) -> None:
    code = "print('INFO: quiet'); print('WARNING: loud'); " + SLEEPS
    supervisor.start(python("web", code))
    assert lines == ["      web | WARNING: loud"]
    assert (supervisor.logs / "web.log").read_text().splitlines() == ["INFO: quiet", "WARNING: loud", "ready"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("WARNING: plain   words", "WARNING: plain words"),
        ('{"event": "broker gone", "level": "warning", "logger": "celery"}', "warning: broker gone"),
        (
            '{"event": "failed", "level": "error", "exception": "Traceback\\n  line\\nKeyError: 1"}',
            "error: failed: KeyError: 1",
        ),
        ("{no json", "{no json"),
    ],
)
def test_a_structured_line_is_shown_in_words(line: str, shown: str) -> None:
    assert readable(line) == shown


def test_stopping_goes_backwards_and_kills_only_the_deaf(supervisor: Supervisor, folder: Path) -> None:
    order = folder / "order"
    polite = (
        "import signal, sys, time\n"
        "def end(*_):\n    open({0!r}, 'a').write({1!r}); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('ready')\ntime.sleep(60)"
    )
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS
    supervisor.start(python("first", polite.format(str(order), "1")))
    supervisor.start(python("second", polite.format(str(order), "2")))
    supervisor.start(python("third", deaf, patience=0.3))
    begun = time.monotonic()
    supervisor.stop()
    assert order.read_text() == "21"
    assert 0.3 <= time.monotonic() - begun < 3


def test_a_long_log_is_cut_and_its_past_kept_once(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.services.supervisor.LONGEST_LOG", 1000)
    supervisor.start(python("web", "print('x' * 2000); " + SLEEPS))
    watch_for(supervisor, 0.8)
    assert (supervisor.logs / "web.log").stat().st_size == 0
    assert (supervisor.logs / "web.1.log").stat().st_size > 2000


def test_a_child_dies_with_its_supervisor(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from helpdesk.services.supervisor import *\n"
        "s = Supervisor(Path(sys.argv[1]))\n"
        "argv = [sys.executable, '-uc', sys.argv[2]]\n"
        "s.start(Program(name='c', argv=argv, env={}, cwd=Path('/'), ready_line='ready'))\n"
        "print(s.children[0][0].process.pid, flush=True); s.watch()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "logs"), SLEEPS],
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not Path(f"/proc/{child}").exists(), within=2)


RUSH = """
import subprocess, sys
from pathlib import Path
from helpdesk.services.supervisor import Supervisor

supervisor = Supervisor(Path(sys.argv[1]))
supervisor.listen_to_signals()
code = "import os, signal; [os.kill(os.getppid(), signal.SIGCHLD) for _ in range(200_000)]"
rush = subprocess.Popen([sys.executable, "-c", code])
while rush.poll() is None:
    supervisor.wait(0.0001)
"""


def test_a_rush_of_children_that_end_holds_nobody_up(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", RUSH, str(folder)], cwd=BASE_DIR, timeout=60, check=True)
