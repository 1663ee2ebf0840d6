"""What is done to routing rules: write, order, switch, delete, restore. Changes wait for each other."""

from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import Permission, may, may_configure
from tickets.actions.base import action, now
from tickets.actions.teams import usable
from tickets.errors import NameTaken, NotAllowed, Refused, StaleEdit
from tickets.folding import fold_word
from tickets.models import MAX_KEYWORDS, Matching, Needed, RoutingRule, RoutingRuleTag, RoutingRuleVersion


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """A rule as somebody wants it."""

    name: str
    keywords: tuple[str, ...] = ()
    matching: str = Matching.WORD
    needed: str = Needed.ANY
    inbox_id: int | None = None
    language: str = ""
    out_of_hours: bool = False
    team_id: int | None = None
    priority: int | None = None
    tag_ids: tuple[int, ...] = field(default=())


def clean_keywords(keywords: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keywords without doubles, by the spelling they are compared in. Raises Refused for unusable ones."""
    kept: dict[str, str] = {}
    for keyword in keywords:
        word = " ".join(keyword.split())
        if not word:
            continue
        if len(word) > 80:
            raise Refused(_("A keyword has 80 characters at most. Shorten “%(word)s”.") % {"word": word[:80] + "…"})
        folded = fold_word(word)
        if not folded:
            raise Refused(_("“%(word)s” has no letter, digit or sign to look for.") % {"word": word})
        kept.setdefault(folded, word)
    if len(kept) > MAX_KEYWORDS:
        raise Refused(_("A rule has 50 keywords at most. Make a second rule for the others."))
    return tuple(kept.values())


def _wait_for_other_changes() -> None:
    """Let one change at a time pass; messages are routed meanwhile by the rules as they were."""
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{RoutingRule._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')


def _refuse_outsider(actor: User, team_id: int | None) -> None:
    if may_configure(actor):
        return
    if team_id is None or not may(actor, Permission.ROUTE, team_id=team_id):
        raise NotAllowed(_("You can change rules that send to a team you lead."))


def _changeable(actor: User, rule_id: int) -> RoutingRule:
    """Return a rule this person may change. Raises RoutingRule.DoesNotExist."""
    _wait_for_other_changes()
    rule = RoutingRule.objects.kept().get(pk=rule_id)
    _refuse_outsider(actor, rule.team_id)
    return rule


def _write(rule: RoutingRule, draft: RuleDraft, actor: User) -> None:
    name = " ".join(draft.name.split())
    if not name or len(name) > 60:
        raise Refused(_("A rule needs a name of 1 to 60 characters."))
    if RoutingRule.objects.kept().filter(name__iexact=name).exclude(pk=rule.pk).exists():
        raise NameTaken(name)
    keywords = clean_keywords(draft.keywords)
    if not (keywords or draft.inbox_id or draft.language or draft.out_of_hours):
        raise Refused(_("Say when this rule fits: add a keyword, an inbox, a language or the hours."))
    if draft.team_id is None and draft.priority is None and not draft.tag_ids:
        raise Refused(_("Say what this rule does: choose a team, a priority or a tag."))
    if draft.team_id is not None and draft.team_id != rule.team_id:
        usable(draft.team_id)
    rule.name = name
    rule.keywords = list(keywords)
    rule.matching, rule.needed = draft.matching, draft.needed
    rule.inbox_id, rule.language, rule.out_of_hours = draft.inbox_id, draft.language, draft.out_of_hours
    rule.team_id, rule.priority, rule.has_tags = draft.team_id, draft.priority, bool(draft.tag_ids)
    rule.save()
    rule.rule_tags.all().delete()
    RoutingRuleTag.objects.bulk_create([RoutingRuleTag(rule=rule, tag_id=tag_id) for tag_id in set(draft.tag_ids)])
    RoutingRuleVersion.objects.create(
        rule=rule, version=rule.version, name=rule.name, keywords=rule.keywords, saved_at=now(), saved_by=actor
    )


@action
def create_rule(*, actor: User, draft: RuleDraft) -> RoutingRule:
    """Add a rule after all others."""
    _refuse_outsider(actor, draft.team_id)
    _wait_for_other_changes()
    rule = RoutingRule(position=RoutingRule.objects.kept().count() + 1)
    _write(rule, draft, actor)
    return rule


@action
def change_rule(*, actor: User, rule_id: int, version: int, draft: RuleDraft) -> RoutingRule:
    """Write a rule anew. Raises StaleEdit when somebody else did since the version that the actor saw."""
    rule = _changeable(actor, rule_id)
    _refuse_outsider(actor, draft.team_id)
    if rule.version != version:
        last = rule.versions.select_related("saved_by").filter(version=rule.version).first()
        raise StaleEdit(last.saved_by.name if last and last.saved_by else "")
    rule.version += 1
    _write(rule, draft, actor)
    return rule


@action
def switch_rule(*, actor: User, rule_id: int, active: bool) -> RoutingRule:
    """Put a rule in force or out of force."""
    rule = _changeable(actor, rule_id)
    rule.is_active = active
    rule.save(update_fields=["is_active"])
    return rule


def _number(rules: list[RoutingRule]) -> None:
    """Give rules their places from one on; two in one place would be refused when the transaction ends."""
    for position, rule in enumerate(rules, start=1):
        rule.position = position
    RoutingRule.objects.bulk_update(rules, ["position"])


@action
def move_rule(*, actor: User, rule_id: int, before_id: int | None) -> RoutingRule:
    """Place a rule before another one, or last; doing it twice is doing it once."""
    rule = _changeable(actor, rule_id)
    if not may_configure(actor):
        raise NotAllowed(_("Only administrators can change the order, because it decides for every team."))
    if before_id == rule_id:
        return rule
    others = list(RoutingRule.objects.kept().exclude(pk=rule_id))
    place = next((n for n, other in enumerate(others) if other.pk == before_id), None)
    if before_id is not None and place is None:
        raise StaleEdit("")
    others.insert(len(others) if place is None else place, rule)
    _number(others)
    return rule


@action
def delete_rule(*, actor: User, rule_id: int) -> int:
    """Take a rule out of the list and return the place it had; its tickets still know why they went where."""
    rule = _changeable(actor, rule_id)
    place = rule.position or 0
    rule.position, rule.deleted_at = None, now()
    rule.save(update_fields=["position", "deleted_at"])
    _number(list(RoutingRule.objects.kept()))
    return place


@action
def restore_rule(*, actor: User, rule_id: int, place: int) -> RoutingRule:
    """Put a deleted rule back where it was, or as near to it as the list allows."""
    _wait_for_other_changes()
    rule = RoutingRule.objects.get(pk=rule_id)
    _refuse_outsider(actor, rule.team_id)
    if rule.deleted_at is None:
        return rule
    others = list(RoutingRule.objects.kept())
    if any(other.name.lower() == rule.name.lower() for other in others):
        raise NameTaken(rule.name)
    rule.deleted_at = None
    rule.position = len(others) + 1
    rule.save(update_fields=["position", "deleted_at"])
    others.insert(min(max(place - 1, 0), len(others)), rule)
    _number(others)
    return rule
