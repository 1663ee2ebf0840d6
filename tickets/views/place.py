"""From where in the work list somebody looks at a ticket."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from agents.models import Team, User
from agents.permissions import role_among
from tickets import queue
from tickets.views.addresses import list_address, page_address
from tickets.worklist import Cut


@dataclass(frozen=True)
class Place:
    """From where in the work list somebody looks at a ticket; it decides what comes next."""

    view: queue.View
    team: Team | None
    teams: list[Team]

    @property
    def team_id(self) -> int | None:
        """Return the chosen team's key."""
        return self.team.pk if self.team else None

    @property
    def query(self) -> str:
        """Return what addresses carry along to stay in this place."""
        return f"?{urlencode({'team': self.team.pk})}" if self.team else ""

    @property
    def title(self) -> str:
        """Return the heading of the list."""
        if self.team is not None:
            return self.team.name
        return self.teams[0].name if len(self.teams) == 1 else _("All teams")

    @property
    def list_url(self) -> str:
        """Return the address of the list."""
        return list_address(self.view) + self.query

    def role_of(self, user: User, team_id: int) -> str | None:
        """Return the row of the matrix that holds for this person in a team, as `role_in_team` does; no query."""
        leads = {team.pk: bool(getattr(team, "is_led", None)) for team in self.teams}
        return role_among(user, leads, team_id)

    def leads_somewhere(self) -> bool:
        """Whether this person leads one of the teams."""
        return any(getattr(team, "is_led", None) for team in self.teams)

    def cut(self, user: User, at: dt.datetime) -> Cut:
        """Return which tickets the list shows."""
        teams = self.teams if self.team is None else [self.team]
        if self.team is None and user.sees_everything:
            teams = []
        return queue.cut_of(user, self.view, (team.pk for team in teams), at)

    def ticket_url(self, ticket_id: int) -> str:
        """Return the address of a ticket seen from this place."""
        return page_address(self.view, ticket_id) + self.query
