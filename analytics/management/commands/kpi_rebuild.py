"""Derive all figures from the log again, or check that they are what the log says."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from analytics import refresh


class Command(BaseCommand):
    """Rebuild the figures; may run while people work, and may be interrupted and run again."""

    help = "Derive all figures from the history again; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; end with an error if anything differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild or check."""
        with connection.cursor() as sql:
            sql.execute("SET statement_timeout = 0")
        if not options["check"]:
            number = refresh.rebuild(self._tell)
            self.stdout.write(f"{number} tickets, {len(refresh.every_day())} days.")
            return
        wrong = refresh.check(self._tell)
        for line in wrong[:20]:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} differences; `manage.py kpi_rebuild` derives everything again.")
        self.stdout.write("All figures are what the log says.")

    def _tell(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total} tickets")
