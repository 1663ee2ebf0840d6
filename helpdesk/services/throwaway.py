"""Run a command against a PostgreSQL and a Valkey of its own, which vanish with it.

`python -m helpdesk.services.throwaway pytest -n 2`. Nothing is synced to disk: quick, and lost in a crash.
DATABASE_URL and REDIS_URL, if set, are used instead. With KEEP the data stay in that folder for the next time.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from helpdesk.services.errors import StartError
from helpdesk.services.folders import hold_lock, is_locked, private_folder, remove
from helpdesk.services.postgres import Postgres
from helpdesk.services.supervisor import Program, Stopped, Supervisor
from helpdesk.services.valkey import Valkey

PREFIX = "helpdesk-throwaway-"
STALE_AFTER = 60  # seconds; younger folders may be without their lock yet


def sweep() -> None:
    """Remove what starts that were killed have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            status = folder.lstat()
            ours_and_old = status.st_uid == os.geteuid() and time.time() - status.st_mtime > STALE_AFTER
            if ours_and_old and not is_locked(folder / "lock"):
                remove(folder)
        except OSError:
            continue


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """Give a private folder; remove it afterwards, with what root's servers keep elsewhere for it."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    with ExitStack() as stack:
        stack.callback(remove, folder)
        stack.enter_context(hold_lock(folder / "lock", busy="This folder is in use"))
        private_folder(folder / "logs")
        yield folder


@contextmanager
def kept_folder(folder: Path) -> Iterator[Path]:
    """Give a folder that stays, for what takes long to fill."""
    private_folder(folder)
    with hold_lock(folder / "lock", busy="This folder is in use"):
        private_folder(folder / "logs")
        yield folder


def stores(folder: Path, *, connections: int = 300) -> tuple[list[Program], dict[str, str]]:
    """Return the servers to start and the environment that leads to them."""
    programs, env = [], {}
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(folder / "postgres", durable=False, connections=connections)
        postgres.prepare()
        programs.append(postgres.program())
        env["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folder / "valkey", durable=False)
        valkey.prepare()
        programs.append(valkey.program())
        env |= {"REDIS_URL": valkey.url, "BROKER_URL": valkey.broker_url}
    return programs, env


def settings_for_tests(folder: Path) -> dict[str, str]:
    """Return secrets and folders that are as good as real ones, for the length of one run."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": secrets.token_urlsafe(48),
        "WHATSAPP_APP_SECRETS": secrets.token_hex(16),
        "WHATSAPP_VERIFY_TOKEN": secrets.token_urlsafe(18),
        "DEBUG": "0",
        "SECURE_COOKIES": "0",  # the tests speak plain HTTP
        "DATA_DIR": str(folder / "data"),
        "MEDIA_ROOT": str(private_folder(folder / "media")),
        "LANGUAGE_CODE": "en",
        "TIME_ZONE": "Europe/Berlin",
    }


def main() -> int:
    """Run the command of the arguments; return its exit code."""
    if not (command := sys.argv[1:]):
        print(
            "Give a command to run, for example: python -m helpdesk.services.throwaway pytest",
            file=sys.stderr,
        )
        return 2
    try:
        keep = os.environ.pop("KEEP", "")
        with kept_folder(Path(keep).absolute()) if keep else throwaway_folder() as folder:
            supervisor = Supervisor(folder / "logs")
            supervisor.listen_to_signals()
            try:
                programs, env = stores(folder)
                supervisor.start(*programs)
                return run(supervisor, command, {**os.environ, **settings_for_tests(folder), **env})
            finally:
                supervisor.stop()
    except Stopped:
        return 130
    except StartError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1


def run(supervisor: Supervisor, command: list[str], env: dict[str, str]) -> int:
    """Run the command in the foreground, with this terminal, and pass the wish to stop on to it."""
    program = shutil.which(command[0]) or command[0]
    try:
        process = subprocess.Popen([program, *command[1:]], env=env)
    except OSError as error:
        raise StartError(f"{command[0]} cannot be run: {error.strerror}.") from error
    asked_at = 0.0
    while process.poll() is None:
        supervisor.wait(0.5)
        if supervisor.signal is not None and not asked_at:
            asked_at = time.monotonic()
            if supervisor.signal != signal.SIGINT:  # a terminal's Ctrl-C reached the command too
                process.send_signal(supervisor.signal)
        if asked_at and time.monotonic() - asked_at > 20:
            process.kill()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    sys.exit(main())
