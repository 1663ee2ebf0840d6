"""Who works on it: claim, assign, transfer; and the system's own choice."""

import datetime as dt
import uuid

from django.utils.translation import gettext as _

from agents import notify
from agents.models import Assignment, Membership, Team, User
from agents.permissions import Permission, may
from tickets import focus, sla, wake, workload
from tickets.actions.acknowledgement import tell_handover
from tickets.actions.base import action, commit_events, event, lock_ticket, lock_ticket_for, now, record
from tickets.actions.messaging import add_note
from tickets.actions.teams import usable
from tickets.errors import AlreadyAssigned, NotAllowed, WrongStatus
from tickets.models import Conversation, EventKind, Status, Ticket, TicketEvent
from tickets.sweeping import first_of

ASSIGN_WAITING = "tickets.tasks.assign_waiting"
LEAST_LOAD = "least_load"


def _refuse_settled(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise WrongStatus(_("This ticket is resolved. Reopen it first."))


def _works_in(user: User, team_id: int) -> bool:
    return user.is_active and Membership.objects.filter(user=user, team_id=team_id).exists()


def tell_assignee(ticket: Ticket, actor: User | None, at: dt.datetime) -> None:
    """Let the person know whom somebody else, or the system, gave a ticket; once for each time."""
    if ticket.assignee_id is not None and (actor is None or ticket.assignee_id != actor.pk):
        key = f"ticket-{ticket.pk}-assigned-{ticket.version}"
        notify.notify({ticket.assignee_id}, kind="assigned", key=key, ticket_id=ticket.pk, at=at)


def hand_over(ticket: Ticket, assignee: User | None, at: dt.datetime) -> None:
    """Put another person on a locked ticket, or nobody; the caller records the event, which saves."""
    if ticket.assignee_id is not None:
        focus.settle(ticket.pk, at, user_id=ticket.assignee_id)
    ticket.released_by_id = ticket.assignee_id if assignee is None else None
    ticket.assignee = assignee
    if assignee is None:
        wake.wake(ASSIGN_WAITING)


@action
def claim(*, actor: User, ticket_id: int) -> Ticket:
    """Take an unassigned ticket, or begin with one that the system gave. Raises AlreadyAssigned when it has another's.

    What the system assigns stays new until its person claims or answers it.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    _refuse_settled(ticket)
    if ticket.assignee_id == actor.pk:
        if ticket.status == Status.NEW:
            ticket.status = Status.OPEN
            record(ticket, conversation, EventKind.STATUS_CHANGED, actor=actor, at=at, before="new", after="open")
        return ticket
    if ticket.assignee is not None:
        raise AlreadyAssigned(ticket.assignee.short_name)
    ticket.assignee = actor
    ticket.released_by = None
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
    hand_over(ticket, assignee, at)
    if assignee is not None and ticket.status == Status.NEW:
        ticket.status = Status.OPEN
    record(ticket, conversation, EventKind.ASSIGNED, actor=actor, at=at, before=before, after=assignee_id)
    tell_assignee(ticket, actor, at)
    return ticket


@action
def transfer(*, actor: User, ticket_id: int, team_id: int, assignee_id: int | None = None, note: str = "") -> Ticket:
    """Hand a ticket over to another team, or to a person in it, with a note for those who take it."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    _refuse_settled(ticket)
    team = Team.objects.get(pk=team_id) if team_id == ticket.team_id else usable(team_id)
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
    hand_over(ticket, assignee, at)
    ticket.released_by = None
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
    if old_team_id != team.pk:
        tell_handover(ticket, at)
    tell_assignee(ticket, actor, at)
    return ticket


# -- The system's own choice -------------------------------------------------------------------------


def assign_automatically(ticket: Ticket, conversation: Conversation, at: dt.datetime) -> list[TicketEvent]:
    """Give a locked ticket that waits to the available agent with the least load; the caller commits the event.

    Of a ticket's tags those that are skills must all be theirs. Returns nothing when the team assigns by hand, nobody
    who has them is here, or everybody who does has enough: then it waits in the queue of its team. It stays new until
    that person claims or answers it.
    """
    if ticket.assignee_id is not None or ticket.status not in workload.WAITING:
        return []
    if ticket.team.assignment != Assignment.LEAST_LOAD:
        return []
    taker = workload.take(ticket, at)
    if taker is None:
        return []
    ticket.assignee_id = taker.user_id
    ticket.released_by = None
    tell_assignee(ticket, None, at)
    assigned = event(
        ticket,
        conversation,
        EventKind.ASSIGNED,
        actor=None,
        at=at,
        before=None,
        after=taker.user_id,
        why=LEAST_LOAD,
        load=taker.load,
    )
    if taker.skills:
        assigned.data["skills"] = taker.skills
    return [assigned]


@action
def assign_waiting(*, ticket_id: int) -> bool:
    """Give a ticket from the queue to whoever can take it; return whether somebody could."""
    conversation, ticket = lock_ticket(ticket_id)
    at = now()
    events = assign_automatically(ticket, conversation, at)
    if events:
        commit_events(ticket, conversation, events, at=at)
    return bool(events)


def assign_next() -> bool:
    """Give the first ticket of the queue that somebody can take to them; return whether there may be more."""
    return first_of(workload.waiting(now()), lambda ticket_id: assign_waiting(ticket_id=ticket_id))
