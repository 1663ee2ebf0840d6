"""The form of business hours: a calendar, the lines of its week, the lines of its holidays."""

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Team
from tickets.actions.hours import HoursPlan
from tickets.models import BusinessHours
from tickets.views.setup import rows

DAY = 24 * 60
WEEK = 7 * DAY
MAX_HOLIDAYS = 400


def zones() -> list[tuple[str, str]]:
    """Return the time zones that people live in."""
    names = (
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(names))]


class HoursForm(forms.Form):
    """The calendar itself; `version` says from which one the form was made."""

    name = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Give these hours a name, such as “Office hours”.")}
    )
    time_zone = forms.ChoiceField(choices=zones)
    is_default = forms.BooleanField(required=False)
    teams = forms.ModelMultipleChoiceField(Team.objects.all(), required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class IntervalForm(forms.Form):
    """One line of the week. An end at 00:00 is midnight; an end before the beginning must be meant."""

    weekday = forms.IntegerField(min_value=0, max_value=6, widget=forms.HiddenInput)
    begins = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time", "class": "input"}))
    ends = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time", "class": "input"}))
    overnight = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields for those who hear them."""
        super().__init__(*args, **kwargs)
        raw = str(self["weekday"].value() or "0")
        self.day = int(raw) if raw in set("0123456") else 0
        day = {"day": WEEKDAYS[self.day]}
        self.fields["begins"].widget.attrs["aria-label"] = _("%(day)s, opens at") % day
        self.fields["ends"].widget.attrs["aria-label"] = _("%(day)s, closes at") % day

    def clean(self) -> dict[str, Any]:
        """Turn the line into minutes of its day, or say what to do about it."""
        data = self.cleaned_data
        if self.errors:
            return data
        begins, ends, overnight = data.get("begins"), data.get("ends"), data.get("overnight")
        if begins is None and ends is None:
            return data
        if begins is None or ends is None:
            raise ValidationError(_("Enter both times, or take this line away."))
        first, last = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
        span = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
        if last == 0:
            last = DAY
        if first == last and not overnight:
            raise ValidationError(
                _("%(begins)s–%(ends)s is no time at all. For a whole day write 00:00–00:00."), params=span
            )
        if last < first and not overnight:
            raise ValidationError(
                _("%(begins)s–%(ends)s ends before it begins. For a night shift, tick “Ends the next day”."),
                params=span,
            )
        if first < last < DAY and overnight:
            raise ValidationError(
                _("%(begins)s–%(ends)s the next day is longer than a day. Take the tick from “Ends the next day”."),
                params=span,
            )
        data["minutes"] = (first, last)
        return data

    @property
    def minutes(self) -> tuple[int, int] | None:
        """Return the interval of a line that is filled in and makes sense."""
        return self.cleaned_data.get("minutes") if self.is_valid() else None

    @property
    def text(self) -> str:
        """Return the interval as people write it."""
        return "–".join(f"{self.cleaned_data[name]:%H:%M}" for name in ("begins", "ends"))


class BaseWeek(BaseFormSet[IntervalForm]):
    """The lines of a week, none over another."""

    def clean(self) -> None:
        """Refuse overlaps, and a week that never opens."""
        spans = []
        for form in self.forms:
            if form.minutes is not None:
                first, last = form.minutes
                start = form.day * DAY + first
                spans.append((start, start + last - first + (DAY if last <= first else 0), form))
        spans.sort(key=lambda span: span[0])
        for index, (start, _end, form) in enumerate(spans):
            _start, end, before = spans[index - 1]
            if len(spans) > 1 and (end if index else end - WEEK) > start:
                day = {"day": WEEKDAYS[before.day], "times": before.text}
                form.add_error(
                    None, _("Overlaps %(day)s %(times)s. Change one of them, or make one line of both.") % day
                )
        if not spans and all(form.is_valid() for form in self.forms):
            raise ValidationError(_("Open on one day at least: hours that never open cannot promise anything."))


class HolidayForm(forms.Form):
    """One closed day."""

    date = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date", "class": "input"}))
    name = forms.CharField(
        max_length=80, required=False, widget=forms.TextInput(attrs={"class": "input", "dir": "auto"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields for those who hear them."""
        super().__init__(*args, **kwargs)
        self.fields["date"].widget.attrs["aria-label"] = _("Date")
        self.fields["name"].widget.attrs["aria-label"] = _("Name of the holiday")

    def clean(self) -> dict[str, Any]:
        """Refuse a name without a date."""
        data = self.cleaned_data
        if not self.errors and data.get("name") and data.get("date") is None:
            raise ValidationError(_("Choose the date, or take this line away."))
        return data


class BaseHolidays(BaseFormSet[HolidayForm]):
    """Closed days, each once."""

    def clean(self) -> None:
        """Refuse a second line for the same date."""
        seen: set[dt.date] = set()
        for form in self.forms:
            date = form.cleaned_data.get("date") if form.is_valid() else None
            if date is not None and date in seen:
                form.add_error(None, _("This date stands in the list already. Take one of the two lines away."))
            elif date is not None:
                seen.add(date)


WeekFormSet = formset_factory(IntervalForm, formset=BaseWeek, extra=0)
HolidayFormSet = formset_factory(HolidayForm, formset=BaseHolidays, extra=0, max_num=MAX_HOLIDAYS, validate_max=True)


class HoursEditor:
    """All parts of the form over one set of data, posted or made from what is stored."""

    def __init__(self, data: QueryDict, *, shows_errors: bool = False) -> None:
        self.data = data
        self.shows_errors = shows_errors
        self.form = HoursForm(data)
        self.week = WeekFormSet(data, prefix="week")
        self.holidays = HolidayFormSet(data, prefix="holiday")

    @property
    def days(self) -> list[dict[str, Any]]:
        """Return the lines day by day."""
        return [
            {"weekday": weekday, "name": name, "forms": [form for form in self.week.forms if form.day == weekday]}
            for weekday, name in WEEKDAYS.items()
        ]

    @property
    def zones(self) -> list[dict[str, str]]:
        """Return the choices of time zones, with the stored one whatever it is."""
        return [{"value": value, "text": text} for value, text in zones()]

    @property
    def name_error(self) -> str:
        """Return what is wrong with the name."""
        return str(self.form.errors["name"][0]) if self.shows_errors and "name" in self.form.errors else ""

    @property
    def zone_error(self) -> str:
        """Return what is wrong with the time zone."""
        return str(self.form.errors["time_zone"][0]) if self.shows_errors and "time_zone" in self.form.errors else ""

    @property
    def team_ids(self) -> set[str]:
        """Return the keys of the ticked teams, as they were posted."""
        return set(self.data.getlist("teams"))

    def plan(self) -> HoursPlan | None:
        """Return what is wanted; None while something is wrong, which then stands beside the field."""
        valid = [part.is_valid() for part in (self.form, self.week, self.holidays)]
        if not all(valid):
            return None
        closed = {
            form.cleaned_data["date"]: form.cleaned_data["name"] for form in self.holidays if form.cleaned_data["date"]
        }
        return HoursPlan(
            name=self.form.cleaned_data["name"],
            time_zone=self.form.cleaned_data["time_zone"],
            week=tuple(sorted((form.day, *form.minutes) for form in self.week if form.minutes)),
            holidays=tuple(sorted(closed.items())),
            team_ids=frozenset(team.pk for team in self.form.cleaned_data["teams"]),
            is_default=self.form.cleaned_data["is_default"],
        )


def data_of(hours: BusinessHours | None, *, time_zone: str) -> QueryDict:
    """Return what the form would post for stored hours; for new ones, nine to five on weekdays."""
    data = QueryDict(mutable=True)
    data.update({"name": hours.name if hours else "", "time_zone": hours.time_zone if hours else time_zone})
    data["version"] = str(hours.version if hours else 0)
    if hours and hours.is_default:
        data["is_default"] = "on"
    data.setlist("teams", [str(pk) for pk in hours.teams.values_list("team_id", flat=True)] if hours else [])
    week = hours.intervals.values_list("weekday", "begins", "ends") if hours else [(d, 540, 1020) for d in range(5)]
    rows.start(data, "week")
    for weekday, begins, ends in week:
        values = {"weekday": str(weekday), "begins": _clock(begins), "ends": _clock(ends)}
        rows.add(data, "week", {**values, **({"overnight": "on"} if 0 < ends <= begins else {})})
    rows.start(data, "holiday")
    for date, name in hours.holidays.values_list("date", "name") if hours else []:
        rows.add(data, "holiday", {"date": date.isoformat(), "name": name})
    return data


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
