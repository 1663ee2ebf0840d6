"""From a commit to the figure: the refresh, the rebuild, and the check."""

import datetime as dt
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import User
from analytics import loading, lock, parts, refresh, shadow, tasks
from analytics.models import Dirty, Fact, Rollup, Watermark
from analytics.periods import Period
from analytics.queries import Reader
from helpdesk import clock
from tests.analytics.history import MONDAY, after, answers, hears, resolves
from tests.cast import House, house

JUNE = Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))


@pytest.fixture
def cast(transactional_db: None) -> House:
    """Return the furnished house, committed."""
    return house()


def belongings() -> list[str]:
    """Return the indexes, constraints, options and defaults of the tables of the figures."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = ANY(%s) UNION ALL"
            " SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY(%s) UNION ALL"
            " SELECT relname || relnamespace::regnamespace || coalesce(reloptions::text, '')"
            " FROM pg_class WHERE relname = ANY(%s) UNION ALL"
            " SELECT table_name || column_name || data_type || is_nullable || is_identity"
            " || coalesce(column_default, '') FROM information_schema.columns WHERE table_name = ANY(%s) ORDER BY 1",
            [shadow.TABLES] * 4,
        )
        return [row[0] for row in sql.fetchall()]


def scans(statement: str, params: list[Any]) -> list[tuple[str, str]]:
    """Return which tables a statement would read, and by which condition on an index."""
    with connection.cursor() as sql:
        sql.execute(f"EXPLAIN (FORMAT JSON) {statement}", params)
        waiting, found = [sql.fetchone()[0][0]["Plan"]], []
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if "Relation Name" in node:
            found.append((node["Relation Name"], node.get("Index Cond", node.get("Recheck Cond", ""))))
    return found


def test_no_planner_that_takes_tables_for_empty_reads_them_whole_for_each_row(db: None) -> None:
    with connection.cursor() as sql:
        sql.execute("SET LOCAL enable_seqscan = off")  # as if they had many pages, which it knows in any case
    for statement in (loading.SURVEYS, loading.OLDER_ANSWERS):
        read = scans(statement, [[1, 2]])
        answers_by = [by for table, by in read if table == "surveys_surveyresponse"]
        assert len(answers_by) == 2
        assert all(by.startswith("(invitation_id = ") for by in answers_by), answers_by
        assert ("surveys_surveyinvitation", "(ticket_id = ot.id)") in read
    for table, by in scans(parts.TICKETS_OF, [1, 500, 1, 500]):
        assert table == "tickets_contact" or by.startswith(("(contact_id = ", "(conversation_id = ")), (table, by)


def refresh_until(cast: House, kpi: str, value: float) -> float | None:
    """Refresh until a figure is reached; other databases of the cluster may hold the horizon for a moment."""
    shown: float | None = None
    stop = time.monotonic() + 60
    while shown != value and time.monotonic() < stop:
        refresh.refresh()
        with clock.at(after(days=2)):
            shown = Reader(cast.jonas).kpi(kpi, JUNE).value
        time.sleep(0.01)
    return shown


@pytest.mark.django_db(transaction=True)
def test_a_commit_is_in_the_figures_after_the_next_refresh(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    assert refresh_until(cast, "volume", 1) == 1
    answers(cast.lena, ticket, after(minutes=3))
    assert refresh_until(cast, "first_response_time", 180) == 180
    resolves(cast.lena, ticket, after(minutes=5))
    assert refresh_until(cast, "backlog", 0) == 0
    assert not Dirty.objects.exists()
    assert Watermark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_happened_stands_on_an_open_page_within_five_seconds(cast: House) -> None:
    beat = current_app.conf.beat_schedule["bring figures up to date"]
    asks = re.search(r"EVERY = ([\d_]+);", (Path(settings.BASE_DIR) / "static/js/reports.js").read_text())
    assert beat["task"] == tasks.refresh.name
    assert asks is not None
    User.objects.update(language="en")
    manager = Client()
    manager.force_login(cast.jonas)
    tasks.refresh()
    as_of = manager.get("/reports/volume/").context["as_of"].isoformat()
    hears(cast, clock.now())
    # What other databases of the cluster are in the middle of holds the horizon for a moment.
    while not Fact.objects.exists():
        begun = time.perf_counter()
        tasks.refresh()
    page = manager.get("/reports/volume/", headers={"X-Known-As-Of": as_of})
    took = time.perf_counter() - begun
    assert page.context["tiles"][0].value == "1"
    # At worst the beat and the page have both just looked.
    assert beat["schedule"] + int(asks[1]) / 1000 + took < 5, took


@pytest.mark.django_db(transaction=True)
def test_with_nothing_to_do_the_refresh_writes_nothing(cast: House) -> None:
    hears(cast, MONDAY)
    assert refresh_until(cast, "volume", 1) == 1
    refresh.refresh()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert refresh.refresh_next() is False
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert written == []
    assert len(queries) <= 12


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_finds_what_is_missing_and_the_check_tells(cast: House) -> None:
    answers(cast.lena, hears(cast, MONDAY), after(minutes=3))
    out = StringIO()
    call_command("kpi_rebuild", stdout=out)
    assert "1 of 1 tickets" in out.getvalue()
    call_command("kpi_rebuild", check=True, stdout=out)
    assert "All figures are what the log says." in out.getvalue()
    Rollup.objects.filter(measure="volume", dimension="all").update(numerator=7)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("kpi_rebuild", check=True, stdout=out, stderr=out)
    call_command("kpi_rebuild", stdout=out)
    call_command("kpi_rebuild", check=True, stdout=out)


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_in_processes_of_its_own_gives_the_same_tables_with_all_that_belongs_to_them(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    answers(cast.lena, ticket, after(minutes=3))
    resolves(cast.lena, ticket, after(minutes=5))
    before = belongings()
    refresh.rebuild()
    here = before, list(Fact.objects.values())
    assert refresh.rebuild(processes=1) == 1
    assert (belongings(), list(Fact.objects.values())) == here
    assert any("kpi_wait_day" in line for line in here[0])
    assert refresh.check(processes=1) == []


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_that_is_interrupted_leaves_the_figures_as_they_were(
    cast: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(cast, MONDAY)
    call_command("kpi_rebuild", stdout=StringIO())
    hears(cast, MONDAY)

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shadow, "exchange", power_cut)
        with pytest.raises(KeyboardInterrupt):
            call_command("kpi_rebuild", workers=1, stdout=StringIO())
    assert Fact.objects.count() == 1
    call_command("kpi_rebuild", workers=1, stdout=StringIO())
    assert Fact.objects.count() == 2


def vacuums(table: str, begun: threading.Event) -> None:
    """Hold the lock of autovacuum on a table a little longer than a reader of figures would be waited for."""
    with transaction.atomic(), connection.cursor() as sql:
        sql.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")
        begun.set()
        sql.execute("SELECT pg_sleep(1.5)")


@pytest.mark.django_db(transaction=True)
def test_new_tables_that_are_being_vacuumed_take_their_place_after_it() -> None:
    begun = threading.Event()
    shadow.make()
    with ThreadPoolExecutor(max_workers=1) as vacuum, transaction.atomic():
        held = vacuum.submit(vacuums, f"{shadow.SCHEMA}.{shadow.TABLES[-1]}", begun)
        begun.wait(20)
        shadow.exchange()
        transaction.set_rollback(True)  # these are bare
        held.result(20)
        vacuum.submit(connections.close_all).result(20)
    shadow.drop()


@pytest.mark.django_db(transaction=True)
def test_while_somebody_rebuilds_the_refresh_steps_aside(cast: House) -> None:
    hears(cast, MONDAY)
    with ThreadPoolExecutor(max_workers=1) as colleague, transaction.atomic():
        lock.take(wait=True)
        assert colleague.submit(refresh.refresh_next).result(20) is False
        colleague.submit(connections.close_all).result(20)
