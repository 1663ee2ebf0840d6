"""Open, resolve, reopen, close."""

import datetime as dt

from django.utils.translation import gettext as _

from agents.models import User
from tickets import focus, promises, sla
from tickets.actions.base import action, event, lock_ticket, lock_ticket_for, now, record, refresh_waiting
from tickets.errors import NewerActivity, WrongStatus
from tickets.models import (
    OPEN_STATUSES,
    ActorKind,
    Conversation,
    EventKind,
    MessageKind,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.sweeping import LOOKED_AT, first_of

SUBJECT_LENGTH = 80


def subject_from(text: str) -> str:
    """Return the first 80 characters on one line, cut at a word where that costs little."""
    line = " ".join(text.split())
    if len(line) <= SUBJECT_LENGTH:
        return line
    cut = line[: SUBJECT_LENGTH - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > SUBJECT_LENGTH // 2 else cut) + "…"


def open_ticket(
    *, conversation: Conversation, subject: str, occurred_at: dt.datetime, at: dt.datetime, follow_up_of: Ticket | None
) -> tuple[Ticket, TicketEvent]:
    """Open a ticket for a contact's message; the caller commits the event with the message's own.

    The conversation must be locked and have no open ticket.
    """
    team_id = conversation.inbox.team_id
    ticket = Ticket.objects.create(
        conversation=conversation,
        team=conversation.inbox.team,
        status=Status.NEW,
        subject=subject_from(subject),
        opened_at=occurred_at,
        recorded_at=at,
        last_activity_at=at,
        follow_up_of=follow_up_of,
    )
    opened = event(
        ticket,
        conversation,
        EventKind.OPENED,
        actor=None,
        actor_kind=ActorKind.CONTACT,
        at=at,
        occurred_at=occurred_at,
        team=team_id,
        follow_up_of=follow_up_of.pk if follow_up_of else None,
    )
    return ticket, opened


def refuse_unseen(conversation: Conversation, seen_seq: int) -> None:
    """Raise NewerActivity when the contact wrote something that the person had not seen."""
    newer = list(
        conversation.messages.filter(kind=MessageKind.INBOUND, ticket__isnull=False, seq__gt=seen_seq)
        .order_by("seq")
        .values_list("pk", flat=True)[:20]
    )
    if newer:
        raise NewerActivity(_("A new message arrived. Read it first."), newer)


def _settle(ticket: Ticket, at: dt.datetime) -> None:
    ticket.status = Status.RESOLVED
    ticket.resolved_at = at
    ticket.closes_at = at + ticket.conversation.inbox.reopen_window
    ticket.snoozed_until = None
    ticket.waiting_since = None
    ticket.unanswered_count = 0


def make_open(ticket: Ticket, status: Status) -> None:
    """Put the fields of an open ticket on a settled one; the caller records the event, which saves."""
    ticket.status = status
    ticket.resolved_at = None
    ticket.closes_at = None
    refresh_waiting(ticket)


def set_aside(ticket: Ticket, at: dt.datetime) -> None:
    """Close a ticket that is no request of its own: nobody waits, nothing is promised; the caller records the event."""
    promises.withdraw(ticket, at)
    focus.settle(ticket.pk, at)
    ticket.status = Status.CLOSED
    ticket.resolved_at = ticket.resolved_at or at
    ticket.snoozed_until = None
    ticket.waiting_since = None
    ticket.unanswered_count = 0


def take_back(ticket: Ticket, status: Status, at: dt.datetime) -> None:
    """Return a ticket that was set aside to where it stood; the caller records the event, which saves."""
    if status in OPEN_STATUSES:
        make_open(ticket, status)
        promises.realign(ticket, at)
    else:
        resettle(ticket, status, at)


def resettle(ticket: Ticket, status: Status, at: dt.datetime) -> None:
    """Settle a ticket as it was before; where its reopen window has ended meanwhile it is closed."""
    lapsed = ticket.closes_at is None or ticket.closes_at <= at
    ticket.status = Status.CLOSED if lapsed else status


def open_one(conversation: Conversation, ticket: Ticket, *, actor: User, at: dt.datetime) -> Ticket | None:
    """Return the open ticket of a locked conversation, linked to the one that somebody wants open; None without one."""
    other = conversation.tickets.select_for_update(no_key=True).filter(status__in=OPEN_STATUSES).first()
    if other is not None and other.follow_up_of_id is None and ticket.follow_up_of_id != other.pk:
        other.follow_up_of = ticket
        record(other, conversation, EventKind.REOPENED, actor=actor, at=at, linked=ticket.pk)
    return other


def refuse_set_aside(ticket: Ticket) -> None:
    """Raise WrongStatus, with what to do instead, for spam and for what was merged into another ticket."""
    if ticket.is_spam:
        raise WrongStatus(_("This ticket is marked as spam. Choose “Not spam” first."))
    if ticket.merged_into_id is not None:
        text = _("This ticket was merged into #%(number)d. Go on there, or undo the merge.")
        raise WrongStatus(text % {"number": ticket.merged_into_id})


@action
def resolve(*, actor: User, ticket_id: int, seen_seq: int) -> Ticket:
    """Resolve a ticket.

    Raises NewerActivity when the contact wrote after `seen_seq`, WrongStatus when it is settled already.
    """
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    settle_seen(conversation, ticket, actor=actor, seen_seq=seen_seq, at=now())
    return ticket


def settle_seen(
    conversation: Conversation,
    ticket: Ticket,
    *,
    actor: User | None,
    seen_seq: int,
    at: dt.datetime,
    actor_kind: ActorKind | None = None,
) -> None:
    """Resolve a locked ticket for a person or a program that has seen it up to a place; refuses like `resolve`."""
    if not ticket.is_open:
        raise WrongStatus(_("This ticket is resolved already."))
    refuse_unseen(conversation, seen_seq)
    before, settled_seq = ticket.status, ticket.settled_seq
    _settle(ticket, at)
    ticket.settled_seq = conversation.last_seq
    focus.settle(ticket.pk, at)
    record(
        ticket,
        conversation,
        EventKind.RESOLVED,
        actor=actor,
        actor_kind=actor_kind,
        at=at,
        before=before,
        settled_seq=settled_seq,
        assignee=ticket.assignee_id,
        reopens_within=int(conversation.inbox.reopen_window.total_seconds()),
    )


@action
def undo_resolve(*, actor: User, ticket_id: int) -> Ticket:
    """Take back a resolve: both events stay, figures ignore the pair. Raises WrongStatus when nothing is to undo."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if ticket.is_open:
        # A message of the contact was faster: what the person wanted is so already.
        return ticket
    last = ticket.events.filter(kind=EventKind.RESOLVED).order_by("-seq").first()
    other = conversation.tickets.filter(status__in=OPEN_STATUSES).first()
    if ticket.status != Status.RESOLVED or last is None or other is not None:
        raise WrongStatus(_("This can no longer be undone."))
    ticket.settled_seq = last.data["settled_seq"]
    make_open(ticket, Status(last.data["before"]))
    sla.forget_stop(ticket)
    record(ticket, conversation, EventKind.RESOLVE_UNDONE, actor=actor, at=at, resolved_seq=last.seq)
    return ticket


@action
def reopen(*, actor: User, ticket_id: int) -> Ticket:
    """Reopen a resolved ticket; where the conversation has an open ticket already, return that one, linked."""
    conversation, ticket = lock_ticket_for(actor, ticket_id)
    at = now()
    if ticket.is_open:
        return ticket
    refuse_set_aside(ticket)
    if ticket.status == Status.CLOSED:
        raise WrongStatus(_("This ticket is closed for good. The next message opens a new one."))
    other = open_one(conversation, ticket, actor=actor, at=at)
    if other is not None:
        return other
    make_open(ticket, Status.OPEN)
    record(ticket, conversation, EventKind.REOPENED, actor=actor, at=at)
    return ticket


def reopen_by_contact(
    ticket: Ticket, conversation: Conversation, occurred_at: dt.datetime, at: dt.datetime
) -> TicketEvent:
    """Reopen because the contact wrote within the reopen window; the caller commits the event.

    The ticket must be locked.
    """
    make_open(ticket, Status.OPEN)
    return event(
        ticket,
        conversation,
        EventKind.REOPENED,
        actor=None,
        actor_kind=ActorKind.CONTACT,
        at=at,
        occurred_at=occurred_at,
    )


@action
def close_if_due(*, ticket_id: int) -> bool:
    """Close a resolved ticket whose reopen window has ended, stamped with that moment; return whether it did."""
    conversation, ticket = lock_ticket(ticket_id)
    at = now()
    if ticket.status != Status.RESOLVED or ticket.closes_at is None or ticket.closes_at > at:
        return False
    due = ticket.closes_at
    ticket.status = Status.CLOSED
    record(ticket, conversation, EventKind.CLOSED, actor=None, at=at, occurred_at=due)
    return True


def close_next() -> bool:
    """Close one ticket that is due; return whether there may be more."""
    due = Ticket.objects.filter(status=Status.RESOLVED, closes_at__lte=now()).order_by("closes_at")
    return first_of(due.values_list("pk", flat=True)[:LOOKED_AT], lambda pk: close_if_due(ticket_id=pk))
