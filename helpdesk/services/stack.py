"""One whole installation in one folder, for the demo, the tour and tests: stores, simulator, application."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.services import programs
from helpdesk.services.environment import stack_environment
from helpdesk.services.postgres import Postgres
from helpdesk.services.supervisor import Supervisor
from helpdesk.services.valkey import Valkey


def silent(_text: str) -> None:
    """Announce nothing."""


@dataclass
class Stack:
    """The processes of one installation; `env` is what each of them is started with."""

    folder: Path
    port: int
    sim_port: int
    supervisor: Supervisor
    durable: bool = True
    announce: Callable[[str], None] = silent
    env: dict[str, str] = field(default_factory=dict)

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
            postgres = Postgres(self.folder / "postgres", durable=self.durable)
            if not postgres.home.exists():
                self.announce("Making the database")
            postgres.prepare()
            database = postgres.url
            stores.append(postgres.program())
        if not redis:
            valkey = Valkey(self.folder / "valkey", durable=self.durable)
            valkey.prepare()
            redis, broker = valkey.url, broker or valkey.broker_url
            stores.append(valkey.program())
        stores_env = {"DATABASE_URL": database, "REDIS_URL": redis, "BROKER_URL": broker}
        self.env = {**stack_environment(self.folder, self.url, self.simulator_url), **stores_env}
        if stores:
            self.announce("Starting " + " and ".join(store.name for store in stores))
            self.supervisor.start(*stores)

    def prepare_tables(self) -> None:
        """Compile the translations and bring the tables up to date."""
        self.announce("Bringing the tables up to date")
        self.supervisor.run(programs.compile_messages(self.env))
        self.supervisor.run(programs.command(self.env, "migrate", "migrate", "--no-input"))

    def start_simulator(self) -> None:
        """Start the stand-in for Meta."""
        self.supervisor.start(programs.simulator(self.env, self.sim_port))

    def seed(self) -> None:
        """Seed a support team with live tickets; the simulator must run."""
        self.announce("Seeding a support team with live tickets")
        self.supervisor.run(programs.command(self.env, "seed", "seed_demo"))

    def start_application(self) -> None:
        """Start web, worker and beat."""
        self.announce("Starting web, worker and beat")
        self.supervisor.start(programs.web(self.env, self.port), programs.worker(self.env), programs.beat(self.env))
