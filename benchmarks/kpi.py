"""Measure the figures over a year of tickets: `make bench-kpi` (TICKETS=1000000), in a database of its own.

Prints what the front page of the reports costs in SQL and in all, for 30 days and for 12 months, what a refresh costs
for 1,000 tickets, and how long a rebuild takes; beside it, where `import duckdb` works, the same medians from DuckDB.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import psycopg
from django.db import connection

MESSAGES = 10
FILL = """
INSERT INTO tickets_contact (name, phone, language, is_test, created_at)
SELECT 'Contact ' || n, '', '', false, now() - interval '1 year' FROM generate_series(1, %(contacts)s::int) n;
INSERT INTO tickets_conversation (inbox_id, contact_id, last_seq)
SELECT i.id, c.id, 60 FROM tickets_contact c CROSS JOIN tickets_inbox i;
INSERT INTO tickets_ticket (conversation_id, team_id, assignee_id, status, priority, subject, opened_at, recorded_at,
  resolved_at, unanswered_count, last_activity_at, version)
SELECT c.id, i.team_id, u.id, CASE WHEN c.id %% 100 = 0 THEN 'open' ELSE 'closed' END, 3, 'A question', at, at,
  CASE WHEN c.id %% 100 = 0 THEN NULL ELSE at + interval '3 hours' END, 0, at, 20
FROM tickets_conversation c JOIN tickets_inbox i ON i.id = c.inbox_id
CROSS JOIN LATERAL (SELECT now() - interval '4 hours' - random() * 360 * interval '1 day' + c.id * interval '0' AS at) t
JOIN LATERAL (SELECT user_id AS id FROM agents_membership m WHERE m.team_id = i.team_id
  ORDER BY md5(m.user_id::text || c.id) LIMIT 1) u ON true;
INSERT INTO tickets_message (inbox_id, conversation_id, ticket_id, seq, kind, purpose, author_kind, author_id,
  content_type, text, content, occurred_at, recorded_at, state, sent_at, attempt, seen_seq)
SELECT c.inbox_id, c.id, t.id, n * 4, kind, CASE kind WHEN 'outbound' THEN 'reply' ELSE '' END,
  CASE kind WHEN 'outbound' THEN 'agent' ELSE 'contact' END, CASE kind WHEN 'outbound' THEN t.assignee_id END,
  'text', 'Message', '{}', at, at, CASE kind WHEN 'outbound' THEN 'sent' END, CASE kind WHEN 'outbound' THEN at END,
  CASE kind WHEN 'outbound' THEN 1 ELSE 0 END, n * 4 - 1
FROM tickets_ticket t JOIN tickets_conversation c ON c.id = t.conversation_id
CROSS JOIN generate_series(1, %(messages)s::int) n
CROSS JOIN LATERAL (SELECT CASE WHEN n %% 2 = 1 THEN 'inbound' ELSE 'outbound' END AS kind,
  t.opened_at + (n - 1) * interval '10 minutes'
  + CASE WHEN n %% 2 = 1 THEN 0 ELSE -ln(1 - random()) * 120 - 480 END * interval '1 second' AS at) k;
INSERT INTO tickets_ticketevent (ticket_id, seq, kind, actor_kind, actor_id, message_id, data, occurred_at, recorded_at,
  team_id, assignee_id, status)
SELECT t.id, 1, 'opened', 'contact', NULL, NULL, '{"hours": null}'::jsonb, t.opened_at, t.opened_at, t.team_id, NULL,
  'new'
FROM tickets_ticket t;
INSERT INTO tickets_ticketevent (ticket_id, seq, kind, actor_kind, actor_id, message_id, data, occurred_at, recorded_at,
  team_id, assignee_id, status)
SELECT m.ticket_id, m.seq + e.n, e.kind, e.actor_kind, CASE e.actor_kind WHEN 'agent' THEN m.author_id END, m.id, '{}',
  m.occurred_at, m.recorded_at, t.team_id, CASE WHEN m.seq > 4 THEN t.assignee_id END,
  CASE WHEN m.seq > 4 THEN 'open' ELSE 'new' END
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
JOIN (VALUES ('inbound', 1, 'message_received', 'contact'), ('outbound', 1, 'replied', 'agent'),
  ('outbound', 2, 'reply_accepted', 'system')) AS e(of, n, kind, actor_kind) ON e.of = m.kind;
INSERT INTO tickets_ticketevent (ticket_id, seq, kind, actor_kind, actor_id, message_id, data, occurred_at, recorded_at,
  team_id, assignee_id, status)
SELECT t.id, 59, 'resolved', 'agent', t.assignee_id, NULL, '{"settled_seq": 0}', t.resolved_at, t.resolved_at,
  t.team_id, t.assignee_id, 'resolved'
