"""The embedded PostgreSQL really starts here; nothing is imitated."""

import os
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from helpdesk.services import schema
from helpdesk.services.binaries import find_binaries
from helpdesk.services.environment import BASE_DIR
from helpdesk.services.errors import StartError
from helpdesk.services.folders import socket_folder
from helpdesk.services.postgres import Postgres
from helpdesk.services.process import processes_in
from helpdesk.services.supervisor import Supervisor
from tests.services.conftest import Launcher, eventually

pytestmark = pytest.mark.stack
Launch = Callable[[], Launcher]


def test_a_new_server_knows_letters_of_all_alphabets_and_listens_on_no_port(launch: Launch) -> None:
    with psycopg.connect(launch().database) as database:
        database.execute("CREATE EXTENSION pg_trgm")
        row = database.execute(
            "SELECT lower('ÄЖ'), cardinality(show_trgm('Привет мир')), current_setting('listen_addresses'),"
            " current_setting('synchronous_commit'), current_setting('server_encoding'),"
            " current_setting('TimeZone')"
        ).fetchone()
    assert row == ("äж", 11, "", "on", "UTF8", "UTC")


def test_nobody_else_may_reach_the_socket_or_the_data(launch: Launch) -> None:
    data = launch().data
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data.parent / "run").stat().st_mode) == 0o700


def test_a_killed_launcher_leaves_nothing_behind(launch: Launch) -> None:
    launcher = launch()
    assert len(processes_in(launcher.data)) > 1
    launcher.process.kill()
    assert eventually(lambda: not processes_in(launcher.data), within=3)
    assert eventually(lambda: not Path(f"/proc/{launcher.valkey_pid}").exists(), within=3)


def test_what_was_committed_survives_a_killed_server_that_is_started_again(launch: Launch) -> None:
    launcher = launch()
    with psycopg.connect(launcher.database) as database:
        database.execute("CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(launcher.postgres_pid, signal.SIGKILL)

    def one() -> int:
        try:
            with psycopg.connect(launcher.database) as database:
                return len(database.execute("SELECT one FROM kept").fetchall())
        except psycopg.OperationalError:
            return 0

    assert eventually(lambda: one() == 1, within=15)


def test_a_second_start_finds_the_data_of_the_first(launch: Launch) -> None:
    first = launch()
    with psycopg.connect(first.database) as database:
        database.execute("CREATE TABLE kept AS SELECT 1 AS one")
    first.end()
    second = launch()
    assert second.data == first.data
    with psycopg.connect(second.database) as database:
        assert database.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_second_instance_on_the_same_folder_is_refused(launch: Launch, folder: Path) -> None:
    launcher = launch()
    with pytest.raises(StartError, match=rf"is in use \(process {launcher.process.pid}\)\.$"):
        Postgres(folder / "postgres").prepare()


def test_two_folders_hold_two_servers_side_by_side(launch: Launch, folder: Path) -> None:
    launch()
    (folder / "other").mkdir(mode=0o700)
    other = Postgres(folder / "other" / "postgres", durable=False)
    other.prepare()
    supervisor = Supervisor(folder / "logs")
    try:
        supervisor.start(other.program())
        with psycopg.connect(other.url) as database:
            assert database.execute("SELECT current_database()").fetchone() == ("helpdesk",)
    finally:
        supervisor.stop()


def test_data_of_another_major_version_is_refused(folder: Path) -> None:
    postgres = Postgres(folder / "postgres", durable=False)
    postgres.prepare()
    (postgres.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(StartError, match=r"was written by PostgreSQL 14, .* HELPDESK_PG_BIN"):
        postgres._check_version()


def test_tables_count_as_up_to_date_until_the_database_or_the_code_says_otherwise(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres = Postgres(folder / "postgres", durable=False)
    postgres.prepare()
    supervisor = Supervisor(folder / "logs")
    try:
        supervisor.start(postgres.program())
        schema.remember(postgres)
        assert not schema.is_current(postgres), "an empty database needs its tables"
        with psycopg.connect(postgres.url, autocommit=True) as database:
            database.execute("CREATE TABLE django_migrations (id serial, app text, name text)")
            database.execute(
                "INSERT INTO django_migrations (app, name) VALUES ('tickets', '0001'), ('tickets', '0002')"
            )
            schema.remember(postgres)
            assert schema.is_current(postgres)
            database.execute("DELETE FROM django_migrations WHERE name = '0002'")
            assert not schema.is_current(postgres)
        schema.remember(postgres)
        monkeypatch.setattr(schema, "BASE_DIR", copy_of_migrations(folder))
        assert not schema.is_current(postgres)
    finally:
        supervisor.stop()


def copy_of_migrations(folder: Path) -> Path:
    """Return a copy of what can change the tables, with one migration more."""
    copy = folder / "code"
    for name in ("helpdesk/settings.py", "requirements/base.lock"):
        (copy / name).parent.mkdir(parents=True)
        shutil.copy(BASE_DIR / name, copy / name)
    (copy / "tickets" / "migrations").mkdir(parents=True)
    (copy / "tickets" / "migrations" / "9999_new.py").touch()
    return copy


def test_a_pid_file_of_a_server_that_is_gone_does_not_stop_the_next(launch: Launch) -> None:
    first = launch()
    first.end()
    # A number that lives, as after a restart of the machine: PostgreSQL alone would refuse.
    stale = first.data / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{first.data}\n1\n5432\n/tmp\n\n0 0\nready   \n")
    with psycopg.connect(launch().database) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_a_start_that_was_killed_half_way_is_made_good(folder: Path) -> None:
    postgres = Postgres(folder / "postgres", durable=False)
    postgres.prepare()
    shutil.rmtree(postgres.data)
    (postgres.folder / "data.new").mkdir()
    (postgres.folder / "data.new" / "PG_VERSION").write_text("18\n")
    assert postgres._lock is not None
    postgres._lock.close()
    again = Postgres(folder / "postgres", durable=False)
    again.prepare()
    assert (again.data / "base").is_dir()


def test_the_folder_of_helpdesk_pg_bin_must_hold_a_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_PG_BIN", str(folder))
    with pytest.raises(StartError, match=r"^HELPDESK_PG_BIN is .*, but no PostgreSQL 15 or newer starts"):
        find_binaries()


def test_a_deep_folder_gets_a_short_one_for_its_sockets(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    run = socket_folder(deep)
    try:
        assert len(str(run)) < 85
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        assert socket_folder(deep) == run
        run.chmod(0o755)
        another = socket_folder(deep)
        another.rmdir()
        assert another != run
    finally:
        run.rmdir()
