"""What the ticket page tells: messages and events of a conversation in one order, sentences made when it is read."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agents.models import Team, User
from tickets import routing_history
from tickets.models import (
    ActorKind,
    Attachment,
    Conversation,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Priority,
    Purpose,
    Ticket,
    TicketEvent,
)

WINDOW = 30
# Two messages of one author within this time stand as one group.
TOGETHER = dt.timedelta(minutes=10)

SHOWN_EVENTS = (
    EventKind.OPENED,
    EventKind.ROUTED,
    EventKind.HUMAN_WANTED,
    EventKind.ASSIGNED,
    EventKind.TRANSFERRED,
    EventKind.PRIORITY_CHANGED,
    EventKind.SUBJECT_CHANGED,
    EventKind.TAGS_CHANGED,
    EventKind.RESOLVED,
    EventKind.RESOLVE_UNDONE,
    EventKind.REOPENED,
    EventKind.CLOSED,
    EventKind.REPLY_UNDONE,
    EventKind.REPLY_DISCARDED,
    EventKind.AUTOMATIC_WITHHELD,
    EventKind.AUTOMATIC_DROPPED,
)
ICONS = {
    EventKind.OPENED: "inbox",
    EventKind.ROUTED: "route",
    EventKind.HUMAN_WANTED: "user-round",
    EventKind.ASSIGNED: "user-check",
    EventKind.TRANSFERRED: "arrow-right-left",
    EventKind.PRIORITY_CHANGED: "chevrons-up",
    EventKind.SUBJECT_CHANGED: "pencil",
    EventKind.TAGS_CHANGED: "tag",
    EventKind.RESOLVED: "check",
    EventKind.RESOLVE_UNDONE: "rotate-ccw",
    EventKind.REOPENED: "rotate-ccw",
    EventKind.CLOSED: "lock",
    EventKind.REPLY_UNDONE: "rotate-ccw",
    EventKind.REPLY_DISCARDED: "trash-2",
    EventKind.AUTOMATIC_SENT: "bot",
    EventKind.AUTOMATIC_WITHHELD: "bot-off",
    EventKind.AUTOMATIC_DROPPED: "bot-off",
}


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
    """A stretch of a conversation; `seen_seq` is what somebody has seen who has read it to its end."""

    entries: list[Entry]
    seen_seq: int
    has_earlier: bool

    @property
    def first_seq(self) -> int:
        """Return the place of the first line."""
        return self.entries[0].seq if self.entries else 0


@dataclass
class Names:
    """Names of the people and teams that events speak of."""

    people: dict[int, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    routing: routing_history.RoutingNames = field(default_factory=routing_history.RoutingNames)

    def person(self, pk: int | None) -> str:
        """Return a person's first name."""
        return self.people.get(pk or 0, _("somebody"))

    def team(self, pk: int | None) -> str:
        """Return a team's name."""
        return self.teams.get(pk or 0, _("another team"))


def _names(events: Iterable[TicketEvent]) -> Names:
    """Fetch the names that the events need: five queries at most, however many events."""
    events = list(events)
    people: set[int] = set()
    teams: set[int] = set()
    for event in events:
        for part in (event.data.get("before"), event.data.get("after")):
            if event.kind == EventKind.ASSIGNED and isinstance(part, int):
                people.add(part)
            elif event.kind == EventKind.TRANSFERRED and isinstance(part, dict):
                people.update(value for value in [part.get("assignee")] if value)
                teams.update(value for value in [part.get("team")] if value)
    return Names(
        people={user.pk: user.short_name for user in User.objects.filter(pk__in=people)} if people else {},
        teams=dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")) if teams else {},
        routing=routing_history.RoutingNames.of(events),
    )


# -- Sentences: one function per kind of event -------------------------------------------------------


def _opened(event: TicketEvent, actor: str, names: Names) -> str:
    del actor, names
    return format_html(_("Ticket <b>{number}</b> opened"), number=event.ticket_id)


def _routed(event: TicketEvent, actor: str, names: Names) -> str:
    del actor
    return routing_history.routed(event, names.routing)


