"""The form of an SLA policy: whom it is for, and a line for each thing that is promised."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agents.models import Team
from tickets.actions.policies import PolicyPlan, Promise
from tickets.channels import channel_labels
from tickets.models import Metric, Priority, SlaPolicy
from tickets.views.setup.rows import post_of

YEAR = 366 * 24 * 3600
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}


class Unit(TextChoices):
    """In what a promise is written."""

    SECONDS = "seconds", pgettext_lazy("unit", "s")
    MINUTES = "minutes", pgettext_lazy("unit", "min")
    HOURS = "hours", pgettext_lazy("unit", "hours")


class Counting(TextChoices):
    """Which time counts."""

    BUSINESS = "business", gettext_lazy("Business hours")
    WALL = "wall", gettext_lazy("Day and night")


def channels() -> list[tuple[str, str]]:
    """Return the channels to choose from, all of them first."""
    return [("", _("Every channel")), *channel_labels().items()]


class Warnings(forms.Field):
    """At which shares of the time somebody is warned: as many lines as the page has, of which one may be left empty."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": gettext_lazy("Warn between 1 and 99 percent of the time, such as 80."),
        "order": gettext_lazy("Write the warnings in their order: each later than the one before."),
        "many": gettext_lazy("Five warnings are enough. Take one away."),
    }

    def clean(self, value: Sequence[str] | None) -> tuple[int, ...]:
        """Return the percents, or say how to write them."""
        written = [one.strip() for one in value or () if one.strip()]
        if not written or not all(one.isdecimal() and len(one) < 4 and 1 <= int(one) <= 99 for one in written):
            raise ValidationError(self.error_messages["required"])
        percents = tuple(int(one) for one in written)
        if len(percents) > SlaPolicy.MAX_WARNINGS:
            raise ValidationError(self.error_messages["many"])
        if any(later <= earlier for earlier, later in pairwise(percents)):
            raise ValidationError(self.error_messages["order"])
        return percents


