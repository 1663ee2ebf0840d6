"""Decide where a figure should be."""

import math

from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import may_set_targets
from analytics.definitions import KPIS, Better, Kpi, Target, Unit
from analytics.models import KpiTarget
from tickets.actions.base import action, now
from tickets.actions.configuration import mark_changed, record, require_fresh
from tickets.errors import NotAllowed, Refused

# The largest and the smallest value that makes sense, by unit.
RANGES: dict[Unit, tuple[float, float]] = {
    Unit.SECONDS: (1, 366 * 86400),
    Unit.SHARE: (0, 1),
    Unit.POINTS: (-100, 100),
    Unit.COUNT: (0, 10**9),
    Unit.MEAN: (0, 10**6),
    Unit.PER_HOUR: (0, 10**6),
}


def require_decider(actor: User) -> None:
    """Raise NotAllowed for everybody who does not decide about the reports."""
    if not may_set_targets(actor):
        raise NotAllowed(_("Only a manager or an administrator can change this."))


def takes_target(kpi: Kpi) -> bool:
    """Say whether a figure has a better and a worse, and something to compute it from."""
    return kpi.available and kpi.better is not Better.NEITHER


def complaint(kpi: Kpi, target: Target) -> str:
    """Say what is wrong with a target, and how to put it right; empty when nothing is."""
    if not takes_target(kpi):
        return _("More is neither better nor worse here, so this figure takes no target.")
    ends = [end for end in (target.low, target.high) if end is not None]
    low, high = RANGES[kpi.unit]
    if not all(math.isfinite(end) and low <= end <= high for end in ends):
        if kpi.unit is Unit.SHARE:
            return _("Give a share from 0 to 100 per cent.")
        if kpi.unit is Unit.POINTS:
            return _("Give a score from −100 to 100.")
        return _("This number is too small or too large for this figure.")
    if kpi.better is Better.BAND and len(ends) == 1:
        return _("Give both ends: below the lower and above the upper one the target is missed.")
    if (kpi.better is Better.LOWER and target.low is not None) or (
        kpi.better is Better.HIGHER and target.high is not None
    ):
        return _("Give only the end that is not to be crossed.")
    if target.low is not None and target.high is not None and target.low > target.high:
        return _("The lower end is above the upper one. Exchange them.")
    return ""


@action
def set_target(*, actor: User, kpi_id: str, version: int, target: Target) -> KpiTarget:
    """Let a target hold from now on; one without ends takes the target away.

    Raises NotAllowed, StaleEdit, and Refused for one that makes no sense.
    """
    require_decider(actor)
    wrong = complaint(KPIS[kpi_id], target)
    if wrong:
        raise Refused(wrong)
    return _write(actor, kpi_id, version, target, is_default=False)


@action
def reset_target(*, actor: User, kpi_id: str, version: int) -> KpiTarget:
    """Let the definition's target hold again. Raises NotAllowed, StaleEdit."""
    require_decider(actor)
    return _write(actor, kpi_id, version, Target(), is_default=True)


def _write(actor: User, kpi_id: str, version: int, target: Target, *, is_default: bool) -> KpiTarget:
    KpiTarget.objects.bulk_create([KpiTarget(kpi=kpi_id, is_default=True, version=0)], ignore_conflicts=True)
    row = KpiTarget.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(kpi=kpi_id)
    require_fresh(row, version)
    wanted = {"low": target.low, "high": target.high, "is_default": is_default}
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    row.low, row.high, row.is_default = target.low, target.high, is_default
    at = now()
    mark_changed(row, actor, at)
    row.save()
    record(row, actor, at, fields=changed)
    return row
