"""Merge a ticket into another one of the same contact, and undo it.

What people said moves to the target; what the machine said about the source, such as its acknowledgement, stays with
it. The events of both tell what moved, so that undoing it is exact. Both tickets may stand in one conversation, or in
two of the same contact: then the messages get places at the end of the target's conversation, for order inside a
ticket is that of its places.
"""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import Permission, may
from tickets import promises
from tickets.actions import outbox
from tickets.actions.base import action, answered_seq, lock_ticket_for, next_seq, now, record, refresh_waiting
from tickets.actions.lifecycle import make_open, open_one, refuse_unseen, resettle, set_aside, take_back
from tickets.errors import NotAllowed, Refused, WrongStatus
from tickets.merge_targets import person_behind
from tickets.models import (
    OPEN_STATUSES,
    SETTLED_STATUSES,
    UNDER_WAY,
    Contact,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    Status,
    Ticket,
    TicketEvent,
    TicketTag,
)

# What people said; the rest speaks of the ticket for which it was sent.
SAID = Q(kind__in=[MessageKind.INBOUND, MessageKind.NOTE]) | Q(purpose=Purpose.REPLY)
# What happens to a ticket without anybody's doing.
OF_ITSELF = (
    EventKind.ASSIGNED,
    EventKind.REPLY_ACCEPTED,
    EventKind.AUTOMATIC_ACCEPTED,
    EventKind.AUTOMATIC_DROPPED,
)
# They wait for somebody else while nothing of theirs is unanswered; a merged ticket that waits for us ends that.
OF_THE_SOURCE = {Status.PENDING, Status.ON_HOLD}


