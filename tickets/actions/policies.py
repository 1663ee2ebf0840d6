"""Change what is promised. Clocks that count keep their promise; a new or changed ticket gets the new one."""

from dataclasses import dataclass

from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from agents.models import User
from tickets.actions.base import action, now
from tickets.actions.configuration import mark_changed, record, require_configurer, require_fresh, unique_name
from tickets.errors import Refused
from tickets.models import ConfigurationVerb, Metric, SlaPolicy, SlaTarget


@dataclass(frozen=True)
class Promise:
    """How long one thing may take."""

    seconds: int
    in_business_hours: bool = True


@dataclass(frozen=True)
class PolicyPlan:
    """A policy as somebody wants it; a priority, team or channel that is None or empty means all of them."""

    name: str
    promises: dict[Metric, Promise]
    priority: int | None = None
    team_id: int | None = None
    channel: str = ""
    warn_percents: tuple[int, ...] = (80,)
    remind_minutes: int | None = None
    pauses_while_pending: bool = True
    is_active: bool = True


@action
def create(*, actor: User, plan: PolicyPlan) -> SlaPolicy:
    """Add a policy behind all others. Raises NotAllowed and NameTaken."""
    require_configurer(actor)
    last = SlaPolicy.objects.aggregate(last=Max("position"))["last"] or 0
    return _write(SlaPolicy(position=last + 1, version=0), plan, actor)


@action
def change(*, actor: User, policy_id: int, version: int, plan: PolicyPlan) -> SlaPolicy:
    """Replace a policy by what is planned. Raises NotAllowed, StaleEdit and NameTaken."""
    require_configurer(actor)
    policy = _locked(policy_id)
    require_fresh(policy, version)
    return _write(policy, plan, actor)


@action
def move(*, actor: User, policy_id: int, step: int) -> int:
    """Move a policy up (-1) or down (+1) among all, and return its place, counted from 1. Raises NotAllowed.

    Moving raises no version: somebody who edits what a policy promises does not mind where it stands.
    """
    require_configurer(actor)
    ordered = list(SlaPolicy.objects.select_for_update(no_key=True).order_by("pk"))
    ordered.sort(key=lambda policy: (policy.position, policy.pk))
    place = next(n for n, policy in enumerate(ordered) if policy.pk == policy_id)
    goal = min(max(place + step, 0), len(ordered) - 1)
    ordered.insert(goal, ordered.pop(place))
    for number, policy in enumerate(ordered, start=1):
        policy.position = number
    SlaPolicy.objects.bulk_update(ordered, ["position"])
    return goal + 1


@action
def remove(*, actor: User, policy_id: int, version: int) -> str:
    """Delete a policy that never promised anything, and return its name. Raises NotAllowed, StaleEdit and Refused."""
    require_configurer(actor)
    policy = _locked(policy_id)
    require_fresh(policy, version)
    try:
        key = policy.pk
        policy.delete()
    except ProtectedError as error:
        raise Refused(
            _("Tickets were promised an answer by this policy, so it stays. Switch it off to promise nothing new.")
        ) from error
    policy.pk = key
    record(policy, actor, now(), verb=ConfigurationVerb.REMOVED)
    return policy.name


def _locked(policy_id: int) -> SlaPolicy:
    policies = SlaPolicy.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by")
    return policies.get(pk=policy_id)


def _write(policy: SlaPolicy, plan: PolicyPlan, actor: User) -> SlaPolicy:
    for field in ("name", "priority", "team_id", "channel", "remind_minutes", "pauses_while_pending", "is_active"):
        setattr(policy, field, getattr(plan, field))
    policy.warn_percent, *policy.further_warn_percents = sorted(set(plan.warn_percents))
    at = now()
    mark_changed(policy, actor, at)
    with unique_name(plan.name):
        policy.save()
    record(policy, actor, at)
    policy.targets.exclude(metric__in=plan.promises).delete()
    for metric, promise in plan.promises.items():
        SlaTarget.objects.update_or_create(
            policy=policy,
            metric=metric,
            defaults={"seconds": promise.seconds, "in_business_hours": promise.in_business_hours},
        )
    return policy
