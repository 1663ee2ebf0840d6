"""`make demo`: the whole product on this machine, with data that stays until `make demo-reset`."""

import os
import socket
import sys
import time
from pathlib import Path

from helpdesk.services.account import ROOTS_FOLDER
from helpdesk.services.environment import data_folder
from helpdesk.services.errors import StartError
from helpdesk.services.folders import hold_lock, is_locked, private_folder, reason, remove, require_room
from helpdesk.services.stack import Stack
from helpdesk.services.supervisor import Stopped, Supervisor

NEEDED_MEGABYTES = 200
BUSY = "The demo is running already in another terminal"
LOG_INS = """
  agents    lena, mateus
  lead      amira
  manager   jonas
  admin     admin
  The password of all is: demo
"""


def port_setting(name: str, default: int) -> int:
    """Return a port from the environment.

    Raises `StartError` when it is no port.
    """
    raw = os.environ.get(name) or str(default)
    if not raw.isdigit() or not 1 <= int(raw) <= 65_535:
        raise StartError(f"{name} is {raw!r}, which is no port; allowed: a whole number from 1 to 65535.")
    return int(raw)


def require_free_port(port: int, name: str, what: str) -> None:
    """Refuse a port that another program listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise StartError(f"Port {port} of {what} is reserved for root: choose another with {name}=") from None
        except OSError:
            raise StartError(
                f"Port {port} of {what} is taken by another program; choose another: make demo {name}={port + 80}"
            ) from None


def say(text: str) -> None:
    """Print one line at once, so that progress is seen through a pipe too."""
    print(text, flush=True)


class Demo:
    """One run of the demo."""

    def __init__(self, folder: Path) -> None:
        self.begun = time.monotonic()
        self.folder = folder
        self.supervisor = Supervisor(folder / "logs", verbose=bool(os.environ.get("VERBOSE")), say=say)
        self.stack = Stack(
            folder=folder,
            port=port_setting("PORT", 8000),
            sim_port=port_setting("SIM_PORT", 8001),
            supervisor=self.supervisor,
            announce=self.step,
            history=True,
        )

    def step(self, text: str) -> None:
        """Announce what may take a while."""
        say(f"{time.monotonic() - self.begun:5.1f} s  {text}")

    def start(self) -> None:
        """Bring everything up in order and print where it is."""
        require_free_port(self.stack.port, "PORT", "the web pages")
        require_free_port(self.stack.sim_port, "SIM_PORT", "the simulator")
        private_folder(self.supervisor.logs)
        require_room(self.folder, NEEDED_MEGABYTES)
        if os.geteuid() == 0:
            require_room(ROOTS_FOLDER.parent, NEEDED_MEGABYTES)
        self.supervisor.listen_to_signals()
        self.stack.start_stores()
        self.stack.prepare_tables()
        self.stack.start_application()
        say(f"\nReady after {time.monotonic() - self.begun:.1f} s.\n")
        say(f"  Helpdesk            {self.stack.url}/")
        say(f"  Phone beside inbox  {self.stack.url}/demo/")
        say(f"  Customer's phone    {self.stack.simulator_url}/phone/")
        say(LOG_INS)
        say(f"Logs are in {self.supervisor.logs}. Ctrl-C stops everything; the data stays.\n")

    def write_past(self) -> None:
        """Write the past while somebody looks at the first page; without it the demo goes on."""
        try:
            if self.stack.write_past():
                self.step("The history is there, and every report with it")
        except StartError as error:
            say(f"The history could not be written: {error} The next start tries again.")


def run() -> int:
    """Run the demo until Ctrl-C; return the exit code."""
    folder = data_folder()
    demo = Demo(folder)
    private_folder(folder)
    lock = hold_lock(folder / "demo.lock", busy=BUSY)
    try:
        demo.start()
        demo.write_past()
        demo.supervisor.watch()
    except Stopped:
        pass
    finally:
        begun = time.monotonic()
        demo.supervisor.stop()
        if demo.supervisor.signal is not None:
            say(f"\nStopped in {time.monotonic() - begun:.1f} s.")
        lock.close()
    return 0


def reset() -> int:
    """Remove the demo's data, unless the demo runs."""
    folder = data_folder()
    if is_locked(folder / "demo.lock"):
        raise StartError("The demo is running: stop it with Ctrl-C first.")
    if not folder.exists():
        print("There is no data of a demo.")
        return 0
    remove(folder)
    print(f"Removed {folder}; the next `make demo` starts over.")
    return 0


def main() -> int:
    """Run the demo, or start it over with `--reset`; say in one sentence what is wrong."""
    try:
        return reset() if "--reset" in sys.argv[1:] else run()
    except StartError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
    except OSError as error:
        print(f"\n{error.filename or 'The demo'} cannot be used: {reason(error)}.", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
