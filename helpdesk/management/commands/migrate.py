"""Migrate without the clock of pages: an index on a large table takes minutes. Waiting for locks still ends soon."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from helpdesk.postgresql.base import patience

LONG = 6 * 3600.0


class Command(migrate.Command):
    """Django's command, in a session whose statements may take as long as they need."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate."""
        connection = connections[options["database"]]
        with connection.cursor() as sql:
            sql.execute("SHOW statement_timeout")
            before = sql.fetchone()[0]
            sql.execute("SET statement_timeout = 0")
        limit = patience.set(LONG)
        try:
            super().handle(*args, **options)
        finally:
            patience.reset(limit)
            with connection.cursor() as sql:
                sql.execute("SELECT set_config('statement_timeout', %s, false)", [before])
