"""The form of a team: its settings, and a line for everybody who could sit in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Assignment, Team, User
from agents.permissions import ROLES_THAT_ANSWER
from tickets.actions.teams import Seat, TeamPlan
from tickets.models import AgentSkill, BusinessHours, Tag, TeamHours
from tickets.views.setup.numbers import WholeNumber

MOST = 500
# A person and a skill.
Skill = tuple[int, int]


@dataclass
class SkillBox:
    """One skill that a person has or has not."""

    tag: Tag
    is_had: bool


@dataclass
class Line:
    """One person as the form has them."""

    person: User
    is_member: bool
    is_lead: bool
    capacity: str
    error: str = ""
    skills: list[SkillBox] = field(default_factory=list)

    def own_capacity(self) -> int | None:
        """Return the capacity that is written here; None for none. Raises ValidationError."""
        number: int | None = WholeNumber(0, MOST, required=False).clean(self.capacity)
        return number


def people_for(team: Team | None) -> list[User]:
    """Return who could answer in a team, and who sits in it though they could not."""
    able = Q(is_active=True, role__in=ROLES_THAT_ANSWER)
    found = User.objects.filter(able | Q(memberships__team=team) if team else able).distinct()
    return sorted(found, key=lambda person: (person.name.casefold(), person.pk))


class TeamForm(forms.Form):
    """The team itself; `version` says from which one the form was made."""

    name = forms.CharField(
        max_length=80,
        error_messages={
            "required": gettext_lazy("Give the team a name, such as “Returns desk”."),
            "max_length": gettext_lazy("Shorten the name to 80 characters."),
        },
    )
    assignment = forms.ChoiceField(choices=Assignment.choices)
    capacity = WholeNumber(1, MOST)
    send_delay_seconds = WholeNumber(0, 5)
    hours = forms.ModelChoiceField(BusinessHours.objects.all(), required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class TeamEditor:
    """A form with its lines; a blank one for a new team."""

    def __init__(self, team: Team | None, data: Any = None, *, shows_errors: bool = False) -> None:
        """Fill it from the team, or from what was posted."""
        self.form = TeamForm(data, initial=_initial(team))
        self.shows_errors = shows_errors
        people = people_for(team)
        self.lines = _posted(people, data) if data is not None else _stored(people, team)
        self.skills = list(Tag.objects.filter(is_skill=True))
        self.had: set[Skill] = self._show_skills(data)

    def _show_skills(self, data: Any) -> set[Skill]:
        """Tick each person's skills, and return those they had when the form was first shown."""
        pairs = {(line.person.pk, tag.pk) for line in self.lines for tag in self.skills}
        if data is None:
            people = {line.person.pk for line in self.lines}
            had = set(AgentSkill.objects.filter(user__in=people).values_list("user_id", "tag_id")) if pairs else set()
            ticked = had = had & pairs
        else:
            told = set(str(data.get("skills-had", "")).split())
            had = {pair for pair in pairs if "-".join(map(str, pair)) in told}
            ticked = {pair for pair in pairs if "skill-{}-{}".format(*pair) in data}
        for line in self.lines:
            line.skills = [SkillBox(tag, (line.person.pk, tag.pk) in ticked) for tag in self.skills]
        return had

    @property
    def skills_had(self) -> str:
        """What the form says about the skills it was made from; only what was changed here is written."""
        return " ".join(f"{user_id}-{tag_id}" for user_id, tag_id in sorted(self.had))

    def plan(self) -> TeamPlan | None:
        """Return the team as the form wants it; None, with the errors in place, while it makes no sense."""
        seats, makes_sense = [], self.form.is_valid() if self.form.is_bound else True
        for line in self.lines:
            try:
                capacity = line.own_capacity()
            except ValidationError as error:
                line.error, makes_sense = " ".join(error.messages), False
                continue
            if line.is_member:
                seats.append(Seat(user_id=line.person.pk, is_lead=line.is_lead, capacity=capacity))
        if not makes_sense or not self.form.is_bound:
            return None
        values = self.form.cleaned_data
        wanted = {(line.person.pk, box.tag.pk) for line in self.lines for box in line.skills if box.is_had}
        return TeamPlan(
            name=" ".join(values["name"].split()),
            assignment=values["assignment"],
            capacity=values["capacity"],
            send_delay_seconds=values["send_delay_seconds"],
            hours_id=values["hours"].pk if values["hours"] else None,
            seats=tuple(seats),
            skills_given=frozenset(wanted - self.had),
            skills_taken=frozenset(self.had - wanted),
        )

    @property
    def errors(self) -> dict[str, str]:
        """The sentences beside the fields, once somebody has tried to save."""
        found = self.form.errors.items() if self.shows_errors else ()
        return {name: " ".join(str(error) for error in errors) for name, errors in found}

    def meaning(self) -> dict[str, Any]:
        """Return what the form amounts to: who answers, who hears of alerts, how much they take together."""
        members = [line for line in self.lines if line.is_member]
        leads = [line.person.short_name for line in members if line.is_lead]
        had = {box.tag.pk for line in members for box in line.skills if box.is_had}
        return {
            "count": len(members),
            "lacking": ", ".join(tag.name for tag in self.skills if tag.pk not in had),
            "leads": ", ".join(leads),
            "together": self._together(members) if self.form["assignment"].value() == Assignment.LEAST_LOAD else None,
        }

    def _together(self, members: Iterable[Line]) -> int | None:
        try:
            each = WholeNumber(1, MOST).clean(self.form["capacity"].value())
            return sum(each if (own := line.own_capacity()) is None else own for line in members)
        except ValidationError:
            return None


def _initial(team: Team | None) -> dict[str, Any]:
    if team is None:
        return {
            "assignment": Assignment.LEAST_LOAD,
            "capacity": 15,
            "send_delay_seconds": 3,
            "version": 0,
        }
    fields = ("name", "assignment", "capacity", "send_delay_seconds", "version")
    hours_id = TeamHours.objects.filter(team=team).values_list("hours_id", flat=True).first()
    return {**{name: getattr(team, name) for name in fields}, "hours": hours_id}


def _stored(people: list[User], team: Team | None) -> list[Line]:
    seats = {member.user_id: member for member in team.memberships.all()} if team else {}
    lines = []
    for person in people:
        seat = seats.get(person.pk)
        own = "" if seat is None or seat.capacity is None else str(seat.capacity)
        lines.append(Line(person, seat is not None, seat is not None and seat.is_lead, own))
    return lines


def _posted(people: list[User], data: Any) -> list[Line]:
    return [
        Line(
            person,
            f"member-{person.pk}" in data,
            f"lead-{person.pk}" in data,
            str(data.get(f"capacity-{person.pk}", "")).strip()[:12],
        )
        for person in people
    ]


def assignments() -> list[dict[str, str]]:
    """Return the ways in which tickets find their person."""
    return [{"value": value, "text": str(label)} for value, label in Assignment.choices]


def hours_choices() -> list[dict[str, str]]:
    """Return the hours to choose from, the default ones first."""
    found = list(BusinessHours.objects.order_by("name"))
    default = next((hours.name for hours in found if hours.is_default), "")
    text = _("Those of all teams: %(name)s") % {"name": default} if default else _("None: day and night")
    return [{"value": "", "text": text}, *({"value": str(hours.pk), "text": hours.name} for hours in found)]
