"""Change who works together, how tickets find their person, and in which hours; end teams that are needed no more."""

from dataclasses import dataclass

from django.db.models import Count, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.live import announce_access
from agents.models import Membership, Team, User
from tickets.actions.base import action, now
from tickets.actions.configuration import mark_changed, record, require_configurer, require_fresh, unique_name
from tickets.errors import Refused
from tickets.models import OPEN_STATUSES, AgentSkill, ConfigurationVerb, RoutingRule, Tag, TeamHours, Ticket

OF_THE_TEAM = ("name", "assignment", "capacity", "send_delay_seconds")


@dataclass(frozen=True)
class Seat:
    """One person in a team; without a capacity of their own the team's holds."""

    user_id: int
    is_lead: bool = False
    capacity: int | None = None


@dataclass(frozen=True)
class TeamPlan:
    """A team as somebody wants it; without hours of its own it keeps the default ones.

    Skills are pairs of a person and a tag. They belong to people, not to the team, so the plan names only what changes:
    what somebody else ticks meanwhile on the page of another team stays.
    """

    name: str
    assignment: str
    capacity: int
    send_delay_seconds: int = 3
    hours_id: int | None = None
    seats: tuple[Seat, ...] = ()
    skills_given: frozenset[tuple[int, int]] = frozenset()
    skills_taken: frozenset[tuple[int, int]] = frozenset()


@action
def create(*, actor: User, plan: TeamPlan) -> Team:
    """Found a team. Raises NotAllowed and NameTaken."""
    require_configurer(actor)
    return _write(Team(version=0), plan, actor)


@action
def change(*, actor: User, team_id: int, version: int, plan: TeamPlan) -> Team:
    """Replace a team by what is planned. Raises NotAllowed, StaleEdit, NameTaken, and Refused for who has tickets."""
    require_configurer(actor)
    team = _locked(team_id)
    require_fresh(team, version)
    _refuse_leaving(team, {seat.user_id for seat in plan.seats})
    return _write(team, plan, actor)


@action
def archive(*, actor: User, team_id: int, version: int) -> Team:
    """Send nothing to a team any more; its people keep its tickets. Raises NotAllowed, StaleEdit and Refused."""
    require_configurer(actor)
    team = _locked(team_id)
    require_fresh(team, version)
    _refuse_needed(team)
    team.archived_at = now()
    return _noted(team, actor, "archived_at")


@action
def restore(*, actor: User, team_id: int) -> Team:
    """Take an archived team into use again. Raises NotAllowed."""
    require_configurer(actor)
    team = _locked(team_id)
    if team.archived_at is None:
        return team
    team.archived_at = None
    return _noted(team, actor, "archived_at")


@action
def remove(*, actor: User, team_id: int, version: int) -> str:
    """Delete a team that never had a ticket, and return its name. Raises NotAllowed, StaleEdit and Refused."""
    require_configurer(actor)
    team = _locked(team_id)
    require_fresh(team, version)
    _refuse_needed(team)
    if team.sla_policies.exists():
        raise Refused(
            _("An SLA policy holds for this team alone. Delete the policy, or give it to another team first.")
        )
    try:
        team.delete()
    except ProtectedError as error:
        raise Refused(_("This team has a history that reports tell of, so it stays. Archive it instead.")) from error
    team.pk = team_id
    record(team, actor, now(), verb=ConfigurationVerb.REMOVED)
    return team.name


def usable(team_id: int) -> Team:
    """Return a team that something shall be sent to, locked against being archived meanwhile.

    Raises Team.DoesNotExist, and Refused when it is archived.
    """
    team = _locked(team_id)
    if team.archived_at is not None:
        raise Refused(_("“%(name)s” is archived. Choose another team.") % {"name": team.name})
    return team


def _locked(team_id: int) -> Team:
    return Team.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(pk=team_id)


def _noted(team: Team, actor: User, *fields: str) -> Team:
    at = now()
    mark_changed(team, actor, at)
    team.save()
    record(team, actor, at, fields=fields)
    return team


