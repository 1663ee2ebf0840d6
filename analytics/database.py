"""The short way to PostgreSQL for many rows: without model instances. For those who count, not for pages."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorDebugWrapper
from psycopg import Cursor

LINES_AT_ONCE = 1000


def fetch(statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, read in their binary form; moments are in UTC.

    Django's own cursor reads text only; who counts statements or takes their time sees this one as any other.
    """
    execute: Callable[..., Any] = _execute
    for outer in connection.execute_wrappers:
        execute = partial(outer, execute)
    with connection.cursor() as wrapper:
        logged = wrapper.debug_sql(statement, params) if isinstance(wrapper, CursorDebugWrapper) else nullcontext()
        with logged, connection.wrap_database_errors:
            rows: list[tuple[Any, ...]] = execute(statement, params, False, {"connection": connection})
    return rows


def _execute(statement: str, params: Sequence[Any], *_: Any) -> list[tuple[Any, ...]]:
    with Cursor(connection.connection) as sql:
        return sql.execute(statement, params, binary=True).fetchall()


def copy(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows by COPY, at a fraction of the cost of INSERT.

    For numbers, days, moments, truth values and words of ours, which Python writes as PostgreSQL reads them; nothing
    is escaped.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (NULL 'None')"
    line = "\t".join(["%s"] * len(columns)) + "\n"
    lines = map(line.__mod__, rows)
    with connection.cursor() as sql, sql.cursor.copy(statement) as target:
        while piece := "".join(islice(lines, LINES_AT_ONCE)):
            target.write(piece)
