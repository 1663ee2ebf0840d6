"""Change when teams work. Clocks that count keep their due times and the calendar that wrote them.

The new version is the calendar of every due time that is written later, also for the rest of a clock that resumes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from agents.models import User
from tickets.actions.base import action, now
from tickets.actions.configuration import mark_changed, record, require_configurer, require_fresh, unique_name
from tickets.calendars import keep_version
from tickets.errors import Refused
from tickets.models import BusinessHours, BusinessInterval, ConfigurationVerb, Holiday, TeamHours


@dataclass(frozen=True)
class HoursPlan:
    """Business hours as somebody wants them: intervals are (weekday, begins, ends) in minutes after midnight."""

    name: str
    time_zone: str
    week: tuple[tuple[int, int, int], ...]
    holidays: tuple[tuple[dt.date, str], ...] = ()
    team_ids: frozenset[int] = frozenset()
    is_default: bool = False


@action
def create(*, actor: User, plan: HoursPlan) -> BusinessHours:
    """Add business hours. Raises NotAllowed and NameTaken."""
    require_configurer(actor)
    hours = BusinessHours(version=0)
    return _write(hours, plan, actor)


@action
def change(*, actor: User, hours_id: int, version: int, plan: HoursPlan) -> BusinessHours:
    """Replace business hours by what is planned. Raises NotAllowed, StaleEdit and NameTaken."""
    require_configurer(actor)
    hours = (
        BusinessHours.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(pk=hours_id)
    )
    require_fresh(hours, version)
    keep_version(hours.pk)
    return _write(hours, plan, actor)


@action
def remove(*, actor: User, hours_id: int, version: int) -> str:
    """Delete hours that nobody keeps, and return their name. Raises NotAllowed, StaleEdit and Refused."""
    require_configurer(actor)
    hours = BusinessHours.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=hours_id)
    require_fresh(hours, version)
    if hours.is_default:
        raise Refused(_("These hours hold for all teams without hours of their own. Choose others for that first."))
    if hours.teams.exists():
        raise Refused(_("Teams keep these hours. Give the teams other hours first."))
    try:
        key = hours.pk
        hours.delete()
    except ProtectedError as error:
        raise Refused(
            _("Tickets were promised an answer within these hours, so they stay. Without teams they change nothing.")
        ) from error
    hours.pk = key
    record(hours, actor, now(), verb=ConfigurationVerb.REMOVED)
    return hours.name


def _write(hours: BusinessHours, plan: HoursPlan, actor: User) -> BusinessHours:
    if plan.is_default and not hours.is_default:
        BusinessHours.objects.filter(is_default=True).update(is_default=False)
    hours.name, hours.time_zone = plan.name, plan.time_zone
    hours.is_default = plan.is_default or hours.is_default
    at = now()
    mark_changed(hours, actor, at)
    with unique_name(plan.name):
        hours.save()
    record(hours, actor, at)
    hours.intervals.all().delete()
    BusinessInterval.objects.bulk_create(
        BusinessInterval(hours=hours, weekday=weekday, begins=begins, ends=ends) for weekday, begins, ends in plan.week
    )
    hours.holidays.all().delete()
    Holiday.objects.bulk_create(Holiday(hours=hours, date=date, name=name) for date, name in plan.holidays)
    _give_to_teams(hours, plan.team_ids)
    return hours


def _give_to_teams(hours: BusinessHours, team_ids: Iterable[int]) -> None:
    hours.teams.exclude(team_id__in=team_ids).delete()
    for team_id in sorted(team_ids):
        TeamHours.objects.update_or_create(team_id=team_id, defaults={"hours": hours})
