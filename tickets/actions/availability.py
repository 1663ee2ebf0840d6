"""Whether an agent takes tickets, and what becomes of theirs when they go."""

from collections.abc import Iterable

from django.db import transaction

from agents import presence
from agents.models import Membership, PresenceState, User
from agents.permissions import Permission, may
from helpdesk import clock
from tickets import focus, wake
from tickets.actions.assignment import ASSIGN_WAITING, hand_over
from tickets.actions.base import action, lock_ticket_for, now, record
from tickets.errors import NotAllowed
from tickets.models import ActorKind, EventKind, Ticket

REQUEUED = "requeued"
REQUEUE_UNDONE = "requeue_undone"


def set_availability(*, actor: User, state: PresenceState) -> bool:
    """Begin to take tickets, or stop for a while; return whether that is news."""
    at = clock.now()
    with transaction.atomic():
        changed = presence.set_state(actor.pk, state, at)
        if state == PresenceState.ONLINE:
            wake.wake(ASSIGN_WAITING)
        else:
            focus.leave(actor.pk, at)
    return changed


def requeue(*, actor: User, person_id: int) -> list[int]:
    """Put everything a person has open back into the queues of its teams; return the tickets.

    One's own, or, for those who lead a ticket's team, somebody else's. Each ticket is a transaction of its own.
    """
    theirs = Ticket.objects.visible_to(actor).unfinished().filter(assignee_id=person_id).order_by("pk")
    return [
        pk for pk in theirs.values_list("pk", flat=True) if _release(actor=actor, ticket_id=pk, person_id=person_id)
    ]


@action
def _release(*, actor: User, ticket_id: int, person_id: int) -> bool:
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if ticket.assignee_id != person_id or not ticket.is_open:
        return False
    if person_id != actor.pk and not may(actor, Permission.REASSIGN, team_id=ticket.team_id):
        return False
    hand_over(ticket, None, at)
    kind = EventKind.ASSIGNED
    record(ticket, conversation, kind, actor=actor, at=at, before=person_id, after=None, why=REQUEUED)
    return True


def undo_requeue(*, actor: User, person_id: int, ticket_ids: Iterable[int]) -> list[int]:
    """Give tickets back that the actor has just put into the queue; return those that nobody has begun with."""
    return [pk for pk in sorted(set(ticket_ids)) if _give_back(actor=actor, ticket_id=pk, person_id=person_id)]


@action
def _give_back(*, actor: User, ticket_id: int, person_id: int) -> bool:
    try:
        conversation, ticket = lock_ticket_for(actor, ticket_id)
    except (Ticket.DoesNotExist, NotAllowed):
        return False
    at = now()
    if not ticket.is_open or not Membership.objects.filter(user=person_id, team=ticket.team_id).exists():
        return False
    newest = list(ticket.events.order_by("-seq")[:2])
    if newest and newest[0].kind == EventKind.ASSIGNED and newest[0].actor_kind == ActorKind.SYSTEM:
        # The system was faster; the person it chose has not begun.
        newest.pop(0)
    undoes = newest[0].data if newest and newest[0].kind == EventKind.ASSIGNED else {}
    if undoes.get("why") != REQUEUED or newest[0].actor_id != actor.pk or undoes["before"] != person_id:
        return False
    before = ticket.assignee_id
    hand_over(ticket, User.objects.get(pk=person_id), at)
    kind = EventKind.ASSIGNED
    record(ticket, conversation, kind, actor=actor, at=at, before=before, after=person_id, why=REQUEUE_UNDONE)
    return True