def _human_wanted(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> asked for a person"), actor=actor)


def _tags_changed(event: TicketEvent, actor: str, names: Names) -> str:
    return routing_history.tags_changed(event, actor, names.routing)


def _assigned(event: TicketEvent, actor: str, names: Names) -> str:
    after = event.data.get("after")
    skills = event.data.get("skills", [])
    if skills:
        text = ngettext(
            "Assigned automatically to <b>{person}</b>: least load of those with the skill <b>{skills}</b>",
            "Assigned automatically to <b>{person}</b>: least load of those with the skills <b>{skills}</b>",
            len(skills),
        )
        return format_html(text, person=names.person(after), skills=names.routing.tag_list(skills))
    if event.data.get("why") == "least_load":
        return format_html(_("Assigned automatically to <b>{person}</b>: least load"), person=names.person(after))
    if after is None:
        return format_html(_("<b>{actor}</b> put this back into the queue"), actor=actor)
    if after == event.actor_id:
        return format_html(_("<b>{actor}</b> took this"), actor=actor)
    return format_html(_("<b>{actor}</b> gave this to <b>{person}</b>"), actor=actor, person=names.person(after))


def _transferred(event: TicketEvent, actor: str, names: Names) -> str:
    after = event.data.get("after") or {}
    team = names.team(after.get("team"))
    if after.get("assignee"):
        return format_html(
            _("<b>{actor}</b> handed this over to <b>{person}</b>, <b>{team}</b>"),
            actor=actor,
            person=names.person(after["assignee"]),
            team=team,
        )
    return format_html(_("<b>{actor}</b> handed this over to <b>{team}</b>"), actor=actor, team=team)


def _priority_changed(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    priority = Priority(event.data["after"]).label
    return format_html(_("<b>{actor}</b> set the priority to <b>{priority}</b>"), actor=actor, priority=priority)


def _subject_changed(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> changed the subject"), actor=actor)


def _resolved(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> resolved this"), actor=actor)


def _resolve_undone(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> undid the resolve"), actor=actor)


def _reopened(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    if event.actor_kind == ActorKind.CONTACT:
        return format_html(_("<b>{actor}</b> wrote again: reopened"), actor=actor)
    return format_html(_("<b>{actor}</b> reopened this"), actor=actor)


def _closed(event: TicketEvent, actor: str, names: Names) -> str:
    del actor, names
    return format_html(_("Ticket <b>{number}</b> closed"), number=event.ticket_id)


def _reply_undone(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> took back a reply before it left"), actor=actor)


def _reply_discarded(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> discarded a reply that was not delivered"), actor=actor)


# Why the house said nothing by itself: codes in the history, sentences here.
WITHHELD = {
    "budget": gettext_lazy("No acknowledgement: this contact had enough automatic messages within the hour"),
    "repeated": gettext_lazy("No acknowledgement: the contact repeats the same message, as a machine would"),
    "unsupported": gettext_lazy("No acknowledgement: this kind of message gets none"),
    "command": gettext_lazy("No acknowledgement: the message is a word that starts or stops messages"),
    "late": gettext_lazy("No acknowledgement: the message reached us more than a day late"),
    "echo": gettext_lazy("No acknowledgement: the message is one of our own automatic texts"),
}


def _automatic_sent(event: TicketEvent, actor: str, names: Names) -> str:
    del actor, names
    if event.data.get("purpose") == Purpose.ACKNOWLEDGEMENT:
        return _("The acknowledgement was sent by itself")
    return _("A message was sent by itself")


def _automatic_dropped(event: TicketEvent, actor: str, names: Names) -> str:
    del event, actor, names
    return _("An automatic message did not arrive and is not sent again")


def _automatic_withheld(event: TicketEvent, actor: str, names: Names) -> str:
    del actor, names
    return str(WITHHELD.get(event.data.get("reason", ""), _("No automatic message was sent")))


SENTENCES: dict[str, Callable[[TicketEvent, str, Names], str]] = {
    EventKind.OPENED: _opened,
    EventKind.ROUTED: _routed,
    EventKind.HUMAN_WANTED: _human_wanted,
    EventKind.TAGS_CHANGED: _tags_changed,
    EventKind.ASSIGNED: _assigned,
    EventKind.TRANSFERRED: _transferred,
    EventKind.PRIORITY_CHANGED: _priority_changed,
    EventKind.SUBJECT_CHANGED: _subject_changed,
    EventKind.RESOLVED: _resolved,
    EventKind.RESOLVE_UNDONE: _resolve_undone,
    EventKind.REOPENED: _reopened,
    EventKind.CLOSED: _closed,
    EventKind.REPLY_UNDONE: _reply_undone,
    EventKind.REPLY_DISCARDED: _reply_discarded,
    EventKind.AUTOMATIC_SENT: _automatic_sent,
    EventKind.AUTOMATIC_DROPPED: _automatic_dropped,
    EventKind.AUTOMATIC_WITHHELD: _automatic_withheld,
}


def sentence(event: TicketEvent, names: Names, *, contact: str, reader: User) -> str:
    """Say in the reader's language what happened, as safe HTML."""
    if event.actor is not None:
        actor = _("You") if event.actor_id == reader.pk else event.actor.short_name
    else:
        actor = contact if event.actor_kind == ActorKind.CONTACT else _("The system")
    return SENTENCES[event.kind](event, actor, names)


# -- Reading -----------------------------------------------------------------------------------------


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
    names = _names(events)
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
    found = list(messages.filter(seq__gte=seq).order_by("seq")[:200])
    events = list(_events(user, conversation).filter(seq__gte=seq).order_by("seq")[:200])
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
    return Timeline(entries=entries, seen_seq=max(seen_seq, newest), has_earlier=True)


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
            "status": other.get_status_display(),
            "settled": not other.is_open,
            **(_history(other) if other.pk in readable else {}),
        }
        for other in found[:limit]
    ]


def _history(ticket: Ticket) -> dict[str, Any]:
    if ticket.resolved_at is None:
        return {"at": ticket.opened_at}
    return {
        "at": ticket.resolved_at,
        "seconds": (ticket.resolved_at - ticket.opened_at).total_seconds(),
        "by": ticket.assignee.short_name if ticket.assignee else "",
    }
