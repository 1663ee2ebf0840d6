"""What happened to a ticket, in the reader's language: one function per kind of event, made when it is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agents.models import Team, User
from tickets import routing_history
from tickets.models import ActorKind, EventKind, Priority, Purpose, TicketEvent

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
    EventKind.MARKED_SPAM,
    EventKind.UNMARKED_SPAM,
    EventKind.MERGED,
    EventKind.ABSORBED,
    EventKind.UNMERGED,
    EventKind.RELEASED,
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
    EventKind.MARKED_SPAM: "ban",
    EventKind.UNMARKED_SPAM: "shield-check",
    EventKind.MERGED: "merge",
    EventKind.ABSORBED: "merge",
    EventKind.UNMERGED: "split",
    EventKind.RELEASED: "split",
    EventKind.REPLY_UNDONE: "rotate-ccw",
    EventKind.REPLY_DISCARDED: "trash-2",
    EventKind.AUTOMATIC_SENT: "bot",
    EventKind.AUTOMATIC_WITHHELD: "bot-off",
    EventKind.AUTOMATIC_DROPPED: "bot-off",
}

# One act writes an event for each of two tickets.
OF_SOURCES = (EventKind.MERGED, EventKind.UNMERGED)
OF_TARGETS = (EventKind.ABSORBED, EventKind.RELEASED)


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


def names_of(events: Iterable[TicketEvent]) -> Names:
    """Fetch the names that the events need: five queries at most, however many events."""
    events = list(events)
    people: set[int] = set()
    teams: set[int] = set()
    for event in events:
        people.update(value for value in [event.actor_id] if value)
        for part in (event.data.get("before"), event.data.get("after")):
            if event.kind == EventKind.ASSIGNED and isinstance(part, int):
                people.add(part)
            elif event.kind == EventKind.TRANSFERRED and isinstance(part, dict):
                people.update(value for value in [part.get("assignee")] if value)
                teams.update(value for value in [part.get("team")] if value)
    return Names(
        people=_short_names(people) if people else {},
        teams=dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")) if teams else {},
        routing=routing_history.RoutingNames.of(events),
    )


def _short_names(people: Iterable[int]) -> dict[int, str]:
    """Return first names; in SQL, because every page of a ticket asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, first_name, username FROM agents_user WHERE id = ANY(%s)", [list(people)])
        return {pk: first_name or username for pk, first_name, username in cursor.fetchall()}


def _opened(event: TicketEvent, actor: str, names: Names) -> str:
    del actor, names
    return format_html(_("Ticket <b>{number}</b> opened"), number=event.ticket_id)


def _routed(event: TicketEvent, actor: str, names: Names) -> str:
    del actor
    return routing_history.routed(event, names.routing)


def _human_wanted(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    if event.actor_kind == ActorKind.BOT:
        return _("The bot's answers did not help: handed over to people")
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


def _marked_spam(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    stopped = len(event.data["stopped"])
    if not stopped:
        return format_html(_("<b>{actor}</b> marked this as spam"), actor=actor)
    text = ngettext(
        "<b>{actor}</b> marked this as spam; {count} reply that had not left was stopped",
        "<b>{actor}</b> marked this as spam; {count} replies that had not left were stopped",
        stopped,
    )
    return format_html(text, actor=actor, count=stopped)


def _unmarked_spam(event: TicketEvent, actor: str, names: Names) -> str:
    del event, names
    return format_html(_("<b>{actor}</b> decided that this is not spam"), actor=actor)


def _merged(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    text = _("<b>{actor}</b> merged ticket <b>{number}</b> into <b>{into}</b>")
    return format_html(text, actor=actor, number=event.ticket_id, into=event.data["into"])


def _absorbed(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    text = _("<b>{actor}</b> merged ticket <b>{number}</b> into this one")
    return format_html(text, actor=actor, number=event.data["source"])


def _unmerged(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    text = _("<b>{actor}</b> undid the merge of ticket <b>{number}</b> into <b>{into}</b>")
    return format_html(text, actor=actor, number=event.ticket_id, into=event.data["from"])


def _released(event: TicketEvent, actor: str, names: Names) -> str:
    del names
    text = _("<b>{actor}</b> took ticket <b>{number}</b> out of this one again")
    return format_html(text, actor=actor, number=event.data["source"])


def without_echoes(events: Iterable[TicketEvent]) -> list[TicketEvent]:
    """Leave out what a merge says about its target where the reader also sees what it says about its source."""
    events = list(events)
    told = {(event.ticket_id, event.recorded_at) for event in events if event.kind in OF_SOURCES}
    return [
        event
        for event in events
        if event.kind not in OF_TARGETS or (event.data["source"], event.recorded_at) not in told
    ]


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
    EventKind.MARKED_SPAM: _marked_spam,
    EventKind.UNMARKED_SPAM: _unmarked_spam,
    EventKind.MERGED: _merged,
    EventKind.ABSORBED: _absorbed,
    EventKind.UNMERGED: _unmerged,
    EventKind.RELEASED: _released,
    EventKind.REPLY_UNDONE: _reply_undone,
    EventKind.REPLY_DISCARDED: _reply_discarded,
    EventKind.AUTOMATIC_SENT: _automatic_sent,
    EventKind.AUTOMATIC_DROPPED: _automatic_dropped,
    EventKind.AUTOMATIC_WITHHELD: _automatic_withheld,
}


def sentence(event: TicketEvent, names: Names, *, contact: str, reader: User) -> str:
    """Say in the reader's language what happened, as safe HTML."""
    if event.actor_id is not None:
        actor = _("You") if event.actor_id == reader.pk else names.person(event.actor_id)
    else:
        actor = contact if event.actor_kind == ActorKind.CONTACT else _("The system")
    return SENTENCES[event.kind](event, actor, names)
