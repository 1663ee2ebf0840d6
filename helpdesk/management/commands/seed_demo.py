"""Furnish an empty database with the demo."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agents.models import User
from channels_whatsapp.models import WhatsAppNumber
from helpdesk import clock
from helpdesk.seed.approved import assign_templates
from helpdesk.seed.history import write_history
from helpdesk.seed.people import hire
from helpdesk.seed.play import play, ring


class Command(BaseCommand):
    """Create the demo's team and tickets, all or nothing."""

    help = "Creates the people and tickets of the demo in an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let tests begin without a past."""
        parser.add_argument("--no-history", dest="history", action="store_false", help="begin without a past")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed once; a second call changes nothing."""
        if not settings.DEMO:
            raise CommandError("The demo's log-ins are public knowledge; set DEMO=1 to create them.")
        if User.objects.exists():
            self.stdout.write("The database has people already; nothing was changed.")
            return
        with transaction.atomic():
            staff = hire()
            if settings.SIMULATOR_URL:
                assign_templates(WhatsAppNumber.objects.get(inbox=staff.inbox))
            tickets = write_history(staff, end=clock.now() - dt.timedelta(hours=6)) if options["history"] else 0
            chats = play(staff)
        if settings.SIMULATOR_URL:
            ring()
        self.stdout.write(f"Created the demo with {chats} conversations and {tickets} tickets of the past sixty days.")
