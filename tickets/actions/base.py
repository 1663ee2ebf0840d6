"""What every action shares: one transaction, locks from the top down, one event."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import Permission, may
from helpdesk import clock
from tickets import live, sla
from tickets.calendars import hours_of_team
from tickets.errors import NotAllowed
from tickets.models import (
    ActorKind,
    AuthorKind,
    Change,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Ticket,
    TicketEvent,
)

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
# PostgreSQL: deadlock_detected, serialization_failure.
WORTH_ANOTHER_TRY = frozenset({"40P01", "40001"})
# With these a team begins to answer for the ticket.
TAKES_OVER = frozenset({EventKind.OPENED, EventKind.TRANSFERRED})


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run in one transaction; a deadlock repeats the whole action, three times at most."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            # Part of a larger action: its outermost transaction is the one to repeat.
            return function(*args, **kwargs)
        for number in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", "")
                if state not in WORTH_ANOTHER_TRY or number == TRIES:
                    raise
        raise AssertionError("unreachable")

    return run


def lock_conversation(conversation_id: int) -> Conversation:
    """Lock the row under which everything in a conversation happens."""
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)


def lock_ticket(ticket_id: int) -> tuple[Conversation, Ticket]:
    """Lock a ticket from the top down: its conversation first. Raises Ticket.DoesNotExist."""
    while True:
        conversation_id = Ticket.objects.values_list("conversation_id", flat=True).get(pk=ticket_id)
        conversation = lock_conversation(conversation_id)
        ticket = Ticket.objects.select_for_update(no_key=True).get(pk=ticket_id)
        if ticket.conversation_id == conversation_id:
            ticket.conversation = conversation
            return conversation, ticket


def lock_ticket_for(actor: User, ticket_id: int) -> tuple[Conversation, Ticket]:
    """Lock a ticket for a person who wants to work on it. Raises NotAllowed when their role only reads."""
    conversation, ticket = lock_ticket(ticket_id)
    if not may(actor, Permission.ANSWER, team_id=ticket.team_id):
        raise NotAllowed(_("Only members of this team can work on its tickets."))
    return conversation, ticket


def next_seq(conversation: Conversation) -> int:
    """Take the next place in the conversation, whose row must be locked; `commit_events` writes how far it went."""
    conversation.last_seq += 1
    return conversation.last_seq


def event(
    ticket: Ticket,
    conversation: Conversation,
    kind: EventKind,
    *,
    actor: User | None,
    at: dt.datetime,
    actor_kind: ActorKind | None = None,
    occurred_at: dt.datetime | None = None,
    message: Message | None = None,
    **data: Any,
) -> TicketEvent:
    """Return the event of an action, in its place and not yet written; the ticket must be as the action leaves it."""
    return TicketEvent(
        ticket=ticket,
        seq=next_seq(conversation),
        kind=kind,
        actor_kind=actor_kind or (ActorKind.AGENT if actor else ActorKind.SYSTEM),
        actor=actor,
        message=message,
        data=data,
        occurred_at=occurred_at or at,
        recorded_at=at,
        team_id=ticket.team_id,
        assignee_id=ticket.assignee_id,
        status=ticket.status,
    )


def commit_events(
    ticket: Ticket,
    conversation: Conversation,
    events: Sequence[TicketEvent],
    *,
    at: dt.datetime,
    also_teams: tuple[int, ...] = (),
) -> None:
    """Write the events of an action and the change row, keep the clocks, save the ticket, tell open pages."""
    sla.keep(ticket, at)
    _remember_hours(ticket, events)
    ticket.version += len(events)
    ticket.last_activity_at = max(ticket.last_activity_at, at)
    ticket.save()
    TicketEvent.objects.bulk_create(events)
    Change.objects.create(ticket=ticket)
    conversation.save(update_fields=["last_seq"])
    live.announce(ticket, also_teams=also_teams)


def _remember_hours(ticket: Ticket, events: Sequence[TicketEvent]) -> None:
    """Note with the event that gave the ticket to its team which business hours count from now on."""
    for taking_over in events:
        if taking_over.kind in TAKES_OVER:
            hours = hours_of_team(ticket.team_id)
            taking_over.data["hours"] = [hours.pk, hours.version] if hours else None
            return


def record(
    ticket: Ticket,
    conversation: Conversation,
    kind: EventKind,
    *,
    actor: User | None,
    at: dt.datetime,
    actor_kind: ActorKind | None = None,
    occurred_at: dt.datetime | None = None,
    message: Message | None = None,
    also_teams: tuple[int, ...] = (),
    **data: Any,
) -> None:
    """End an action that is one event: write it and all that goes with it."""
    written = event(
        ticket,
        conversation,
        kind,
        actor=actor,
        actor_kind=actor_kind,
        at=at,
        occurred_at=occurred_at,
        message=message,
        **data,
    )
    commit_events(ticket, conversation, [written], at=at, also_teams=also_teams)


def touch(ticket: Ticket) -> None:
    """Raise the version for something that is no event of the ticket, such as a tick; pages fetch it anew."""
    ticket.version += 1
    ticket.save(update_fields=["version"])
    Change.objects.create(ticket=ticket)
    live.announce(ticket)


def answered_seq(ticket: Ticket) -> int:
    """Return the place up to which the messages of a ticket are answered.

    A reply answers the inbound messages that its author had seen. One that failed, was taken back, or whose fate
    stayed unknown until somebody was asked, answers nothing. Resolving answers everything before it.
    """
    answered = (
        ticket.messages.filter(kind=MessageKind.OUTBOUND, purpose=Purpose.REPLY, author_kind=AuthorKind.AGENT)
        .exclude(state__in=[MessageState.FAILED, MessageState.CANCELLED])
        .exclude(state=MessageState.UNKNOWN, asked_at__isnull=False)
        .aggregate(seq=Max("seen_seq"))["seq"]
    )
    return max(answered or 0, ticket.settled_seq)


def refresh_waiting(ticket: Ticket) -> None:
    """Derive from the messages who waits since when, which nobody does in a settled ticket; the caller saves.

    When a reply turns out to answer nothing, the wait resumes with its original due time. What was answered in a
    ticket that was merged into this one stays answered.
    """
    if not ticket.is_open:
        ticket.unanswered_count, ticket.waiting_since = 0, None
        return
    answered = answered_seq(ticket)
    unanswered = ticket.messages.filter(kind=MessageKind.INBOUND, seq__gt=answered, is_settled=False).aggregate(
        count=Count("pk"), since=Min("occurred_at")
    )
    ticket.unanswered_count = unanswered["count"]
    ticket.waiting_since = unanswered["since"]


def now() -> dt.datetime:
    """Return the action's one moment; call it after the locks are held."""
    return clock.now()
