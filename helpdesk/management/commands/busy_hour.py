"""Let a busy hour happen in the running demo."""

import random
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.busy_hour.desk import Desk
from helpdesk.busy_hour.phones import Phones, Simulator
from helpdesk.busy_hour.script import HOUR, customers
from helpdesk.busy_hour.summary import Summary, summarise

MINUTES, CUSTOMERS = (0.1, 120.0), (1, 500)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LOOK_EVERY = 0.5  # seconds
# After the hour, messages that are on their way may still arrive.
SETTLES_WITHIN = 30.0
# A number of the hour: fictitious, and of this minute, so that two runs do not meet.
NUMBER = "49160{:06d}"


class Command(BaseCommand):
    """Customers write in five languages, agents answer, customers rate: an hour in a few minutes."""

    help = "Plays a scripted busy hour against the running demo; Ctrl-C ends it and counts what happened."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how long it lasts and how many write."""
        parser.add_argument("--minutes", type=float, default=10.0, help="how long the hour takes (0.1 to 120)")
        parser.add_argument("--customers", type=int, default=60, help="how many customers write (1 to 500)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed brings the same customers")
        parser.add_argument("--no-agents", dest="agents", action="store_false", help="leave the answers to you")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, say how it goes, and count."""
        minutes, count = options["minutes"], options["customers"]
        _require(settings.DEMO and bool(settings.SIMULATOR_URL), "A busy hour happens in the demo only.")
        _require(urlsplit(settings.SIMULATOR_URL).hostname in LOOPBACK, "The simulator must be on this machine.")
        _require(MINUTES[0] <= minutes <= MINUTES[1], "--minutes must be from 0.1 to 120.")
        _require(CUSTOMERS[0] <= count <= CUSTOMERS[1], "--customers must be from 1 to 500.")
        chance = random.Random(options["seed"])  # noqa: S311 - a script, no secret
        prefix = NUMBER.format(int(time.time() // 60) % 1_000_000)
        try:
            script = customers(count, options["seed"], prefix)
            phones = Phones(Simulator(settings.SIMULATOR_URL), script, chance)
            desk = Desk(phones.by_phone, chance) if options["agents"] else None
            self._play(phones, desk, minutes)
            self._tell(self._settle(phones), desk)
        except requests.RequestException as error:
            raise CommandError(
                "The simulator does not answer; is the demo running? Start it with: make demo"
            ) from error

    def _play(self, phones: Phones, desk: Desk | None, minutes: float) -> None:
        self.stdout.write(f"An hour in {minutes:g} minutes: {len(phones.by_phone)} customers. Ctrl-C ends it early.")
        begun, told = time.monotonic(), 0
        try:
            while (passed := time.monotonic() - begun) < minutes * 60:
                now = passed / (minutes * 60) * HOUR
                phones.act(now)
                if desk is not None:
                    desk.act(now)
                if int(passed // 60) > told:
                    told = int(passed // 60)
                    self._progress(told, minutes, phones, desk)
                time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            self.stdout.write("\nEnding the hour early.")
        finally:
            if desk is not None:
                desk.leave()

    def _progress(self, minute: int, minutes: float, phones: Phones, desk: Desk | None) -> None:
        answers = ""
        if desk is not None:
            waiting = sum(ticket.waiting_since is not None for ticket, _one in desk.open_tickets())
            answers = f", {desk.replies} answers, {waiting} waiting, {desk.resolved} resolved"
        self.stdout.write(
            f"minute {minute} of {minutes:g}: {phones.arrived} customers, {phones.written} messages{answers}"
        )
        self.stdout.flush()

    def _settle(self, phones: Phones) -> Summary:
        """Wait until what is on its way has arrived."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while True:
            summary = summarise(phones)
            if (summary.agrees and not phones.simulator.pending()) or time.monotonic() > deadline:
                return summary
            time.sleep(LOOK_EVERY)

    def _tell(self, summary: Summary, desk: Desk | None) -> None:
        self.stdout.write(f"\nThe phones wrote {summary.written} messages, the database has {summary.stored} of them.")
        self.stdout.write(f"The database sent {summary.sent} messages, the phones got {summary.received} of them.")
        resolved = f", {desk.resolved} times resolved" if desk is not None else ""
        self.stdout.write(f"{summary.tickets} tickets{resolved}, {summary.scores} scores.")
        if not summary.agrees:
            named = ", ".join([*summary.missing, *summary.doubled][:5])
            raise CommandError(
                f"{len(summary.missing)} messages are missing and {len(summary.doubled)} doubled: {named}"
            )


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001
    if not holds:
        raise CommandError(sentence)
