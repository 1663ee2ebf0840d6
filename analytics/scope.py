"""Whose figures somebody may read, and which rows a question is about."""

from dataclasses import dataclass, fields, replace

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from agents.models import Membership, User

Keys = frozenset[int]


DIMENSIONS = {
    "channels": "channel",
    "inboxes": "inbox",
    "topics": "topic",
    "teams": "team",
    "agents": "agent",
    "tags": "tag",
}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a question is restricted to; None is no restriction. Several values of one kind are alternatives."""

    channels: frozenset[str] | None = None
    inboxes: Keys | None = None
    topics: Keys | None = None
    teams: Keys | None = None
    agents: Keys | None = None
    tags: Keys | None = None

    def restricted(self) -> dict[str, frozenset[str]]:
        """Return the restricted dimensions with their keys as text."""
        return {
            DIMENSIONS[one.name]: frozenset(str(key) for key in getattr(self, one.name))
            for one in fields(self)
            if getattr(self, one.name) is not None
        }


def teams_of_viewer(viewer: User) -> Keys | None:
    """Return the teams whose figures this person reads; None for all. Raises PermissionDenied for one who reads none.

    Managers and administrators read everything, leads their own teams, agents no reports.
    """
    if viewer.is_active and viewer.sees_everything:
        return None
    led = Membership.objects.filter(user=viewer, is_lead=True).values_list("team_id", flat=True)
    teams = frozenset(led) if viewer.is_active else frozenset()
    if not teams:
        raise PermissionDenied(_("Reports are for managers, and for leads about their own teams."))
    return teams


def within(viewer: User, filters: Filters) -> Filters:
    """Return the filters narrowed to what the viewer may read. Raises PermissionDenied when that is nothing."""
    allowed = teams_of_viewer(viewer)
    if allowed is None:
        return filters
    teams = allowed if filters.teams is None else allowed & filters.teams
    return replace(filters, teams=teams)
