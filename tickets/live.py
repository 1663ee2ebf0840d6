"""Tell open pages that a ticket changed: ids only, after commit; `agents.live` sends.

Frames carry no content. A page that hears of a change asks for the fragment with its own permissions.
"""

from django.db import transaction

from agents.live import sender
from tickets.models import Ticket

EVERYTHING = "everything"


def team_group(team_id: int) -> str:
    """Name the group of those who work in a team."""
    return f"team-{team_id}"


def ticket_group(ticket_id: int) -> str:
    """Name the group of those who look at a ticket."""
    return f"ticket-{ticket_id}"


def announce(ticket: Ticket, *, also_teams: tuple[int, ...] = ()) -> None:
    """Tell, after commit, everybody who may see this ticket that it has a new version."""
    frame = {"type": "ticket", "ticket": ticket.pk, "version": ticket.version, "team": ticket.team_id}
    teams = {ticket.team_id, *also_teams}
    groups = (EVERYTHING, ticket_group(ticket.pk), *(team_group(team) for team in sorted(teams)))
    transaction.on_commit(lambda: sender.send(groups, frame))