FROM tickets_ticket t WHERE t.resolved_at IS NOT NULL;
ANALYZE;
"""


def seconds(work: Callable[[], Any]) -> float:
    """Return how long something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


class SqlTime:
    """Adds up what statements cost."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        """Run a statement and take its time."""
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.spent += time.perf_counter() - begin
            self.queries += 1


def furnish() -> Any:
    """Create teams, people and inboxes; return somebody who reads all reports."""
    from agents.models import Membership, Role, Team, User
    from tickets.models import Inbox

    for number in range(3):
        team = Team.objects.create(name=f"Team {number}")
        Inbox.objects.create(name=f"Number {number}", channel="whatsapp", team=team)
        for place in range(5):
            user = User.objects.create(username=f"agent{number}{place}")
            Membership.objects.create(user=user, team=team)
    return User.objects.create(username="jonas", role=Role.MANAGER)


def fill(tickets: int) -> None:
    """Write a year in bulk, on a connection of its own: the product's gives up statements that take so long."""
    wanted = {"contacts": max(1, tickets // 3), "messages": MESSAGES}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor) as own:
        own.execute("SET synchronous_commit = off")
        own.execute(FILL.encode(), wanted)


def measure_page(viewer: Any, days: int) -> None:
    """Print what the front page costs, warm."""
    from analytics.periods import Period
    from analytics.queries import overview

    period = Period.last_days(days)
    overview(viewer, period)
    runs = []
    for _ in range(5):
        counter = SqlTime()
        with connection.execute_wrapper(counter):
            whole = seconds(lambda: overview(viewer, period))
        runs.append((counter.spent * 1000, whole * 1000, counter.queries))
    sql, whole, queries = sorted(runs)[len(runs) // 2]
    print(f"overview, {days:3} days: {sql:7.1f} ms SQL in {queries} queries, {whole:7.1f} ms in all")


def measure_refresh() -> None:
    """Print what a refresh costs for a thousand tickets that lie on few days."""
    from django.db import transaction

    from analytics import facts, rollups
    from analytics.models import Dirty, Fact

    ids = list(Fact.objects.order_by("-opened_day").values_list("pk", flat=True)[:1000])
    with transaction.atomic():
        Fact.objects.filter(pk__in=ids).delete()
        fold = seconds(lambda: facts.refold(ids))
        days = sorted(set(Dirty.objects.values_list("day", flat=True)))
        count = seconds(lambda: rollups.count_days(days))
        transaction.set_rollback(True)
    print(f"refresh: {fold * 1000:.0f} ms to fold 1,000 tickets, {count / len(days) * 1000:.0f} ms to count each day")


def compare_with_duckdb() -> None:
    """Print the medians of a year from DuckDB, where it is installed."""
    try:
        import duckdb
    except ImportError:
        print("duckdb: not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.csv"
        columns = "replied_day, solved_day, first_response, resolution, opened_team, channel"
        rows = f"COPY (SELECT {columns} FROM kpi_fact) TO STDOUT CSV HEADER"  # noqa: S608
        with connection.cursor() as cursor, file.open("wb") as out, cursor.cursor.copy(rows) as copy:
            for piece in copy:
                out.write(piece)
        duck = duckdb.connect()
        duck.execute(f"CREATE TABLE fact AS SELECT * FROM read_csv('{file}')")  # noqa: S608
        ask = "SELECT quantile_cont(first_response, [0.5, 0.9]), quantile_cont(resolution, [0.5, 0.9]) FROM fact"
        duck.execute(ask).fetchall()
        spent = seconds(lambda: duck.execute(ask).fetchall())
        print(f"duckdb: {spent * 1000:.1f} ms for the medians and p90 of two durations over the year")


def main() -> None:
    """Fill, rebuild, measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    from django.core.management import call_command

    from analytics import refresh

    tickets = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    call_command("migrate", verbosity=0)
    viewer = furnish()
    print(f"filling {tickets:,} tickets: {seconds(lambda: fill(tickets)):.0f} s", flush=True)
    begin = time.perf_counter()
    number = refresh.rebuild()
    spent = time.perf_counter() - begin
    print(f"rebuild of {number:,} tickets: {spent:.1f} s, {spent / number * 1e6:.0f} µs each", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_size_pretty(sum(pg_total_relation_size(c))) FROM unnest(ARRAY["
                       "'kpi_fact'::regclass, 'kpi_rollup', 'kpi_hour']) c")  # fmt: skip
        row = cursor.fetchone()
    print(f"facts and rollups: {row[0] if row else ''}; until {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC")
    measure_page(viewer, 30)
    measure_page(viewer, 365)
    measure_refresh()
    compare_with_duckdb()


if __name__ == "__main__":
    main()
