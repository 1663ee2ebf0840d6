"""One whole installation in one folder, for the demo, the tour and tests: stores, simulator, application."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.services import programs, schema
from helpdesk.services.environment import PAST_TO_WRITE, remember_addresses, stack_environment
from helpdesk.services.postgres import Postgres
from helpdesk.services.supervisor import Supervisor
from helpdesk.services.valkey import Valkey


def silent(_text: str) -> None:
    """Announce nothing."""


@dataclass
class Stack:
    """The processes of one installation; `env` is what each is started with, `history` wants sixty past days."""

    folder: Path
    port: int
    sim_port: int
    supervisor: Supervisor
    durable: bool = True
    history: bool = False
    announce: Callable[[str], None] = silent
    env: dict[str, str] = field(default_factory=dict)
    postgres: Postgres | None = None

    @property
    def url(self) -> str:
        """The address of the web pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_url(self) -> str:
        """The address of the simulator."""
        return f"http://127.0.0.1:{self.sim_port}"

    def start_stores(self, given: Mapping[str, str] = os.environ) -> None:
        """Start PostgreSQL and Valkey, unless DATABASE_URL and REDIS_URL in `given` name others."""
        stores = []
        database, redis = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
        broker = given.get("BROKER_URL", "")
        if not database:
            self.postgres = Postgres(self.folder / "postgres", durable=self.durable)
            if not self.postgres.home.exists():
                self.announce("Making the database")
            self.postgres.prepare()
            database = self.postgres.url
            stores.append(self.postgres.program())
        if not redis:
            valkey = Valkey(self.folder / "valkey", durable=self.durable)
            valkey.prepare()
            redis, broker = valkey.url, broker or valkey.broker_url
            stores.append(valkey.program())
        stores_env = {"DATABASE_URL": database, "REDIS_URL": redis, "BROKER_URL": broker}
        self.env = {**stack_environment(self.folder, self.url, self.simulator_url), **stores_env}
        remember_addresses(self.folder, web=self.url, simulator=self.simulator_url, stores=stores_env)
        if stores:
            self.announce("Starting " + " and ".join(store.name for store in stores))
            self.supervisor.start(*stores)

    def prepare_tables(self) -> None:
        """Compile the translations and bring the tables up to date."""
        self.supervisor.run(programs.compile_messages(self.env))
        if self.postgres and schema.is_current(self.postgres):
            return
        self.announce("Bringing the tables up to date")
        self.supervisor.run(programs.command(self.env, "migrate", "migrate", "--no-input"))
        if self.postgres:
            schema.remember(self.postgres)

    def start_application(self) -> None:
        """Start simulator, web, worker and beat; the first time, seed a support team with live tickets before."""
        seeded = self.folder / "seeded"
        simulator = programs.simulator(self.env, self.sim_port)
        rest = (programs.web(self.env, self.port), programs.worker(self.env), programs.beat(self.env))
        if seeded.exists():
            self.announce("Starting simulator, web, worker and beat")
            self.supervisor.start(simulator, *rest)
            return
        self.announce("Seeding a support team")
        self.supervisor.start(simulator)
        if self.history:
            self.past_to_write.touch()
        past = () if self.history else ("--no-history",)
        self.supervisor.run(programs.command(self.env, "seed", "seed_demo", *past))
        seeded.touch()
        self.announce("Starting web, worker and beat")
        self.supervisor.start(*rest)

    @property
    def past_to_write(self) -> Path:
        """The mark that stands while the sixty days before are still to be written; pages look at it too."""
        return self.folder / PAST_TO_WRITE

    def write_past(self) -> bool:
        """Write the sixty days before, beside the running application, unless that is done; return whether it was done.

        Raises `StartError` when it fails; the next start tries again.
        """
        if not self.past_to_write.exists():
            return False
        self.announce("Writing sixty days of history; reports are complete when that is done")
        self.supervisor.run(programs.command(self.env, "history", "seed_history"))
        self.past_to_write.unlink()
        return True
