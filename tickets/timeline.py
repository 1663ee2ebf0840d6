"""What the ticket page tells: messages and events of a conversation in one order."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from agents.models import User
from tickets.models import Attachment, Conversation, EventKind, MessageKind, MessageState, TicketEvent
from tickets.sentences import ICONS, SHOWN_EVENTS, names_of, sentence, without_echoes
from tickets.transcript import Reading, Spoken

WINDOW = 30
# Lines of each kind that a page gets at once which fell far behind.
AT_ONCE = 200
# Behind every place that there can be.
END = 2**63 - 1
# Two messages of one author within this time stand as one group.
TOGETHER = dt.timedelta(minutes=10)


@dataclass(kw_only=True)
class Entry:
    """One line of the timeline: a message or an event."""

    seq: int
    at: dt.datetime
    message: Spoken | None = None
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
            return any(file.state == Attachment.State.PENDING for file in message.attachments)
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


def _weave(
    messages: Iterable[Spoken], events: list[TicketEvent], *, conversation: Conversation, user: User
) -> list[Entry]:
    events = without_echoes(events)
    names = names_of(events)
    contact = conversation.contact.display_name
    entries = [Entry(seq=message.seq, at=message.occurred_at, message=message) for message in messages]
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


def read(user: User, conversation: Conversation, *, before: int = END, size: int = WINDOW) -> Timeline:
    """Return the newest stretch of a conversation, or the one before a place."""
    reading = Reading(user=user, conversation=conversation)
    found = reading.spoken(before=before, size=size + 1)
    has_earlier = len(found) > size
    found = found[:size]
    events = reading.happened(SHOWN_EVENTS, after=found[-1].seq if has_earlier else -1, before=before)
    entries = _weave(found, events, conversation=conversation, user=user)
    newest = max((entry.seq for entry in entries), default=0)
    return Timeline(entries=_arrange(entries), seen_seq=max(conversation.last_seq, newest), has_earlier=has_earlier)


def read_from(user: User, conversation: Conversation, seq: int) -> Timeline:
    """Return what a page needs that has everything before a place: the lines from there on."""
    reading = Reading(user=user, conversation=conversation)
    # The line before, which comes too, decides about the day and the group of the first one.
    found, events = reading.spoken_from(seq, AT_ONCE), reading.happened_from(SHOWN_EVENTS, seq, AT_ONCE)
    # What was cut off begins behind the shorter of the two: no line may come before one that is still to come.
    places = ([line.seq for line in lines if line.seq >= seq] for lines in (found, events))
    ends = [max(of_kind) for of_kind in places if len(of_kind) == AT_ONCE]
    end = min(ends, default=END)
    found, events = [one for one in found if one.seq <= end], [one for one in events if one.seq <= end]
    entries = _arrange(_weave(found, events, conversation=conversation, user=user))
    entries = [entry for entry in entries if entry.seq >= seq]
    newest = max((entry.seq for entry in entries), default=0)
    seen_seq = newest if ends else max(conversation.last_seq, newest)
    return Timeline(entries=entries, seen_seq=seen_seq, has_earlier=True, more=bool(ends))
