"""Who works on it: claim, assign, transfer."""

import uuid

from django.utils.translation import gettext as _

from agents.models import Membership, Team, User
from agents.permissions import Permission, may
from tickets import sla
from tickets.actions.base import action, lock_ticket_for, now, record
from tickets.actions.messaging import add_note
from tickets.errors import AlreadyAssigned, NotAllowed, WrongStatus
from tickets.models import EventKind, Status, Ticket


def _refuse_settled(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise WrongStatus(_("This ticket is resolved. Reopen it first."))


def _works_in(user: User, team_id: int) -> bool:
    return user.is_active and Membership.objects.filter(user=user, team_id=team_id).exists()


@action
def claim(*, actor: User, ticket_id: int) -> Ticket:
    """Take an unassigned ticket. Raises AlreadyAssigned when somebody else was faster."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    _refuse_settled(ticket)
    if ticket.assignee_id == actor.pk:
        return ticket
    if ticket.assignee is not None:
        raise AlreadyAssigned(ticket.assignee.short_name)
    ticket.assignee = actor
    if ticket.status == Status.NEW:
        ticket.status = Status.OPEN
    record(ticket, conversation, EventKind.ASSIGNED, actor=actor, at=at, before=None, after=actor.pk)
    return ticket


@action
def assign(*, actor: User, ticket_id: int, assignee_id: int | None) -> Ticket:
    """Give a ticket to a member of its team, or back to the queue.

    Raises NotAllowed when it is somebody else's and the actor does not lead the team.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    _refuse_settled(ticket)
    if ticket.assignee_id == assignee_id:
        return ticket
    own = ticket.assignee_id in {None, actor.pk}
    if not own and not may(actor, Permission.REASSIGN, team_id=ticket.team_id):
        raise NotAllowed(_("Only a lead of this team can take a ticket from somebody else."))
    assignee = User.objects.get(pk=assignee_id) if assignee_id is not None else None
    if assignee is not None and not _works_in(assignee, ticket.team_id):
        raise NotAllowed(_("%(name)s does not work in this team.") % {"name": assignee.short_name})
    before = ticket.assignee_id
    ticket.assignee = assignee
    if assignee is not None and ticket.status == Status.NEW:
        ticket.status = Status.OPEN
    record(ticket, conversation, EventKind.ASSIGNED, actor=actor, at=at, before=before, after=assignee_id)
    return ticket


@action
def transfer(*, actor: User, ticket_id: int, team_id: int, assignee_id: int | None = None, note: str = "") -> Ticket:
    """Hand a ticket over to another team, or to a person in it, with a note for those who take it."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    _refuse_settled(ticket)
    team = Team.objects.get(pk=team_id)
    assignee = User.objects.get(pk=assignee_id) if assignee_id is not None else None
    if assignee is not None and not _works_in(assignee, team.pk):
        raise NotAllowed(_("%(name)s does not work in this team.") % {"name": assignee.short_name})
    before = {"team": ticket.team_id, "assignee": ticket.assignee_id}
    old_team_id = ticket.team_id
    if before == {"team": team_id, "assignee": assignee_id}:
        return ticket
    if note.strip():
        add_note(actor=actor, ticket_id=ticket.pk, text=note, client_id=uuid.uuid4())
        conversation.refresh_from_db()
        ticket.refresh_from_db(fields=["version", "last_activity_at"])
    ticket.team = team
    ticket.assignee = assignee
    policies = sla.promise_anew(ticket, at)
    record(
        ticket,
        conversation,
        EventKind.TRANSFERRED,
        actor=actor,
        at=at,
        also_teams=(old_team_id,),
        before=before,
        after={"team": team_id, "assignee": assignee_id},
        sla_policies=policies,
    )
    return ticket
