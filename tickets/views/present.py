"""From rows to what the components show: words, icons and addresses, nothing that a template would have to decide."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext_noop, ngettext
from django.utils.translation import gettext as _

from agents.models import PresenceState, User
from helpdesk.templatetags.durations import aged, counted_down, duration, share_left
from helpdesk.templatetags.kept import kept_as
from tickets import queue
from tickets.models import (
    ClockState,
    ContentType,
    Message,
    MessageKind,
    MessageState,
    Priority,
    SlaClock,
    Ticket,
)
from tickets.views.place import Place
from tickets.worklist import Line

PRIORITY_NAMES = {
    Priority.URGENT: "urgent",
    Priority.HIGH: "high",
    Priority.NORMAL: "normal",
    Priority.LOW: "low",
}
CONTENT_ICONS = {
    ContentType.IMAGE: "image",
    ContentType.VIDEO: "video",
    ContentType.AUDIO: "mic",
    ContentType.DOCUMENT: "file-text",
    ContentType.STICKER: "sticker",
    ContentType.LOCATION: "map-pin",
    ContentType.CONTACTS: "contact",
    ContentType.UNSUPPORTED: "circle-question-mark",
}
# The state of a person as the dot on their picture shows it.
DOTS: dict[str, str] = {
    PresenceState.ONLINE: "available",
    PresenceState.BREAK: "busy",
    PresenceState.AWAY: "away",
}
PREVIEW = 140
# What stands before it in a line is about its place in the list and shown nowhere.
SHOWN = Line._fields.index("status")


# The only name among our languages that the catalogues of Django lack, in this spelling.
NORWEGIAN = gettext_noop("Norwegian Bokmal")


def language_name(code: str) -> str:
    """Return a language's name in the reader's language, else its code."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code.upper()


def tick(message: Message) -> str:
    """Return how far an outbound message came, as the ticks name it."""
    if message.state != MessageState.SENT:
        return str(message.state)
    if message.read_at or message.played_at:
        return "read"
    return "delivered" if message.delivered_at else "sent"


def one_line(message: Message) -> str:
    """Return the first words of a message, as a preview and a quotation show them."""
    words = " ".join(message.text.split())[:PREVIEW]
    if message.content_type in CONTENT_ICONS:
        kind = message.get_content_type_display()
        return _("%(kind)s · %(words)s") % {"kind": kind, "words": words} if words else str(kind)
    return words


def _sender(message: Message, reader: User) -> str:
    if message.kind != MessageKind.OUTBOUND or message.author is None:
        return ""
    return _("You") if message.author_id == reader.pk else message.author.short_name


def _preview_icon(message: Message) -> str:
    if message.kind == MessageKind.OUTBOUND:
        return {
            "read": "check-check",
            "delivered": "check-check",
            "sent": "check",
            "unknown": "circle-question-mark",
        }.get(tick(message), "clock")
    return CONTENT_ICONS.get(ContentType(message.content_type), "")


def sla(ticket: Ticket, now: dt.datetime) -> dict[str, Any]:
    """Return the clock of a ticket as the chip shows it; nothing for what was put aside: no promise was kept there."""
    if ticket.is_spam or ticket.merged_into_id is not None:
        return {}
    if not ticket.is_open:
        return {"state": "met", "text": ticket.status_text}
    if ticket.due_at is None:
        return {"state": "paused"}
    warned = ticket.warn_at is not None and ticket.warn_at <= now
    state = "overdue" if ticket.due_at <= now else "warning" if warned else "running"
    return {"state": state, "due": ticket.due_at, "started": ticket.waiting_since, "warns": ticket.warn_at}


def clocks(newest: Iterable[SlaClock], now: dt.datetime) -> list[dict[str, Any]]:
    """Return the newest clock of each thing that was promised, as the details panel shows it."""
    return [_clock(clock, now) for clock in newest]


