"""What a report was asked for: period and filters, read from the address and written back into links."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Team, User
from analytics.periods import Period, today
from analytics.scope import Filters, teams_of_viewer
from tickets.models import Inbox

PRESETS = (7, 28, 90, 365)
DEFAULT_DAYS = 28
LONGEST_DAYS = 1100


@dataclass(frozen=True)
class Choice:
    """One way to change what is asked."""

    text: str
    query: str
    is_current: bool


@dataclass(frozen=True)
class Asked:
    """A period and filters of one reader, with what was wrong about them in words."""

    viewer: User
    period: Period
    days: int | None  # one of the presets, None for a period of one's own
    team: Team | None
    inbox: Inbox | None
    trouble: str = ""

    @cached_property
    def filters(self) -> Filters:
        """The filters as the queries take them."""
        return Filters(
            teams=frozenset({self.team.pk}) if self.team else None,
            inboxes=frozenset({self.inbox.pk}) if self.inbox else None,
        )

    @property
    def query(self) -> str:
        """The part of an address that asks for the same."""
        asked = QueryDict(mutable=True)
        if self.days is None:
            asked["from"], asked["to"] = self.period.first.isoformat(), self.period.last.isoformat()
        elif self.days != DEFAULT_DAYS:
            asked["days"] = str(self.days)
        if self.team:
            asked["team"] = str(self.team.pk)
        if self.inbox:
            asked["inbox"] = str(self.inbox.pk)
        return asked.urlencode()

    @property
    def period_text(self) -> str:
        """The period for people."""
        return span(self.period)

    @property
    def previous_text(self) -> str:
        """The period that this one is compared with."""
        return span(self.period.previous)

    @property
    def periods(self) -> list[Choice]:
        """The usual periods."""
        return [
            Choice(
                ngettext("Last %(days)d day", "Last %(days)d days", days) % {"days": days},
                replace(self, period=Period.last_days(days), days=days).query,
                days == self.days,
            )
            for days in PRESETS
        ]

    @cached_property
    def teams(self) -> list[Choice]:
        """The teams that the reader may ask for."""
        allowed = teams_of_viewer(self.viewer)
        known = Team.objects.all() if allowed is None else Team.objects.filter(pk__in=allowed)
        everything = _("All teams") if allowed is None else _("All my teams")
        return [
            Choice(everything, replace(self, team=None).query, self.team is None),
            *(Choice(team.name, replace(self, team=team).query, team == self.team) for team in known),
        ]

    @cached_property
    def inboxes(self) -> list[Choice]:
        """The numbers to ask for."""
        return [
            Choice(_("All numbers"), replace(self, inbox=None).query, self.inbox is None),
            *(
                Choice(inbox.name, replace(self, inbox=inbox).query, inbox == self.inbox)
                for inbox in Inbox.objects.all()
            ),
        ]


def span(period: Period) -> str:
    """Write a period for people."""
    first, last = (formats.date_format(day, "SHORT_DATE_FORMAT") for day in (period.first, period.last))
    return first if first == last else _("%(first)s – %(last)s") % {"first": first, "last": last}


def read(viewer: User, query: QueryDict) -> Asked:
    """Read what an address asks for; what makes no sense falls back to the default and is said in `trouble`."""
    days: int | None = DEFAULT_DAYS
    period, trouble = Period.last_days(DEFAULT_DAYS), ""
    if query.get("from") or query.get("to"):
        found, trouble = _own_period(query.get("from", ""), query.get("to", ""))
        if found is not None:
            period, days = found, None
    elif query.get("days"):
        if query["days"] in {str(preset) for preset in PRESETS}:
            days = int(query["days"])
            period = Period.last_days(days)
        else:
            trouble = _("This length of period is not known; the last %(days)d days are shown.") % {
                "days": DEFAULT_DAYS
            }
    allowed = teams_of_viewer(viewer)
    teams = Team.objects.all() if allowed is None else Team.objects.filter(pk__in=allowed)
    team = teams.filter(pk=_key(query, "team")).first()
    inbox = Inbox.objects.filter(pk=_key(query, "inbox")).first()
    if (query.get("team") and team is None) or (query.get("inbox") and inbox is None):
        trouble = trouble or _("This team or number does not exist, or is not yours to read; it is left out.")
    return Asked(viewer=viewer, period=period, days=days, team=team, inbox=inbox, trouble=trouble)


def _key(query: QueryDict, name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _own_period(first: str, last: str) -> tuple[Period | None, str]:
    try:
        period = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    except ValueError:
        return None, _("Choose a first and a last day, the first not after the last.")
    if len(period) > LONGEST_DAYS:
        return None, _("At most %(days)d days can be shown at once.") % {"days": LONGEST_DAYS}
    if period.first > today() or period.first.year < 2000:
        return None, _("Nothing has happened in that period yet.")
    return period, ""