def _refuse_needed(team: Team) -> None:
    """Raise Refused while something still sends to a team, or waits in it, and say what to do first."""
    name = {"name": team.name}
    inbox = team.inboxes.values_list("name", flat=True).first()
    if inbox is not None:
        text = _("What comes in at “%(inbox)s” goes to “%(name)s”. Give the inbox another team first.")
        raise Refused(text % {**name, "inbox": inbox})
    rule = RoutingRule.objects.kept().filter(team=team).values_list("name", flat=True).first()
    if rule is not None:
        text = _("The routing rule “%(rule)s” sends to “%(name)s”. Change or delete the rule first.")
        raise Refused(text % {**name, "rule": rule})
    waiting = Ticket.objects.filter(team=team, status__in=OPEN_STATUSES).count()
    if waiting:
        text = ngettext(
            "“%(name)s” has %(count)d open ticket. Resolve it, or hand it over first.",
            "“%(name)s” has %(count)d open tickets. Resolve them, or hand them over first.",
            waiting,
        )
        raise Refused(text % {**name, "count": waiting})


def _write(team: Team, plan: TeamPlan, actor: User) -> Team:
    changed = [field for field in OF_THE_TEAM if getattr(team, field) != getattr(plan, field)]
    for field in changed:
        setattr(team, field, getattr(plan, field))
    at = now()
    mark_changed(team, actor, at)
    with unique_name(plan.name):
        team.save()
    if _seat(team, plan.seats):
        changed.append("members")
    if _teach(plan):
        changed.append("skills")
    if _give_hours(team, plan.hours_id):
        changed.append("hours")
    record(team, actor, at, fields=changed)
    return team


def _seat(team: Team, seats: tuple[Seat, ...]) -> bool:
    """Bring the memberships in line with the plan, keeping those that stay; return whether anything changed."""
    wanted = {seat.user_id: seat for seat in seats}
    members = {member.user_id: member for member in team.memberships.select_for_update(no_key=True).order_by("pk")}
    changed = bool(team.memberships.exclude(user_id__in=wanted).delete()[0])
    for user_id, seat in wanted.items():
        member = members.get(user_id) or Membership(team=team, user_id=user_id)
        if member.pk is None or (member.is_lead, member.capacity) != (seat.is_lead, seat.capacity):
            member.is_lead, member.capacity = seat.is_lead, seat.capacity
            member.save()
            changed = True
    announce_access(wanted.keys() ^ members.keys())
    return changed


def _teach(plan: TeamPlan) -> bool:
    """Give and take the planned skills; return whether anything changed."""
    # A tag that is deleted meanwhile, or is a skill no more, teaches nobody anything.
    tags = set(Tag.objects.filter(is_skill=True).values_list("pk", flat=True)) if plan.skills_given else set()
    given = sum(
        AgentSkill.objects.get_or_create(user_id=user_id, tag_id=tag_id)[1]
        for user_id, tag_id in sorted(plan.skills_given)
        if tag_id in tags
    )
    taken = sum(
        AgentSkill.objects.filter(user_id=user_id, tag_id=tag_id).delete()[0]
        for user_id, tag_id in sorted(plan.skills_taken)
    )
    return bool(given or taken)


def _refuse_leaving(team: Team, staying: set[int]) -> None:
    """Raise Refused while somebody who shall leave still has tickets that they could then not read."""
    leaving = team.memberships.exclude(user_id__in=staying).values("user_id")
    held = (
        Ticket.objects.filter(team=team, assignee__in=leaving, status__in=OPEN_STATUSES)
        .values("assignee")
        .annotate(count=Count("pk"))
        .order_by("assignee")
        .first()
    )
    if held is not None:
        text = ngettext(
            "%(person)s still has %(count)d open ticket of this team. Hand it over before they leave.",
            "%(person)s still has %(count)d open tickets of this team. Hand them over before they leave.",
            held["count"],
        )
        raise Refused(text % {"person": User.objects.get(pk=held["assignee"]).name, "count": held["count"]})


def _give_hours(team: Team, hours_id: int | None) -> bool:
    known = TeamHours.objects.filter(team=team).values_list("hours_id", flat=True).first()
    if known == hours_id:
        return False
    if hours_id is None:
        TeamHours.objects.filter(team=team).delete()
    else:
        TeamHours.objects.update_or_create(team=team, defaults={"hours_id": hours_id})
    return True