def _lock(actor: User, source_id: int, target_id: int) -> tuple[Ticket, Ticket]:
    """Lock two tickets from the top down, each kind of row by id. Raises NotAllowed, Ticket.DoesNotExist."""
    contacts = dict(Ticket.objects.filter(pk__in=[source_id, target_id]).values_list("pk", "conversation__contact_id"))
    if len(contacts) < 2:
        raise Ticket.DoesNotExist
    people = {person_behind(contact_id) for contact_id in contacts.values()}
    list(Contact.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    if len(people) > 1:
        raise Refused(_("Only tickets of the same contact can be merged."))
    conversations = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("inbox", "contact")
    locked = {one.pk: one for one in conversations.filter(tickets__in=list(contacts)).order_by("pk")}
    tickets = {
        ticket.pk: ticket
        for ticket in Ticket.objects.select_for_update(no_key=True).filter(pk__in=list(contacts)).order_by("pk")
    }
    for ticket in tickets.values():
        ticket.conversation = locked[ticket.conversation_id]
        if not may(actor, Permission.ANSWER, team_id=ticket.team_id):
            raise NotAllowed(_("Only those who work on both tickets can merge them or undo it."))
    return tickets[source_id], tickets[target_id]


def obstacle(source: Ticket, target: Ticket) -> str:
    """Say what keeps two tickets from being merged; empty when nothing does."""
    if target.merged_into_id is not None:
        return _("#%(number)d was merged into #%(into)d. Merge into that one.") % {
            "number": target.pk,
            "into": target.merged_into_id,
        }
    for ticket in (source, target):
        if ticket.is_spam:
            return _("#%(number)d is marked as spam. Choose “Not spam” there first.") % {"number": ticket.pk}
    if source.merged_tickets.exists():
        return _("Other tickets were merged into #%(number)d. Undo that first, or merge the other way round.") % {
            "number": source.pk
        }
    if source.conversation_id != target.conversation_id:
        return _obstacle_apart(source, target)
    return ""


def _obstacle_apart(source: Ticket, target: Ticket) -> str:
    """Say what keeps tickets of two conversations from being merged."""
    if source.messages.filter(state__in=UNDER_WAY).exists():
        return _("A reply of #%(number)d is still on its way. Try again in a moment.") % {"number": source.pk}
    if source.is_open and not target.is_open:
        other = target.conversation.tickets.filter(status__in=OPEN_STATUSES).first()
        if other is not None:
            text = _("#%(number)d is settled, and #%(other)d is open with the same contact. Merge into that one.")
            return text % {"number": target.pk, "other": other.pk}
    return ""


@action
def merge(*, actor: User, ticket_id: int, into_id: int, seen_seq: int) -> Ticket:
    """Merge a ticket into another one of the same contact, and return that one; a second call changes nothing.

    What nobody has answered in the source waits in the target, which an open source opens again. The target keeps its
    team, priority and assignee; tags unite. Raises NewerActivity when the contact wrote in the source after `seen_seq`,
    WrongStatus for spam and for what would become a chain of merges.
    """
    if ticket_id == into_id:
        raise Refused(_("A ticket cannot be merged into itself."))
    source, target = _lock(actor, ticket_id, into_id)
    at = now()
    if source.merged_into_id is not None:
        if source.merged_into_id == into_id:
            return target
        text = _("#%(number)d was merged into #%(into)d already.")
        raise WrongStatus(text % {"number": source.pk, "into": source.merged_into_id})
    if reason := obstacle(source, target):
        raise WrongStatus(reason)
    refuse_unseen(source.conversation, seen_seq)
    before, was_open = Status(source.status), source.is_open
    undo = _undo_data(target)
    undo |= _move(source, target)
    undo["tags"] = _unite_tags(source, target)
    set_aside(source, at)
    source.merged_into = target
    outbox.withhold(source, at, code="merged", text=_("Not sent: the ticket was merged into another one."))
    origin: dict[str, Any] = {"into": target.pk, "from": str(before)}
    record(source, source.conversation, EventKind.MERGED, actor=actor, at=at, **origin)
    _take_in(source, target, before, was_open=was_open, at=at)
    record(target, target.conversation, EventKind.ABSORBED, actor=actor, at=at, source=source.pk, **undo)
    return target


def _undo_data(target: Ticket) -> dict[str, Any]:
    data: dict[str, Any] = {"from": str(target.status), "needs_human": target.needs_human}
    if target.resolved_at is not None:
        data["assignee"] = target.assignee_id
        data["resolved_at"] = target.resolved_at.isoformat()
        data["closes_at"] = target.closes_at.isoformat() if target.closes_at else None
    return data


def _move(source: Ticket, target: Ticket) -> dict[str, Any]:
    """Move what people said; return the ids of the messages and, from another conversation, their old places."""
    moving = list(source.messages.filter(SAID).order_by("seq"))
    apart = source.conversation_id != target.conversation_id
    data: dict[str, Any] = {"messages": [message.pk for message in moving]}
    if apart:
        data["places"] = [[message.seq, message.seen_seq] for message in moving]
    # In one conversation the replies move along and go on answering; from another one their places mean nothing here.
    settled = source.settled_seq if not apart else answered_seq(source)
    for message in moving:
        message.ticket, message.moved_from = target, source
        message.is_settled = message.kind == MessageKind.INBOUND and (not source.is_open or message.seq <= settled)
        if apart:
            message.conversation = target.conversation
            message.seq, message.seen_seq = next_seq(target.conversation), 0
    Message.objects.bulk_update(moving, ["ticket", "moved_from", "is_settled", "conversation", "seq", "seen_seq"])
    return data


def _unite_tags(source: Ticket, target: Ticket) -> list[int]:
    """Put the tags of the source on the target; return those that it did not have."""
    known = set(target.ticket_tags.values_list("tag_id", flat=True))
    added = [tag for tag in source.ticket_tags.order_by("tag_id") if tag.tag_id not in known]
    TicketTag.objects.bulk_create([TicketTag(ticket=target, tag_id=tag.tag_id, source=tag.source) for tag in added])
    return [tag.tag_id for tag in added]


def _take_in(source: Ticket, target: Ticket, before: Status, *, was_open: bool, at: dt.datetime) -> None:
    """Let the target go on for both; the caller records the event, which saves it."""
    target.needs_human |= source.needs_human
    target.last_message = _newest(target)
    if target.is_open:
        refresh_waiting(target)
        if target.status == Status.PENDING and target.waiting_since is not None:
            target.status = Status.OPEN
    elif was_open:
        make_open(target, before if before in OF_THE_SOURCE else Status.OPEN)
    promises.realign(target, at)


def _newest(ticket: Ticket) -> Message | None:
    """Return what a person said last."""
    said = ticket.messages.filter(SAID).exclude(kind=MessageKind.NOTE).exclude(state=MessageState.CANCELLED)
    return said.order_by("recorded_at", "seq").last()


# -- Undoing it --------------------------------------------------------------------------------------


@action
def unmerge(*, actor: User, ticket_id: int) -> Ticket:
    """Undo a merge: exactly what moved goes back, and both stand where they stood; a second call changes nothing.

    Where the source was open and its conversation has an open ticket by now, perhaps the target in which somebody went
    on working, that one is returned, linked, and everything stays merged.
    """
    into_id = Ticket.objects.get(pk=ticket_id).merged_into_id
    if into_id is None:
        return lock_ticket_for(actor, ticket_id)[1]
    source, target = _lock(actor, ticket_id, into_id)
    at = now()
    if source.merged_into_id != into_id:
        return source
    merged = source.events.filter(kind=EventKind.MERGED).latest("seq")
    absorbed = target.events.filter(kind=EventKind.ABSORBED, data__source=source.pk).latest("seq")
    before, goes_back = Status(merged.data["from"]), _stands_as_merged(target, absorbed)
    if before in OPEN_STATUSES:
        steps_aside = goes_back and absorbed.data["from"] in SETTLED_STATUSES
        if target.is_open and target.conversation_id == source.conversation_id and not steps_aside:
            return target
        if not steps_aside and (other := open_one(source.conversation, source, actor=actor, at=at)) is not None:
            return other
    tags = absorbed.data["tags"]
    TicketTag.objects.filter(ticket=target, tag__in=tags).delete()
    moved = _move_back(source, target, absorbed)
    _let_go(target, absorbed, goes_back=goes_back, at=at)
    record(
        target,
        target.conversation,
        EventKind.RELEASED,
        actor=actor,
        at=at,
        source=source.pk,
        messages=moved,
        tags=tags,
        to=str(target.status),
    )
    source.merged_into = None
    take_back(source, before, at)
    origin: dict[str, Any] = {"from": target.pk, "to": str(source.status)}
    record(source, source.conversation, EventKind.UNMERGED, actor=actor, at=at, **origin)
    return source


def _stands_as_merged(target: Ticket, absorbed: TicketEvent) -> bool:
    """Whether nobody did anything with the target since; then it goes back, too."""
    since = target.events.filter(seq__gt=absorbed.seq)
    return not since.exclude(actor__isnull=True, kind__in=OF_ITSELF).exists()


def _move_back(source: Ticket, target: Ticket, absorbed: TicketEvent) -> list[int]:
    places = dict(zip(absorbed.data["messages"], absorbed.data.get("places", []), strict=False))
    moving = list(Message.objects.filter(ticket=target, moved_from=source).order_by("pk"))
    for message in moving:
        message.ticket, message.moved_from, message.is_settled = source, None, False
        message.conversation = source.conversation
        if message.pk in places:
            message.seq, message.seen_seq = places[message.pk]
    Message.objects.bulk_update(moving, ["ticket", "moved_from", "is_settled", "conversation", "seq", "seen_seq"])
    return [message.pk for message in moving]


def _let_go(target: Ticket, absorbed: TicketEvent, *, goes_back: bool, at: dt.datetime) -> None:
    """Let the target go on alone; the caller records the event, which saves it."""
    data = absorbed.data
    before = Status(data["from"])
    target.needs_human = data["needs_human"]
    target.last_message = _newest(target)
    if goes_back and before in SETTLED_STATUSES and target.is_open:
        target.resolved_at = dt.datetime.fromisoformat(data["resolved_at"])
        target.closes_at = dt.datetime.fromisoformat(data["closes_at"]) if data["closes_at"] else None
        target.assignee_id = data["assignee"]
        target.waiting_since, target.unanswered_count = None, 0
        resettle(target, before, at)
    elif target.is_open:
        refresh_waiting(target)
        if goes_back:
            target.status = before
    promises.realign(target, at)