def _clock(clock: SlaClock, now: dt.datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {"term": clock.get_metric_display(), "due": clock.due_at, "started": clock.started_at}
    if clock.state == ClockState.PAUSED:
        return {**shown, "state": "paused", "text": clock.get_state_display()}
    if clock.state == ClockState.CANCELLED:
        return {**shown, "state": "cancelled", "text": clock.get_state_display()}
    if clock.state == ClockState.STOPPED and clock.stopped_at is not None:
        took = duration((clock.stopped_at - clock.started_at).total_seconds())
        if clock.breached_at is not None:
            return {**shown, "state": "late", "text": _("late, in %(duration)s") % {"duration": took}}
        return {**shown, "state": "met", "text": _("in %(duration)s") % {"duration": took}}
    if clock.due_at is None:
        return {**shown, "state": "cancelled", "text": _("never opens")}
    warned = clock.warn_at is not None and clock.warn_at <= now
    state = "overdue" if clock.due_at <= now else "warning" if warned else "running"
    return {**shown, "state": state, "warns": clock.warn_at}


def queue_row(line: queue.Row, *, place: Place, reader: User, now: dt.datetime, current: bool) -> SafeString:
    """Render components/queue_row.html; anew only when the line, its age or its countdown reads differently."""
    told = line.line
    due = told.due_at
    words = (
        aged(told.at, now),
        due and (counted_down(due, now), share_left(due, told.waiting_since, now), due <= now),
        told.warn_at and told.warn_at <= now,
        told.snoozed_until and told.snoozed_until > now,
    )
    own = told.message_author_id == reader.pk
    looks = (told.pk, told.priority, told[SHOWN:], words, own, current, place.view, place.query)
    return kept_as(
        "queue_row",
        looks,
        lambda: {
            "row": row(line, place.ticket_url(told.pk), reader=reader, now=now),
            "current": current,
            "now": now,
        },
    )


def row(line: queue.Row, url: str, *, reader: User, now: dt.datetime) -> dict[str, Any]:
    """Return the parameters of components/queue_row.html."""
    ticket, message = line.ticket, line.ticket.last_message
    contact = ticket.conversation.contact
    draft = " ".join(line.draft.split())[:PREVIEW]
    return {
        "id": ticket.pk,
        "url": url,
        "name": contact.display_name,
        "key": contact.pk,
        "channel": ticket.conversation.inbox.channel,
        "language": contact.language[:2],
        "language_name": language_name(contact.language) if contact.language else "",
        "at": line.line.at,
        "preview": draft or (one_line(message) if message else ticket.subject),
        "preview_icon": _preview_icon(message) if message else "",
        "preview_language": "" if draft or message is None else message.language,
        "sender": _sender(message, reader) if message else "",
        "unread": ticket.unanswered_count,
        "sla": sla(ticket, now),
        "priority": PRIORITY_NAMES[Priority(ticket.priority)],
        "priority_text": ticket.get_priority_display(),
        "tag": line.line.tag or "",
        "assignee": ticket.assignee.name if ticket.assignee else "",
        "draft": draft,
        "failed": line.failed,
        "snoozed": ticket.snoozed_until is not None and ticket.snoozed_until > now,
    }


def standing(state: str, load: int) -> str:
    """Say whether somebody is here and how much waits for them."""
    words = {"state": PresenceState(state).label if state else _("Not here"), "count": load}
    return ngettext("%(state)s · %(count)s open ticket", "%(state)s · %(count)s open tickets", load) % words


def colleague(person: User, state: str, load: int) -> dict[str, Any]:
    """Return somebody to whom a ticket can be given."""
    return {"pk": person.pk, "name": person.name, "presence": DOTS.get(state, ""), "standing": standing(state, load)}


def status(ticket: Ticket) -> dict[str, str]:
    """Return the parameters of components/status.html."""
    return {"status": str(ticket.status), "text": ticket.status_text}
