"""`make demo`: the whole product on this machine, with data that stays until `make demo-reset`."""

import os
import socket
import sys
import time
from pathlib import Path

from helpdesk.services import programs
from helpdesk.services.account import ROOTS_FOLDER
from helpdesk.services.environment import data_folder, demo_environment
from helpdesk.services.errors import StartError
from helpdesk.services.folders import hold_lock, is_locked, private_folder, remove, require_room
from helpdesk.services.postgres import Postgres
from helpdesk.services.supervisor import Stopped, Supervisor
from helpdesk.services.valkey import Valkey

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
            raise StartError(
                f"Port {port} of {what} is reserved for root: choose another with {name}="
            ) from None
        except OSError:
            raise StartError(
                f"Port {port} of {what} is taken by another program; choose another:"
                f" make demo {name}={port + 80}"
            ) from None


class Demo:
    """One run of the demo."""

    def __init__(self, folder: Path) -> None:
        self.begun = time.monotonic()
        self.folder = folder
        self.port = port_setting("PORT", 8000)
        self.sim_port = port_setting("SIM_PORT", 8001)
        self.supervisor = Supervisor(folder / "logs", verbose=bool(os.environ.get("VERBOSE")), say=self.say)

    def say(self, text: str) -> None:
        """Print one line at once, so that progress is seen through a pipe too."""
        print(text, flush=True)

    def step(self, text: str) -> None:
        """Announce what may take a while."""
        self.say(f"{time.monotonic() - self.begun:5.1f} s  {text}")

    def start(self) -> None:
        """Bring everything up in order and print where it is."""
        require_free_port(self.port, "PORT", "the web pages")
        require_free_port(self.sim_port, "SIM_PORT", "the simulator")
        private_folder(self.folder)
        private_folder(self.supervisor.logs)
        require_room(self.folder, NEEDED_MEGABYTES)
        if os.geteuid() == 0:
            require_room(ROOTS_FOLDER.parent, NEEDED_MEGABYTES)
        self.supervisor.listen_to_signals()
        env = self.start_stores()
        self.start_application(env)

    def start_stores(self) -> dict[str, str]:
        """Start PostgreSQL and Valkey, unless their URLs name others; return the environment of the rest."""
        stores = []
        database = os.environ.get("DATABASE_URL", "")
        redis, broker = os.environ.get("REDIS_URL", ""), os.environ.get("BROKER_URL", "")
        if not database:
            postgres = Postgres(self.folder / "postgres")
            if not postgres.home.exists():
                self.step("Making the database")
            postgres.prepare()
            database = postgres.url
            stores.append(postgres.program())
        if not redis:
            valkey = Valkey(self.folder / "valkey")
            valkey.prepare()
            redis, broker = valkey.url, broker or valkey.broker_url
            stores.append(valkey.program())
        env = demo_environment(
            self.folder, database=database, redis=redis, broker=broker, port=self.port, sim_port=self.sim_port
        )
        self.step("Starting " + " and ".join([*(store.name for store in stores), "simulator"]))
        self.supervisor.start(*stores, programs.simulator(env, self.sim_port))
        return env

    def start_application(self, env: dict[str, str]) -> None:
        """Bring the tables up to date, seed them once, start web, worker and beat."""
        self.step("Bringing the tables up to date")
        self.supervisor.run(programs.compile_messages(env))
        self.supervisor.run(programs.command(env, "migrate", "migrate", "--no-input", "--verbosity", "1"))
        seeded = self.folder / "seeded"
        if not seeded.exists():
            self.step("Seeding a support team with live tickets")
            self.supervisor.run(programs.command(env, "seed", "seed_demo"))
            seeded.touch()
        self.step("Starting web, worker and beat")
        self.supervisor.start(programs.web(env, self.port), programs.worker(env), programs.beat(env))
        self.say(f"\nReady after {time.monotonic() - self.begun:.1f} s.\n")
        self.say(f"  Helpdesk            http://127.0.0.1:{self.port}/")
        self.say(f"  Phone beside inbox  http://127.0.0.1:{self.port}/demo/")
        self.say(f"  Customer's phone    http://127.0.0.1:{self.sim_port}/phone/")
        self.say(LOG_INS)
        self.say(f"Logs are in {self.supervisor.logs}. Ctrl-C stops everything; the data stays.")


def run() -> int:
    """Run the demo until Ctrl-C; return the exit code."""
    folder = data_folder()
    demo = Demo(folder)
    private_folder(folder)
    lock = hold_lock(folder / "demo.lock", busy=BUSY)
    try:
        demo.start()
        demo.supervisor.watch()
    except Stopped:
        pass
    finally:
        begun = time.monotonic()
        demo.supervisor.stop()
        if demo.supervisor.signal is not None:
            demo.say(f"\nStopped in {time.monotonic() - begun:.1f} s.")
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
        return 1


if __name__ == "__main__":
    sys.exit(main())
