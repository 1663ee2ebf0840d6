"""Run a private PostgreSQL: make its data folder, keep it on a unix socket, describe it to the supervisor.

As root the server runs under a system account of its own (PostgreSQL refuses root), from copies in
`/var/lib`, because the virtual environment may lie in a home that the account cannot enter.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from helpdesk.services.account import folder_of_account, system_account
from helpdesk.services.binaries import Binaries, find_binaries, reachable
from helpdesk.services.errors import StartError
from helpdesk.services.folders import hold_lock, private_folder, reason, socket_folder
from helpdesk.services.process import Account, processes_in
from helpdesk.services.supervisor import Program

DATABASE = "helpdesk"
# Not ICU, which not every build has; not the builtin provider, whose trigrams know no letter beyond ASCII.
LOCALE = "C.UTF-8"
# The application's own errors (a race that ended in a constraint) are its affair; so is connecting too early.
LOUD = "WARNING:|PANIC:|No space left|FATAL:(?!.*(accepting connections|starting up|shutting down|terminating))"
# glibc: give what a query needed back to the system at once, and grow by small steps.
FRUGAL = {"MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_TOP_PAD_": "16384", "MALLOC_MMAP_THRESHOLD_": "65536"}


@dataclass
class Postgres:
    """One private server; its folder is `home` or, as root, the account's folder that `home` points to."""

    home: Path
    durable: bool = True
    connections: int = 100
    binaries: Binaries = field(init=False)
    folder: Path = field(init=False)
    run: Path = field(init=False)
    account: Account | None = field(init=False, default=None)
    _lock: IO[str] | None = field(init=False, default=None)

    @property
    def data(self) -> Path:
        """The data folder of the server."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server."""
        return f"postgresql://{DATABASE}@/{DATABASE}?host={self.run}"

    def prepare(self) -> None:
        """Take the lock, find the programs and make the data folder unless it is there.

        Raises `StartError` when another instance holds it, or when another major version wrote the data.
        """
        self._lock = hold_lock(
            self.home.with_name(self.home.name + ".lock"), busy=f"The database in {self.home} is in use"
        )
        self.binaries = find_binaries()
        if os.geteuid() == 0:
            self.account = system_account()
            self.binaries = reachable(self.binaries)
            self.folder = folder_of_account(self.home, self.account)
            self.run = self.folder / "run"
            self.run.mkdir(mode=0o700, exist_ok=True)
            os.chown(self.run, self.account.uid, self.account.gid)
        else:
            self.folder = private_folder(self.home)
            self.run = socket_folder(self.home)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._check_version()

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(self.binaries.major):
            raise StartError(
                f"The data in {self.home} was written by PostgreSQL {version}, but the programs in"
                f" {self.binaries.folder} are version {self.binaries.major}: set HELPDESK_PG_BIN to the"
                f" folder with those of version {version}, or start over."
            )

    def _create(self) -> None:
        """Make the data folder under another name first, so that a killed start leaves no half of one."""
        new = self.folder / "data.new"
        (self.folder / "migrated").unlink(missing_ok=True)
        if new.exists():
            shutil.rmtree(new)
        self._run("initdb", "-D", str(new), "-U", DATABASE, "--auth-local=trust", "--auth-host=reject",
                  "--encoding=UTF8", "--locale-provider=libc", f"--locale={LOCALE}", "--no-instructions",
                  *([] if self.durable else ["--no-sync"]))  # fmt: skip
        fsync = f"fsync={'on' if self.durable else 'off'}"
        statement = f"CREATE DATABASE {DATABASE}\n\n"
        self._run("postgres", "--single", "-j", "-D", str(new), "-c", fsync, "postgres", feed=statement)
        if self.data.exists():
            shutil.rmtree(self.data)
        new.rename(self.data)

    def _run(self, program: str, *arguments: str, feed: str = "") -> None:
        try:
            done = subprocess.run(
                [self.binaries.folder / program, *arguments],
                input=feed, capture_output=True, text=True, check=False, cwd=self.folder, timeout=120,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": LOCALE, "TZ": "UTC"},
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )  # fmt: skip
        except OSError as error:
            raise StartError(f"{self.binaries.folder / program} cannot be run: {reason(error)}.") from error
        output = done.stdout + done.stderr
        if "No space left on device" in output:
            raise StartError(f"The disk is full: {program} could not write the database to {self.folder}.")
        if done.returncode:
            words = [line for line in output.splitlines() if "FATAL" in line or "error" in line] or [output]
            raise StartError(f"The database could not be made in {self.folder}: {words[-1].strip()}.")

    def clear_the_way(self) -> None:
        """Wait until the processes of a killed server are gone, and remove the pid file that it left.

        PostgreSQL itself would refuse to start when, after a restart of the machine, any other program of the
        same account happens to have the number in that file.
        """
        deadline = time.monotonic() + 10
        while left := processes_in(self.data):
            if time.monotonic() > deadline:
                raise StartError(f"PostgreSQL still runs in {self.data} (process {left[0]}); end it first.")
            time.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def program(self) -> Program:
        """Describe the server to the supervisor."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.run),
            "unix_socket_permissions": "0700",
            "max_connections": str(self.connections),
            "shared_buffers": "16MB" if self.durable else "128MB",
            "max_wal_size": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "log_line_prefix": "%m [%p] ",
        }
        if self.binaries.major >= 18:
            options["io_method"] = "sync"  # spares three processes
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            argv=[str(self.binaries.folder / "postgres"), "-D", str(self.data), *arguments],
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": LOCALE, "TZ": "UTC", **FRUGAL},
            cwd=self.folder,
            account=self.account,
            before=self.clear_the_way,
            ready=self.is_ready,
            loud=LOUD,
            stop_signal=signal.SIGINT,  # the "fast" stop: sessions end, what is committed is written down
            dies_by=signal.SIGINT,
            within=60,
        )

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server with this pid accepts connections, by its own status file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"
