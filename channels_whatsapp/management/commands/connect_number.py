"""Connect a WhatsApp number to an inbox."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from agents.models import Team
from channels_whatsapp.numbers import connect_number
from tickets.models import Inbox

TOKEN_VARIABLE = "WHATSAPP_ACCESS_TOKEN"  # noqa: S105 - the name of the variable, not the token


class Command(BaseCommand):
    """Set up a number once; run it again to renew its token."""

    help = (
        "Connect a WhatsApp number to an inbox, creating the inbox where it is new. The access token is read from"
        f" {TOKEN_VARIABLE} or asked for; it is never an argument, because arguments show in the process list."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what Meta's dashboard shows."""
        parser.add_argument("--inbox", required=True, help="name of the inbox")
        parser.add_argument("--phone-number-id", required=True, help="from Meta's dashboard, not the number itself")
        parser.add_argument("--waba-id", default="", help="WhatsApp Business Account id")
        parser.add_argument("--display-number", default="", help="the number as people write it")
        parser.add_argument("--team", default="", help="team that answers; needed when the inbox is new")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create or renew."""
        del args
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            if not sys.stdin.isatty():
                raise CommandError(f"Set {TOKEN_VARIABLE}, or run this in a terminal to be asked for the token.")
            token = getpass.getpass("Access token: ").strip()
        if not token:
            raise CommandError("Without an access token nothing can be sent.")
        with transaction.atomic():
            inbox = self._inbox(options["inbox"], options["team"])
            try:
                number = connect_number(
                    inbox=inbox,
                    phone_number_id=options["phone_number_id"],
                    waba_id=options["waba_id"],
                    display_number=options["display_number"],
                    access_token=token,
                )
            except IntegrityError:
                raise CommandError("Another inbox has this phone number id.") from None
        self.stdout.write(f"{inbox.name} speaks for {number}.")

    def _inbox(self, name: str, team_name: str) -> Inbox:
        inbox = Inbox.objects.filter(name=name).first()
        if inbox is not None:
            if inbox.channel != "whatsapp":
                raise CommandError(f"The inbox {name} belongs to another channel.")
            return inbox
        if not team_name:
            raise CommandError(f"There is no inbox {name} yet; name its team with --team.")
        team = Team.objects.in_use().filter(name=team_name).first()
        if team is None:
            known = ", ".join(Team.objects.in_use().values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no team {team_name}; teams: {known}.")
        return Inbox.objects.create(name=name, channel="whatsapp", team=team)
