"""The form of a routing rule."""

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Membership, Team, User
from agents.permissions import may_configure
from tickets.actions.rules import RuleDraft, clean_keywords
from tickets.errors import Refused
from tickets.models import Inbox, Matching, Needed, Priority, RoutingRule, Tag
from tickets.views.present import language_name

LANGUAGES = "ar cs da de en es fi fr it ja ko nb nl pl pt ru sv tr uk zh".split()
SEPARATORS = re.compile(r"[\n\r,;]+")


class RuleForm(forms.Form):
    """A rule; `version` says from which one the form was made."""

    name = forms.CharField(
        max_length=60, error_messages={"required": gettext_lazy("Give the rule a name, such as “Invoices”.")}
    )
    keywords = forms.CharField(required=False, max_length=5000)
    matching = forms.ChoiceField(choices=Matching.choices)
    needed = forms.ChoiceField(choices=Needed.choices)
    inbox = forms.ModelChoiceField(Inbox.objects.all(), required=False)
    language = forms.ChoiceField(choices=[("", ""), *((code, code) for code in LANGUAGES)], required=False)
    out_of_hours = forms.BooleanField(required=False)
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    priority = forms.TypedChoiceField(
        choices=[("", ""), *Priority.choices], coerce=int, empty_value=None, required=False
    )
    tags = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)

    def clean_keywords(self) -> tuple[str, ...]:
        """Return one keyword per line or comma, without doubles."""
        try:
            return clean_keywords(tuple(SEPARATORS.split(self.cleaned_data["keywords"])))
        except Refused as refused:
            raise forms.ValidationError(refused.text) from refused

    def clean(self) -> dict[str, Any]:
        """Say beside the field what a rule lacks that asks for nothing or does nothing."""
        values = super().clean() or self.cleaned_data
        asks = values.get("keywords") or values.get("inbox") or values.get("language") or values.get("out_of_hours")
        if not asks and "keywords" not in self.errors:
            self.add_error("keywords", _("Say when this rule fits: a keyword, an inbox, a language or the hours."))
        if not (values.get("team") or values.get("priority") or values.get("tags")) and "team" not in self.errors:
            self.add_error("team", _("Say what this rule does: choose a team, a priority or a tag."))
        return values

    def draft(self) -> RuleDraft:
        """Return the rule that was asked for; the form must be valid."""
        values = self.cleaned_data
        return RuleDraft(
            name=values["name"],
            keywords=values["keywords"],
            matching=values["matching"],
            needed=values["needed"],
            inbox_id=values["inbox"].pk if values["inbox"] else None,
            language=values["language"],
            out_of_hours=values["out_of_hours"],
            team_id=values["team"].pk if values["team"] else None,
            priority=values["priority"],
            tag_ids=tuple(tag.pk for tag in values["tags"]),
        )

    def unsaved(self, rule: RoutingRule | None) -> RoutingRule | None:
        """Return the rule as it stands in the form, to be tried; None while it could not be saved."""
        values = self.cleaned_data
        if set(self.errors) - {"name", "version"}:
            return None
        return RoutingRule(
            pk=rule.pk if rule else None,
            name=values.get("name") or _("This rule"),
            is_active=rule.is_active if rule else True,
            keywords=list(values["keywords"]),
            matching=values["matching"],
            needed=values["needed"],
            inbox=values["inbox"],
            language=values["language"],
            out_of_hours=values["out_of_hours"],
            team=values["team"],
            priority=values["priority"],
            has_tags=bool(values["tags"]),
        )


def data_of(rule: RoutingRule | None, team: Team | None = None) -> QueryDict:
    """Return what the form of a rule begins with."""
    data = QueryDict(mutable=True)
    if rule is None:
        data.update({"version": "0", "matching": Matching.WORD, "needed": Needed.ANY})
        data["team"] = str(team.pk) if team else ""
        return data
    data.update(
        {
            "version": str(rule.version),
            "name": rule.name,
            "keywords": "\n".join(rule.keywords),
            "matching": rule.matching,
            "needed": rule.needed,
            "inbox": str(rule.inbox_id or ""),
            "language": rule.language,
            "team": str(rule.team_id or ""),
            "priority": str(rule.priority or ""),
        }
    )
    if rule.out_of_hours:
        data["out_of_hours"] = "on"
    data.setlist("tags", [str(pk) for pk in rule.tags.values_list("pk", flat=True)])
    return data


def languages() -> list[dict[str, str]]:
    """Return the languages a rule can ask for, in the order of their names."""
    named = sorted((language_name(code), code) for code in LANGUAGES)
    return [{"value": "", "text": _("Any language")}, *({"value": code, "text": name} for name, code in named)]


def choices(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return what the selects of the form offer to this person."""
    teams = Team.objects.in_use()
    if not may_configure(user):
        led = Membership.objects.filter(user=user, is_lead=True).values("team")
        teams = teams.filter(pk__in=led)
    any_team = [{"value": "", "text": _("Team of the inbox")}] if may_configure(user) else []
    return {
        "teams": any_team + [{"value": str(team.pk), "text": team.name} for team in teams],
        "inboxes": [{"value": "", "text": _("Any inbox")}]
        + [{"value": str(inbox.pk), "text": inbox.name} for inbox in Inbox.objects.all()],
        "languages": languages(),
        "priorities": [{"value": "", "text": _("Leave as it is")}]
        + [{"value": str(value), "text": str(label)} for value, label in Priority.choices],
        "matchings": [{"value": value, "text": str(label)} for value, label in Matching.choices],
        "needs": [{"value": value, "text": str(label)} for value, label in Needed.choices],
        "all_tags": [{"pk": str(tag.pk), "name": tag.name} for tag in Tag.objects.all()],
    }
