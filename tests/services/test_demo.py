"""What the demo says when something is in its way."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.services.demo import main, port_setting, require_free_port
from helpdesk.services.environment import kept_secrets, stack_environment
from helpdesk.services.errors import StartError
from helpdesk.services.folders import hold_lock, require_room
from helpdesk.services.status import name_of, proportional_memory


def test_a_taken_port_is_one_sentence_with_the_way_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setenv("DATA_DIR", str(folder))
        monkeypatch.setattr(sys, "argv", ["demo"])
        assert main() == 1
    assert capsys.readouterr().err.strip() == (
        f"Port {port} of the web pages is taken by another program; choose another: make demo PORT={port + 80}"
    )


def test_a_free_port_is_taken_for_granted() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    require_free_port(port, "PORT", "the web pages")


@pytest.mark.parametrize("wrong", ["eighty", "0", "70000", "-1"])
def test_what_is_no_port_is_named(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wrong)
    with pytest.raises(StartError, match=r"^PORT is '.*', which is no port; allowed: a whole number"):
        port_setting("PORT", 8000)


def test_a_full_disk_is_one_sentence(folder: Path) -> None:
    with pytest.raises(StartError, match=r"^The disk is full: .* has \d+ MB of free space and at least"):
        require_room(folder, 1_000_000_000)


def test_a_demo_that_runs_is_neither_started_twice_nor_reset(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.setattr(sys, "argv", ["demo"])
    (folder / "demo").mkdir(mode=0o700)
    with hold_lock(folder / "demo" / "demo.lock", busy="busy"):
        assert main() == 1
        assert "The demo is running already in another terminal (process " in capsys.readouterr().err
        monkeypatch.setattr(sys, "argv", ["demo", "--reset"])
        assert main() == 1
        assert capsys.readouterr().err.strip() == "The demo is running: stop it with Ctrl-C first."
    assert (folder / "demo").exists()
    assert main() == 0
    assert not (folder / "demo").exists()


def test_secrets_are_made_once_and_are_private(folder: Path) -> None:
    made = kept_secrets(folder)
    assert kept_secrets(folder) == made
    assert (folder / "secrets.json").stat().st_mode & 0o077 == 0
    assert len(set(made.values())) == len(made)


def test_simulator_and_product_share_what_they_must(folder: Path) -> None:
    env = stack_environment(folder, "http://127.0.0.1:8000", "http://127.0.0.1:8001")
    assert env["SIM_APP_SECRET"] == env["WHATSAPP_APP_SECRETS"]
    assert env["GRAPH_BASE_URL"] == "http://127.0.0.1:8001"
    assert env["SIM_WEBHOOK_URL"] == "http://127.0.0.1:8000/webhooks/whatsapp"


def test_the_supervising_process_loads_no_django() -> None:
    code = "import sys, helpdesk.services.demo, helpdesk.services.throwaway; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_process_that_ends_while_memory_is_counted_takes_none() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert (proportional_memory(process.pid), name_of(process.pid)) == (0.0, "ended")


@pytest.mark.parametrize(("program", "seconds"), [("manage.py", "1h"), ("-c", "15s")])
def test_the_database_lets_a_command_take_its_time_and_no_server(program: str, seconds: str) -> None:
    code = (
        f"import sys; sys.argv = ['{program}']; import django; django.setup();"
        "from django.db import connection as link; print(link.cursor().execute('SHOW statement_timeout').fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == seconds


def test_neither_pages_nor_workers_load_what_is_large() -> None:
    code = (
        "import sys, helpdesk.asgi, helpdesk.worker; helpdesk.worker.app.loader.import_default_modules();"
        "print([name for name in ('numpy', 'py3langid', 'prompt_toolkit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
