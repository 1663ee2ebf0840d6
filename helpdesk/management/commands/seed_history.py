"""Write the sixty days before the demo."""

import datetime as dt
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from agents.models import User
from analytics import refresh
from helpdesk.seed.history import write_history
from helpdesk.seed.people import known_staff
from tickets.models import Conversation

# Today's talks begin a good day before the demo does.
BEFORE_TODAY = dt.timedelta(hours=6)


class Command(BaseCommand):
    """Write what happened before `seed_demo`, all or nothing, and count the figures of all days."""

    help = "Writes the invented past of the demo behind what seed_demo has created; once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write once; a second call changes nothing."""
        if not settings.DEMO:
            raise CommandError("The past is an invention; set DEMO=1 to write it.")
        # Whoever looks at the first page meanwhile goes first.
        os.nice(5)
        if Conversation.objects.filter(pk=1).exists():
            self.stdout.write("The past is there already; nothing was changed.")
            return
        begun = User.objects.order_by("date_joined").values_list("date_joined", flat=True)[0]
        tickets = write_history(known_staff(), end=begun - BEFORE_TODAY)
        with connection.cursor() as cursor:
            # So many new rows at once: the planner would not know of them before the next round of autovacuum.
            cursor.execute("ANALYZE")
        refresh.rebuild()
        self.stdout.write(f"Wrote {tickets} tickets of the past sixty days.")
