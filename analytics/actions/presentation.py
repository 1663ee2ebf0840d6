"""Choose what the front page of the reports shows, and whether agents are ranked."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from agents.models import User
from analytics.actions.targets import require_decider
from analytics.definitions import KPIS, MOST_HEADLINES
from analytics.models import ReportSettings
from tickets.actions.base import action, now
from tickets.actions.configuration import mark_changed, record, require_fresh
from tickets.errors import Refused


def complaint(headlines: Sequence[str]) -> str:
    """Say what is wrong with a choice of headlines; empty when nothing is."""
    if not headlines:
        return _("Choose at least one figure.")
    if len(headlines) > MOST_HEADLINES:
        return _(
            "%(chosen)d figures are chosen; more than %(most)d are too many to watch."
            " Take away as many as are too many."
        ) % {"chosen": len(headlines), "most": MOST_HEADLINES}
    if len(set(headlines)) != len(headlines) or any(kpi not in KPIS or not KPIS[kpi].available for kpi in headlines):
        return _("One of these figures does not exist, or nothing computes it yet.")
    return ""


def current() -> ReportSettings:
    """Return what holds; a workspace that never chose has the nine figures and no ranking."""
    return ReportSettings.objects.select_related("changed_by").first() or ReportSettings(version=0)


@action
def choose_headlines(*, actor: User, version: int, headlines: Sequence[str]) -> ReportSettings:
    """Show these figures on the front page, in this order. Raises NotAllowed, StaleEdit, and Refused above ten."""
    require_decider(actor)
    wrong = complaint(headlines)
    if wrong:
        raise Refused(wrong)
    row = _locked(version)
    row.headlines = list(headlines)
    return _saved(row, actor, "headlines")


@action
def rank_agents(*, actor: User, version: int, on: bool) -> ReportSettings:
    """Rank agents against each other, or no longer. Raises NotAllowed, StaleEdit."""
    require_decider(actor)
    row = _locked(version)
    row.ranks_agents = on
    return _saved(row, actor, "ranks_agents")


def _locked(version: int) -> ReportSettings:
    ReportSettings.objects.bulk_create([ReportSettings(pk=1, version=0)], ignore_conflicts=True)
    row = ReportSettings.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(pk=1)
    require_fresh(row, version)
    return row


def _saved(row: ReportSettings, actor: User, field: str) -> ReportSettings:
    at = now()
    mark_changed(row, actor, at)
    row.save()
    record(row, actor, at, fields=[field])
    return row