class PolicyForm(forms.Form):
    """The policy itself; `version` says from which one the form was made."""

    name = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Give the policy a name, such as “Returns, urgent”.")}
    )
    priority = forms.TypedChoiceField(
        choices=lambda: [("", _("Every priority")), *Priority.choices], coerce=int, empty_value=None, required=False
    )
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    channel = forms.ChoiceField(choices=channels, required=False)
    warn_percent = Warnings()
    remind_minutes = forms.IntegerField(
        required=False,
        min_value=SlaPolicy.MIN_REMIND_MINUTES,
        max_value=SlaPolicy.MAX_REMIND_MINUTES,
        error_messages={
            name: gettext_lazy("Remind every 5 minutes at most, and once a week (10080) at least. Empty for never.")
            for name in ("invalid", "min_value", "max_value")
        },
    )
    pauses_while_pending = forms.BooleanField(required=False)
    is_active = forms.BooleanField(required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class TargetForm(forms.Form):
    """How long one thing may take; an empty amount promises nothing."""

    amount = forms.CharField(required=False, max_length=12)
    unit = forms.ChoiceField(choices=Unit.choices)
    counting = forms.ChoiceField(choices=Counting.choices)

    def clean_amount(self) -> int | None:
        """Return the amount, or say how to write it."""
        raw = self.cleaned_data["amount"].strip()
        if not raw:
            return None
        if not raw.isdecimal():
            raise ValidationError(_("Write a whole number: 90 min rather than 1.5 hours."))
        if int(raw) == 0:
            raise ValidationError(_("Nothing happens in no time. Leave it empty to promise nothing."))
        return int(raw)

    def clean(self) -> dict[str, Any]:
        """Compute the seconds."""
        data = self.cleaned_data
        if not self.errors and data["amount"] is not None:
            seconds = data["amount"] * SECONDS[data["unit"]]
            if seconds > YEAR:
                self.add_error("amount", _("More than a year is no promise. Write less."))
            data["seconds"] = seconds
        return data

    @property
    def promise(self) -> Promise | None:
        """Return what a valid line promises."""
        seconds = self.cleaned_data.get("seconds")
        in_business_hours = self.cleaned_data.get("counting") == Counting.BUSINESS
        return Promise(seconds=seconds, in_business_hours=in_business_hours) if seconds else None

    @property
    def error(self) -> str:
        """Return what is wrong with the line."""
        return next((str(errors[0]) for errors in self.errors.values()), "")


class PolicyEditor:
    """All parts of the form over one set of data, posted or made from what is stored."""

    def __init__(self, data: QueryDict, *, shows_errors: bool = False) -> None:
        self.data = data
        self.shows_errors = shows_errors
        self.form = PolicyForm(data)
        self.targets = {metric: TargetForm(data, prefix=metric.value) for metric in Metric}
        self.target_error = ""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the table."""
        return [{"metric": metric, "text": metric.label, "form": form} for metric, form in self.targets.items()]

    @property
    def warnings(self) -> list[str]:
        """Return the lines of the warnings, one at least."""
        return self.data.getlist("warn_percent") or [""]

    @property
    def may_warn_more(self) -> bool:
        """Whether there is room for another warning."""
        return len(self.warnings) < SlaPolicy.MAX_WARNINGS

    @property
    def errors(self) -> dict[str, str]:
        """Return what is wrong with each field, once the form was to be saved."""
        return {name: str(errors[0]) for name, errors in self.form.errors.items()} if self.shows_errors else {}

    def plan(self) -> PolicyPlan | None:
        """Return what is wanted; None while something is wrong, which then stands beside the field."""
        valid = [part.is_valid() for part in (self.form, *self.targets.values())]
        if not all(valid):
            return None
        promises = {metric: form.promise for metric, form in self.targets.items() if form.promise}
        self.target_error = self._contradiction(promises)
        if self.target_error:
            return None
        data = self.form.cleaned_data
        return PolicyPlan(
            name=data["name"],
            promises=promises,
            priority=data["priority"],
            team_id=data["team"].pk if data["team"] else None,
            channel=data["channel"],
            warn_percents=data["warn_percent"],
            remind_minutes=data["remind_minutes"],
            pauses_while_pending=data["pauses_while_pending"],
            is_active=data["is_active"],
        )

    def _contradiction(self, promises: dict[Metric, Promise]) -> str:
        if not promises:
            return _("Promise one time at least, or switch the policy off.")
        first, resolution = promises.get(Metric.FIRST_RESPONSE), promises.get(Metric.RESOLUTION)
        alike = first and resolution and first.in_business_hours == resolution.in_business_hours
        if first and resolution and alike and resolution.seconds < first.seconds:
            return _("The resolution is due before the first reply. Give it at least as long.")
        return ""


def data_of(policy: SlaPolicy | None) -> QueryDict:
    """Return what the form would post for a stored policy; for a new one, ten minutes and a working day."""
    fields: dict[str, object] = {
        "name": "",
        "priority": "",
        "team": "",
        "channel": "",
        "remind_minutes": "",
        "version": 0,
    }
    percents: tuple[int, ...] = (80,)
    ticked = ["pauses_while_pending", "is_active"]
    if policy is not None:
        fields = {
            "name": policy.name,
            "priority": "" if policy.priority is None else policy.priority,
            "team": policy.team_id or "",
            "channel": policy.channel,
            "remind_minutes": policy.remind_minutes or "",
            "version": policy.version,
        }
        percents = policy.warn_percents
        ticked = [name for name in ticked if getattr(policy, name)]
        stored = {target.metric: (target.seconds, target.in_business_hours) for target in policy.targets.all()}
    else:
        stored = {
            Metric.FIRST_RESPONSE: (600, True),
            Metric.NEXT_RESPONSE: (600, True),
            Metric.RESOLUTION: (28_800, True),
        }
    for metric in Metric:
        seconds, in_business_hours = stored.get(metric, (0, True))
        amount, unit = written(seconds)
        fields |= {
            f"{metric.value}-amount": amount,
            f"{metric.value}-unit": unit,
            f"{metric.value}-counting": Counting.BUSINESS if in_business_hours else Counting.WALL,
        }
    data = post_of(fields | dict.fromkeys(ticked, "on"))
    data.setlist("warn_percent", [str(one) for one in percents])
    return data


def edit_warnings(data: QueryDict, step: str) -> None:
    """Add a line for a warning to posted data, or take one away: `step` is "add" or the number of the line."""
    lines = data.getlist("warn_percent")
    if step == "add":
        lines = [*lines, ""][: SlaPolicy.MAX_WARNINGS]
    elif int(step) < len(lines) > 1:
        lines.pop(int(step))
    data.setlist("warn_percent", lines)


def written(seconds: int) -> tuple[str, Unit]:
    """Return seconds as an amount and the largest unit in which it is whole; nothing as an empty amount."""
    if not seconds:
        return "", Unit.MINUTES
    unit = next(unit for unit in (Unit.HOURS, Unit.MINUTES, Unit.SECONDS) if seconds % SECONDS[unit] == 0)
    return str(seconds // SECONDS[unit]), unit
