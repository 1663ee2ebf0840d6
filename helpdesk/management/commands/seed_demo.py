"""Furnish an empty database with the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agents.models import User
from channels_whatsapp.models import WhatsAppNumber
from helpdesk.seed.approved import assign_templates
from helpdesk.seed.history import make_room_for_the_past
from helpdesk.seed.people import hire
from helpdesk.seed.play import play, ring


class Command(BaseCommand):
    """Create the demo's team and tickets, all or nothing."""

    help = "Creates the people and tickets of the demo in an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say whether a past will be written by `seed_history`."""
        parser.add_argument("--no-history", dest="history", action="store_false", help="there will be no past")

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
            if options["history"]:
                make_room_for_the_past()
            chats = play(staff)
        if settings.SIMULATOR_URL:
            ring()
        self.stdout.write(f"Created the demo with {chats} conversations.")
