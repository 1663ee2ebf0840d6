"""Tables beside the tables of the figures: filled without indexes, compared, or put in their place at once.

They stand in a schema of their own under the same names, so every statement about figures works on them as it is, with
that schema first in the search path. Whatever ends a rebuild before the exchange leaves the figures as they were.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from analytics.facts import BESIDE, BESIDE_COLUMNS, COLUMNS
from analytics.models import Fact, HourRollup, Rollup

SCHEMA = "kpi_rebuild"
FACTS = [Fact._meta.db_table, *(model._meta.db_table for model in BESIDE.values())]
ROLLUPS = [Rollup._meta.db_table, HourRollup._meta.db_table]
TABLES = [*FACTS, *ROLLUPS]
# A reader's transaction is short; who waits for all of them must not make the others wait behind it for long.
ATTEMPTS, PAUSE = 60, 1.0

OPTIONS = """
SELECT format('ALTER TABLE %%s SET (%%s)', relname, array_to_string(reloptions, ', ')) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s) AND reloptions IS NOT NULL
"""
CONSTRAINTS = """
SELECT r.relname, format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', r.relname, c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
WHERE r.relnamespace = current_schema()::regnamespace AND r.relname = ANY(%s) AND c.contype IN ('p', 'u', 'x', 'f')
"""
INDEXES = """
SELECT r.relname, replace(pg_get_indexdef(i.indexrelid), format(' ON %%I.%%I ', current_schema(), r.relname),
  format(' ON %%I ', r.relname))
FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
WHERE r.relnamespace = current_schema()::regnamespace AND r.relname = ANY(%s)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""
GRANTS = """
SELECT format('GRANT %%s ON %%I TO %%s', a.privilege_type, r.relname,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
FROM pg_class r CROSS JOIN LATERAL aclexplode(r.relacl) a
WHERE r.relnamespace = current_schema()::regnamespace AND r.relname = ANY(%s)
"""


def home() -> str:
    """Return the schema of the figures that stand."""
    with connection.cursor() as sql:
        sql.execute("SELECT quote_ident(current_schema())")
        return str(sql.fetchone()[0])


def make() -> dict[str, list[str]]:
    """Create the tables, empty and bare; return what each of them must get when it is full, as statements."""
    later: dict[str, list[str]] = {table: [] for table in TABLES}
    with transaction.atomic(), connection.cursor() as sql:
        sql.execute(OPTIONS, [TABLES])
        now = [statement for (statement,) in sql.fetchall()]
        for question in (CONSTRAINTS, INDEXES):
            sql.execute(question, [TABLES])
            for table, statement in sql.fetchall():
                later[table].append(statement)
        sql.execute(GRANTS, [TABLES])
        now += [statement for (statement,) in sql.fetchall()]
        here = home()
        sql.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        sql.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in TABLES:
            sql.execute(
                f"CREATE TABLE {SCHEMA}.{table}"
                f" (LIKE {here}.{table} INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS INCLUDING STORAGE)"
            )
        with first():
            for statement in now:
                sql.execute(statement)
    return later


@contextmanager
def first() -> Iterator[None]:
    """Let names of tables mean these tables, for the length of a transaction."""
    with transaction.atomic(), connection.cursor() as sql:
        sql.execute("SELECT current_setting('search_path')")
        before = sql.fetchone()[0]
        sql.execute("SELECT set_config('search_path', %s, true)", [f"{SCHEMA}, {before}"])
        yield
        sql.execute("SELECT set_config('search_path', %s, true)", [before])


def finish(statement: str) -> None:
    """Give a full table an index or a constraint."""
    with first(), connection.cursor() as sql:
        sql.execute(statement)


def exchange() -> None:
    """Put these tables in the place of those that stand; the caller's transaction decides whether it happened.

    Readers wait for a moment. Raises OperationalError when the tables are never free of readers.
    """
    here = home()
    with connection.cursor() as sql:
        # Nobody reads these but autovacuum, which gives way to whoever has waited for a second (deadlock_timeout).
        _lock(sql, SCHEMA, within="30s")
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    _lock(sql, here, within="1s")
                break
            except OperationalError:
                if attempt + 1 == ATTEMPTS:
                    raise
                time.sleep(PAUSE)
        sql.execute("SET LOCAL lock_timeout = '30s'")
        for table in TABLES:
            sql.execute(f"DROP TABLE {here}.{table}")
            sql.execute(f"ALTER TABLE {SCHEMA}.{table} SET SCHEMA {here}")
        sql.execute(f"DROP SCHEMA {SCHEMA}")


def _lock(sql: CursorWrapper, schema: str, *, within: str) -> None:
    sql.execute(f"SET LOCAL lock_timeout = '{within}'")
    sql.execute(f"LOCK TABLE {', '.join(f'{schema}.{table}' for table in TABLES)} IN ACCESS EXCLUSIVE MODE")


def drop() -> None:
    """Forget these tables."""
    with connection.cursor() as sql:
        sql.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def differing(changed_meanwhile: str) -> Iterator[str]:
    """Yield a line for each table and day on which facts differ from these; a condition names tickets to leave out."""
    here = home()
    with connection.cursor() as sql:
        for table, columns in _compared():
            day = "opened_day" if table == "kpi_fact" else "day"
            names = ", ".join(columns)
            stored, derived = (f"SELECT {names} FROM {schema}.{table}" for schema in (here, SCHEMA))  # noqa: S608
            sql.execute(
                f"SELECT {day}, count(*), min({columns[0]}) FROM (({stored} EXCEPT ALL {derived})"  # noqa: S608
                f" UNION ALL ({derived} EXCEPT ALL {stored})) AS d"
                f" WHERE {columns[0]} NOT IN ({changed_meanwhile}) GROUP BY 1 ORDER BY 1"
            )
            for on, number, ticket in sql.fetchall():
                yield f"{table} of {on}: {number} rows differ from the log, the first of ticket {ticket}"


def _compared() -> Iterator[tuple[str, list[str]]]:
    yield Fact._meta.db_table, COLUMNS
    for name, model in BESIDE.items():
        yield model._meta.db_table, ["fact_id", *BESIDE_COLUMNS[name]]
