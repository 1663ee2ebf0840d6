"""Why a ticket is where it is, in words: the history keeps ids, the words are those of the rule as it read then."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Team
from tickets.models import EventKind, Priority, RoutingRuleVersion, Tag, TicketEvent

TOLD = (EventKind.ROUTED, EventKind.TAGS_CHANGED, EventKind.ASSIGNED)

TAGS_IN = ("tags", "added", "removed", "skills")


@dataclass
class RoutingNames:
    """Names that events of routing, tagging and assignment speak of: three queries at most, none without them."""

    versions: dict[tuple[int, int], RoutingRuleVersion] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[TicketEvent]) -> "RoutingNames":
        """Fetch what these events need."""
        told = [event for event in events if event.kind in TOLD]
        routed = [event for event in told if event.kind == EventKind.ROUTED]
        wanted = Q()
        for rule, version in {(event.data["rule"], event.data["version"]) for event in routed}:
            wanted |= Q(rule_id=rule, version=version)
        versions = RoutingRuleVersion.objects.filter(wanted) if routed else []
        teams = {event.data["after"]["team"] for event in routed}
        tags = {pk for event in told for name in TAGS_IN for pk in event.data.get(name, ())}
        return cls(
            versions={(one.rule_id, one.version): one for one in versions},
            teams=dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")) if teams else {},
            tags=dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")) if tags else {},
        )

    def rule(self, event: TicketEvent) -> str:
        """Return the name the rule had."""
        version = self.versions.get((event.data["rule"], event.data["version"]))
        return version.name if version else str(event.data["rule"])

    def words(self, event: TicketEvent) -> str:
        """Return the keywords that were found, as the rule had them."""
        version = self.versions.get((event.data["rule"], event.data["version"]))
        if version is None:
            return ""
        found = [version.keywords[index] for index in event.data["keywords"] if index < len(version.keywords)]
        return ", ".join(found)

    def tag_list(self, pks: Iterable[int]) -> str:
        """Return the names of tags."""
        return ", ".join(sorted(self.tags.get(pk, str(pk)) for pk in pks))


def routed(event: TicketEvent, names: RoutingNames) -> str:
    """Say which rule decided, by which words, and what."""
    before, after = event.data["before"], event.data["after"]
    values = {
        "rule": names.rule(event),
        "words": names.words(event),
        "team": names.teams.get(after["team"], ""),
        "priority": Priority(after["priority"]).label,
        "tags": names.tag_list(event.data["tags"]),
    }
    if before["team"] != after["team"] and values["words"]:
        text = _("Rule <b>{rule}</b> found “{words}” and sent this to <b>{team}</b>")
    elif before["team"] != after["team"]:
        text = _("Rule <b>{rule}</b> sent this to <b>{team}</b>")
    elif before["priority"] != after["priority"] and values["words"]:
        text = _("Rule <b>{rule}</b> found “{words}” and set the priority to <b>{priority}</b>")
    elif before["priority"] != after["priority"]:
        text = _("Rule <b>{rule}</b> set the priority to <b>{priority}</b>")
    elif values["words"]:
        text = _("Rule <b>{rule}</b> found “{words}”")
    else:
        text = _("Rule <b>{rule}</b> applied")
    return format_html(text, **values)


def tags_changed(event: TicketEvent, actor: str, names: RoutingNames) -> str:
    """Say which tags came and went."""
    added, removed = event.data["added"], event.data["removed"]
    if added:
        text = ngettext("<b>{actor}</b> added the tag {tags}", "<b>{actor}</b> added the tags {tags}", len(added))
    else:
        text = ngettext("<b>{actor}</b> removed the tag {tags}", "<b>{actor}</b> removed the tags {tags}", len(removed))
    return format_html(text, actor=actor, tags=names.tag_list(added or removed))


def skills_asked(tags: Iterable[Tag]) -> str:
    """Say which of a ticket's tags are skills, and what follows, as safe HTML; empty when none is."""
    skills = [tag.name for tag in tags if tag.is_skill]
    if not skills:
        return ""
    text = ngettext(
        "It asks for the skill <b>{skills}</b>: it is given automatically only to somebody who has it.",
        "It asks for the skills <b>{skills}</b>: it is given automatically only to somebody who has them all.",
        len(skills),
    )
    return format_html(text, skills=", ".join(skills))


def why(decided: TicketEvent | None) -> str:
    """Return why a ticket is where it is, from what sent it there last; empty when people decided.

    Safe HTML. Up to three queries.
    """
    if decided is None or decided.kind != EventKind.ROUTED:
        return ""
    return routed(decided, RoutingNames.of([decided]))
