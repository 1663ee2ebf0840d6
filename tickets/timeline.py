"""What the ticket page tells: messages and events of a conversation in one order."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from agents.models import User
from tickets.models import (
    Attachment,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Ticket,
    TicketEvent,
)
from tickets.sentences import ICONS, SHOWN_EVENTS, names_of, sentence, without_echoes

WINDOW = 30
# Lines of each kind that a page gets at once which fell far behind.
AT_ONCE = 200
# Two messages of one author within this time stand as one group.
TOGETHER = dt.timedelta(minutes=10)


@dataclass(kw_only=True)
class Entry:
    """One line of the timeline: a message or an event."""

    seq: int
    at: dt.datetime
    message: Message | None = None
    files: list[Attachment] = field(default_factory=list)
    event: TicketEvent | None = None
    sentence: str = ""
    icon: str = ""
    new_day: bool = False
    continued: bool = False

    @property
    def key(self) -> str:
        """Return the id of the element on the page."""
        return f"m-{self.message.pk}" if self.message else f"e-{self.event.pk if self.event else 0}"

    @property
    def undecided(self) -> bool:
        """Whether the line may still change: a message of ours that was not read yet, a file that is on its way."""
        message = self.message
        if message is None or message.kind == MessageKind.NOTE:
            return False
        if message.kind == MessageKind.INBOUND:
            return any(file.state == Attachment.State.PENDING for file in self.files)
        return message.state != MessageState.SENT or message.read_at is None


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A stretch of a conversation; `seen_seq` is what somebody has seen who has read it to its end.

    `more` says that newer lines follow, which are asked for from its end on.
    """

    entries: list[Entry]
    seen_seq: int
    has_earlier: bool
    more: bool = False

    @property
    def first_seq(self) -> int:
        """Return the place of the first line."""
        return self.entries[0].seq if self.entries else 0


def readable_messages(user: User, conversation: Conversation) -> QuerySet[Message]:
    """Return the messages this person may read: of tickets they see, and those that belong to no ticket."""
    visible = Ticket.objects.visible_to(user).filter(conversation=conversation).values("pk")
    return Message.objects.filter(conversation=conversation).filter(Q(ticket__isnull=True) | Q(ticket__in=visible))


def _messages(user: User, conversation: Conversation) -> QuerySet[Message]:
    return readable_messages(user, conversation).exclude(state=MessageState.CANCELLED).select_related("author")


def _events(user: User, conversation: Conversation) -> QuerySet[TicketEvent]:
    visible = Ticket.objects.visible_to(user).filter(conversation=conversation).values("pk")
    return TicketEvent.objects.filter(ticket__in=visible, kind__in=SHOWN_EVENTS).select_related("actor")


def _belongs_to(entry: Entry, before: Entry | None) -> bool:
    """Whether a message continues the group of the one before it."""
    if before is None or entry.message is None or before.message is None:
        return False
    one, two = before.message, entry.message
    return (
        one.kind == two.kind
        and one.author_kind == two.author_kind
        and one.author_id == two.author_id
        and entry.at - before.at <= TOGETHER
    )


def _arrange(entries: list[Entry]) -> list[Entry]:
    """Mark where a day begins and which messages belong together."""
    before: Entry | None = None
    last_day: dt.date | None = None
    for entry in entries:
        day = timezone.localdate(entry.at)
        entry.new_day = day != last_day
        entry.continued = not entry.new_day and _belongs_to(entry, before)
        before, last_day = entry, day
    return entries


def _complete(messages: list[Message], conversation: Conversation) -> dict[int, list[Attachment]]:
    """Give messages their inbox and what they quote, and return their files; one query, two with quotes."""
    quoted_ids = {message.quoted_id for message in messages if message.quoted_id is not None}
    quoted = Message.objects.select_related("author").in_bulk(quoted_ids) if quoted_ids else {}
    for message in messages:
        if message.inbox_id == conversation.inbox_id:
            message.inbox = conversation.inbox
        if message.quoted_id is not None:
            message.quoted = quoted.get(message.quoted_id)
    files: dict[int, list[Attachment]] = {}
    for file in Attachment.objects.filter(message__in=[message.pk for message in messages]).order_by("pk"):
        files.setdefault(file.message_id, []).append(file)
    return files


