"""What a report was asked for: period and filters, read from the address and written back into links."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agents.models import User
from analytics.periods import Period, today
from analytics.scope import Filters
from analytics.views import words
from analytics.views.known import Known, Picked

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
class Select:
    """One of the further filters, as a field of a form."""

    kind: str
    label: str
    value: str
    options: list[dict[str, str]]

    @property
    def field(self) -> str:
        """The id of the field."""
        return f"filter-{self.kind}"


# What can be asked for, in the order of the page. The first two have menus of their own.
KINDS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "inbox": (gettext_lazy("Number"), gettext_lazy("All numbers")),
    "team": (gettext_lazy("Team"), gettext_lazy("All teams")),
    "channel": (gettext_lazy("Channel"), gettext_lazy("All channels")),
    "agent": (gettext_lazy("Agent"), gettext_lazy("All agents")),
    "tag": (gettext_lazy("Tag"), gettext_lazy("All tags")),
    "topic": (gettext_lazy("Topic"), gettext_lazy("All topics")),
}
WITH_MENUS = ("inbox", "team")


@dataclass(frozen=True)
class Asked:
    """A period and filters of one reader, with what was wrong about them in words."""

    known: Known
    period: Period
    named: str  # one of the presets, empty for a period of one's own
    picked: Mapping[str, Picked]  # by kind
    trouble: str = ""

    @cached_property
    def filters(self) -> Filters:
        """The filters as the queries take them."""
        keys = {kind: one.key for kind, one in self.picked.items()}
        numbers = {kind: frozenset({int(key)}) for kind, key in keys.items() if kind != "channel"}
        return Filters(
            channels=frozenset({keys["channel"]}) if "channel" in keys else None,
            inboxes=numbers.get("inbox"),
            topics=numbers.get("topic"),
            teams=numbers.get("team"),
            agents=numbers.get("agent"),
            tags=numbers.get("tag"),
        )

    @property
    def _period_query(self) -> dict[str, str]:
        if not self.named:
            return {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return {"period": self.named} if self.named != DEFAULT else {}

    @property
    def _filter_query(self) -> dict[str, str]:
        return {kind: self.picked[kind].key for kind in KINDS if kind in self.picked}

    @property
    def query(self) -> str:
        """The part of an address that asks for the same."""
        return urlencode({**self._period_query, **self._filter_query})

    @property
    def hidden_filters(self) -> list[tuple[str, str]]:
        """What a form for another period takes along."""
        return list(self._filter_query.items())

    @property
    def hidden_rest(self) -> list[tuple[str, str]]:
        """What the form of the further filters takes along."""
        kept = [(kind, key) for kind, key in self._filter_query.items() if kind in WITH_MENUS]
        return [*self._period_query.items(), *kept]

    @property
    def period_text(self) -> str:
        """The period for people."""
        return span(self.period)

    @property
    def button_text(self) -> str:
        """What the menu of periods says: the name of a usual one, else its days."""
        return str(PRESETS[self.named][0]) if self.named else self.period_text

    @property
    def more_text(self) -> str:
        """What the button of the further filters says: what they are set to."""
        names = [one.name for kind, one in self.picked.items() if kind not in WITH_MENUS]
        return " · ".join(names) or _("More filters")

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
        return self._menu("team", _("All teams") if self.known.allowed is None else _("All my teams"))

    @cached_property
    def inboxes(self) -> list[Choice]:
        """The numbers to ask for."""
        return self._menu("inbox", _("All numbers"))

    def _menu(self, kind: str, everything: str) -> list[Choice]:
        rest = {other: one for other, one in self.picked.items() if other != kind}
        current = self.picked.get(kind)
        return [
            Choice(everything, replace(self, picked=rest).query, current is None),
            *(
                Choice(one.name, replace(self, picked={**rest, kind: one}).query, one == current)
                for one in self.known.keys[kind]
            ),
        ]

    @cached_property
    def more(self) -> list[Select]:
        """The further filters; where there is nothing to choose from, there is no filter."""
        return [
            Select(
                kind,
                str(label),
                self.picked[kind].key if kind in self.picked else "",
                [{"value": "", "text": str(everything)}]
                + [{"value": one.key, "text": one.name} for one in self.known.keys[kind]],
            )
            for kind, (label, everything) in KINDS.items()
            if kind not in WITH_MENUS and (len(self.known.keys[kind]) > 1 or kind in self.picked)
        ]


def span(period: Period) -> str:
    """Write a period for people; a year is named that is not this one."""
    this_year = {period.first.year, period.last.year} == {today().year}
    form = words.day_format() if this_year else "SHORT_DATE_FORMAT"
    first, last = (formats.date_format(day, form) for day in (period.first, period.last))
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
    known = Known(viewer)
    wanted = {kind: query[kind] for kind in KINDS if query.get(kind)}
    picked = {kind: one for kind, key in wanted.items() if (one := known.find(kind, str(key))) is not None}
    if len(picked) < len(wanted):
        trouble = trouble or _("A filter names what does not exist, or is not yours to read; it is left out.")
    return Asked(known=known, period=period, named=named, picked=picked, trouble=trouble)


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
