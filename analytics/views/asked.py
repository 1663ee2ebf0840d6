"""What a report was asked for: period and filters, read from the address and written back into links."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agents.models import Team, User
from analytics.periods import Period, today
from analytics.scope import Filters, teams_of_viewer
from tickets.models import Inbox

ONE_DAY = dt.timedelta(days=1)
DEFAULT = "30-days"
LONGEST_DAYS = 1100
PRESETS: dict[str, tuple[StrOrPromise, Callable[[dt.date], Period]]] = {
    "today": (gettext_lazy("Today"), lambda day: Period(day, day)),
    "yesterday": (gettext_lazy("Yesterday"), lambda day: Period.last_days(1, day - ONE_DAY)),
    "7-days": (gettext_lazy("Last 7 days"), lambda day: Period.last_days(7, day)),
    "30-days": (gettext_lazy("Last 30 days"), lambda day: Period.last_days(30, day)),
    "90-days": (gettext_lazy("Last 90 days"), lambda day: Period.last_days(90, day)),
    "this-month": (gettext_lazy("This month"), lambda day: Period(day.replace(day=1), day)),
    "last-month": (
        gettext_lazy("Last month"),
        lambda day: Period((day.replace(day=1) - ONE_DAY).replace(day=1), day.replace(day=1) - ONE_DAY),
    ),
    "12-months": (gettext_lazy("Last 12 months"), lambda day: Period.last_days(365, day)),
}


def preset(name: str) -> Period:
    """Return one of the usual periods. Raises KeyError for an unknown one."""
    return PRESETS[name][1](today())


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
    named: str  # one of the presets, empty for a period of one's own
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
        if not self.named:
            asked["from"], asked["to"] = self.period.first.isoformat(), self.period.last.isoformat()
        elif self.named != DEFAULT:
            asked["period"] = self.named
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
    def button_text(self) -> str:
        """What the menu of periods says: the name of a usual one, else its days."""
        return str(PRESETS[self.named][0]) if self.named else self.period_text

    @property
    def previous_text(self) -> str:
        """The period that this one is compared with."""
        return span(self.period.previous)

    @property
    def periods(self) -> list[Choice]:
        """The usual periods."""
        return [
            Choice(str(text), replace(self, period=make(today()), named=name).query, name == self.named)
            for name, (text, make) in PRESETS.items()
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
    named, trouble = DEFAULT, ""
    period = preset(DEFAULT)
    if query.get("from") or query.get("to"):
        found, trouble = _own_period(query.get("from", ""), query.get("to", ""))
        if found is not None:
            period, named = found, ""
    elif query.get("period"):
        if query["period"] in PRESETS:
            named = query["period"]
            period = preset(named)
        else:
            trouble = _("This period is not known. Choose one of the list, or a first and a last day.")
    allowed = teams_of_viewer(viewer)
    teams = Team.objects.all() if allowed is None else Team.objects.filter(pk__in=allowed)
    team = teams.filter(pk=_key(query, "team")).first()
    inbox = Inbox.objects.filter(pk=_key(query, "inbox")).first()
    if (query.get("team") and team is None) or (query.get("inbox") and inbox is None):
        trouble = trouble or _("This team or number does not exist, or is not yours to read; it is left out.")
    return Asked(viewer=viewer, period=period, named=named, team=team, inbox=inbox, trouble=trouble)


def _key(query: QueryDict, name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _own_period(first: str, last: str) -> tuple[Period | None, str]:
    try:
        begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    except ValueError:
        return None, _("Give both a first and a last day, as in 2026-03-01. The last 30 days are shown.")
    if end < begin:
        return None, _("The first day is after the last. Exchange them. The last 30 days are shown.")
    if (end - begin).days >= LONGEST_DAYS:
        return None, _("At most %(days)d days can be shown at once. Choose a shorter period.") % {"days": LONGEST_DAYS}
    if begin > today() or begin.year < 2000:
        return None, _("Nothing has happened in that period yet. The last 30 days are shown.")
    return Period(begin, end), ""
