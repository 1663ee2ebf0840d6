"""Derive all figures from the log again, or check that they are what the log says."""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics import lock, refresh
from tickets.models import Ticket

# Below this a process takes longer to begin than to do its part.
WORTH_A_PROCESS = 20_000


class Command(BaseCommand):
    """Rebuild the figures; may run while people work, and may be interrupted and run again."""

    help = "Derive all figures from the history again; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check and --workers."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; end with an error if anything differs"
        )
        parser.add_argument(
            "--workers",
            type=int,
            help="processes that derive side by side; 0 does it all here, in one transaction (default: as many as"
            " there are cores, 0 for few tickets)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild or check."""
        lock.be_patient()
        processes = options["workers"]
        if processes is None:
            processes = os.cpu_count() or 1 if Ticket.objects.count() > WORTH_A_PROCESS else 0
        begin = time.monotonic()
        if not options["check"]:
            number = refresh.rebuild(self._tell, processes=processes)
            spent = time.monotonic() - begin
            self.stdout.write(f"{number} tickets, {len(refresh.every_day())} days, {spent:.1f} s.")
            return
        refresh.refresh()
        wrong = refresh.check(self._tell, processes=processes)
        for line in wrong[:20]:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} differences; `manage.py kpi_rebuild` derives everything again.")
        self.stdout.write("All figures are what the log says.")

    def _tell(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total} tickets")
