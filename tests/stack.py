"""The real processes (web, worker, beat, simulator, a Valkey of their own) for browser, chaos and chain tests.

    with running_stack(database=url) as stack:
        stack.simulator.inbound("4915112345678", "Jana", "Where is my parcel?")
        stack.kill9("worker")
        stack.restart("worker")

Give it a migrated database; without one it brings a PostgreSQL of its own and migrates. Every process is
addressed by its own name and pid. Start it from the main thread: the processes die with their thread.
"""

import os
import secrets
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from helpdesk.services import programs
from helpdesk.services.environment import BASE_DIR
from helpdesk.services.stack import Stack
from helpdesk.services.supervisor import Program, Supervisor
from helpdesk.services.throwaway import throwaway_folder

SECONDS = 10.0


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url(settings: Mapping[str, Any]) -> str:
    """Return the URL of the database that Django's `connection.settings_dict` names, with its test name."""
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    host, port = settings["HOST"], f":{settings['PORT']}" if settings["PORT"] else ""
    if host.startswith("/"):
        return f"postgresql://{settings['USER']}{password}@/{settings['NAME']}?host={host}"
    return f"postgresql://{settings['USER']}{password}@{host}{port}/{settings['NAME']}"


@dataclass(frozen=True)
class Simulator:
    """The control interface of the simulator."""

    url: str

    def control(self, method: str, path: str, **more: Any) -> Any:
        """Send one control request and return what it answers."""
        answer = requests.request(method, f"{self.url}/control/{path}", timeout=SECONDS, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def inbound(self, sender: str, name: str, text: str, **more: Any) -> str:
        """Let a customer write a text; return the wamid."""
        body = {"from": sender, "name": name, "type": "text", "text": text, **more}
        return str(self.control("POST", "inbound", json=body)["wamid"])

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what the simulator saw: accepted_send, webhook, read or typing."""
        return list(self.control("GET", "log", params={"kind": kind})["entries"])

    def faults(self, **wanted: Any) -> None:
        """Let the simulator misbehave from now on."""
        self.control("POST", "faults", json=wanted)

    def behave(self) -> None:
        """End all misbehaviour."""
        self.control("DELETE", "faults")


class RunningStack:
    """The processes of one stack, each addressed by its name."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.url, self.env = stack.url, stack.env
        self.simulator = Simulator(stack.simulator_url)

    def pid(self, name: str) -> int:
        """Return the process of web, worker, beat, simulator, valkey or (if its own) postgres."""
        return self.stack.supervisor.find(name).process.pid

    def kill9(self, name: str) -> None:
        """Kill a process so that it cannot say good-bye; it stays dead until `restart`."""
        process = self.stack.supervisor.find(name).process
        process.kill()
        process.wait()

    def freeze(self, name: str) -> None:
        """Stop a process in its tracks; its connections stay open."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen process go on."""
        os.kill(self.pid(name), signal.SIGCONT)

    def restart(self, name: str) -> None:
        """Stop a process, if it still runs, start it again and wait until it is ready."""
        self.stack.supervisor.restart(name)

    def rest(self) -> None:
        """Take no more of the processors until `wake`: other tests go on."""
        for name in ("simulator", "web", "worker", "beat"):
            self.freeze(name)

    def wake(self) -> None:
        """Go on after `rest`."""
        for name in ("simulator", "web", "worker", "beat"):
            self.thaw(name)

    def heal(self) -> None:
        """End all misbehaviour, and start again what is dead."""
        for name in ("postgres", "valkey", "simulator", "web", "worker", "beat"):
            if self.stack.supervisor.find(name).process.poll() is not None:
                self.restart(name)
        self.simulator.behave()

    def log(self, name: str) -> str:
        """Return everything that a process has said."""
        return self.stack.supervisor.find(name).log.read_text(errors="replace")


@contextmanager
def running_stack(
    *,
    database: str | None = None,
    env: Mapping[str, str] | None = None,
    parts: tuple[str, ...] = ("simulator", "web", "worker", "beat"),
) -> Iterator[RunningStack]:
    """Run the named parts until the end of the block; the secrets are those of this process where it has them.

    `env` overrides the environment of the processes, for the speed-ups of a test.
    """
    with throwaway_folder() as folder:
        supervisor = Supervisor(folder / "logs", say=lambda _line: None)
        stack = Stack(
            folder=folder,
            port=free_port(),
            sim_port=free_port(),
            supervisor=supervisor,
            durable=database is None,
        )
        try:
            stack.start_stores({"DATABASE_URL": database} if database else {})
            shared = ("SECRET_KEY", "ENCRYPTION_KEYS", "WHATSAPP_APP_SECRETS", "WHATSAPP_VERIFY_TOKEN")
            stack.env |= {name: os.environ[name] for name in shared if os.environ.get(name)}
            stack.env["SIM_APP_SECRET"] = stack.env["WHATSAPP_APP_SECRETS"].split(",")[0].strip()
            stack.env |= env or {}
            if database is None:
                stack.prepare_tables()
            described = {
                "simulator": programs.simulator(stack.env, stack.sim_port),
                "web": programs.web(stack.env, stack.port),
                "worker": programs.worker(stack.env),
                "beat": beat_without_tables(stack.env),
            }
            supervisor.start(*(described[part] for part in parts))
            yield RunningStack(stack)
        finally:
            supervisor.stop()


def beat_without_tables(env: Mapping[str, str]) -> Program:
    """Describe a beat that reads its schedule from the settings: tests empty the tables under its feet."""
    beat = programs.beat(env)
    argv = [*beat.argv, "--scheduler", "celery.beat:Scheduler"]
    return Program(name="beat", argv=argv, env=env, cwd=BASE_DIR, ready_line=beat.ready_line)


def random_phone() -> str:
    """Return a telephone number that no other test uses; 49151 is a German mobile prefix."""
    return f"49151{secrets.randbelow(90_000_000) + 10_000_000}"