def _weave(
    messages: Iterable[Message], events: list[TicketEvent], *, conversation: Conversation, user: User
) -> list[Entry]:
    messages = list(messages)
    files = _complete(messages, conversation)
    events = without_echoes(events)
    names = names_of(events)
    contact = conversation.contact.display_name
    entries = [
        Entry(seq=message.seq, at=message.occurred_at, message=message, files=files.get(message.pk, []))
        for message in messages
    ]
    entries += [
        Entry(
            seq=event.seq,
            at=event.occurred_at,
            event=event,
            sentence=sentence(event, names, contact=contact, reader=user),
            icon=ICONS[EventKind(event.kind)],
        )
        for event in events
    ]
    # The event "opened" is recorded just before the message that opened it; both carry the same seq order.
    entries.sort(key=lambda entry: entry.seq)
    return entries


def read(user: User, conversation: Conversation, *, before: int | None = None, size: int = WINDOW) -> Timeline:
    """Return the newest stretch of a conversation, or the one before a place."""
    seen_seq = conversation.last_seq
    messages = _messages(user, conversation)
    events = _events(user, conversation)
    if before is not None:
        messages, events = messages.filter(seq__lt=before), events.filter(seq__lt=before)
    found = list(messages.order_by("-seq")[: size + 1])
    has_earlier = len(found) > size
    found = found[:size]
    if has_earlier:
        events = events.filter(seq__gt=found[-1].seq)
    entries = _weave(found, list(events.order_by("-seq")[:200]), conversation=conversation, user=user)
    newest = max((entry.seq for entry in entries), default=0)
    return Timeline(entries=_arrange(entries), seen_seq=max(seen_seq, newest), has_earlier=has_earlier)


def read_from(user: User, conversation: Conversation, seq: int) -> Timeline:
    """Return what a page needs that has everything before a place: the lines from there on."""
    seen_seq = conversation.last_seq
    messages = _messages(user, conversation)
    found = list(messages.filter(seq__gte=seq).order_by("seq")[:AT_ONCE])
    events = list(_events(user, conversation).filter(seq__gte=seq).order_by("seq")[:AT_ONCE])
    # What was cut off begins behind the shorter of the two: no line may come before one that is still to come.
    ends = [lines[-1].seq for lines in (found, events) if len(lines) == AT_ONCE]
    if ends:
        found = [one for one in found if one.seq <= min(ends)]
        events = [one for one in events if one.seq <= min(ends)]
    # The line before decides about the day and the group of the first one.
    message = messages.filter(seq__lt=seq).order_by("-seq").first()
    event = _events(user, conversation).filter(seq__lt=seq).order_by("-seq").first()
    if message and (event is None or message.seq > event.seq):
        found.insert(0, message)
    elif event:
        events.insert(0, event)
    entries = _weave(found, events, conversation=conversation, user=user)
    entries = [entry for entry in _arrange(entries) if entry.seq >= seq]
    newest = max((entry.seq for entry in entries), default=0)
    seen_seq = newest if ends else max(seen_seq, newest)
    return Timeline(entries=entries, seen_seq=seen_seq, has_earlier=True, more=bool(ends))


def earlier_tickets(user: User, ticket: Ticket, limit: int = 10) -> list[dict[str, Any]]:
    """Return the other tickets of the conversation; of other teams' ones no more than subject and status."""
    others = (
        Ticket.objects.filter(conversation_id=ticket.conversation_id)
        .exclude(pk=ticket.pk)
        .select_related("assignee")
        .order_by("-pk")[: limit + 1]
    )
    found = list(others)
    if not found:
        return []
    readable = set(
        Ticket.objects.visible_to(user).filter(pk__in=[other.pk for other in found]).values_list("pk", flat=True)
    )
    return [
        {
            "pk": other.pk if other.pk in readable else None,
            "subject": other.subject,
            "status": other.status_text,
            "settled": not other.is_open,
            **(_history(other) if other.pk in readable else {}),
        }
        for other in found[:limit]
    ]


def _history(ticket: Ticket) -> dict[str, Any]:
    if ticket.resolved_at is None or ticket.is_spam or ticket.merged_into_id is not None:
        return {"at": ticket.opened_at}
    return {
        "at": ticket.resolved_at,
        "seconds": (ticket.resolved_at - ticket.opened_at).total_seconds(),
        "by": ticket.assignee.short_name if ticket.assignee else "",
    }
