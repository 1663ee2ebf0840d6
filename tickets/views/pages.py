"""What the ticket page consists of; pages and answers to actions render the same parts."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import MATRIX, Permission
from helpdesk import clock
from tickets import dossier, presence, routing_history, timeline, workload
from tickets.channels import get_channel
from tickets.models import Draft, Priority, Ticket
from tickets.views import bubbles, present, template_picker
from tickets.views.addresses import part_address
from tickets.views.base import AgentRequest, place_of, work_list
from tickets.views.place import Place

CLOSING_SOON = dt.timedelta(hours=2)
WINDOW_LENGTH = dt.timedelta(hours=24)
MAX_ENTRIES = 30
URLS = (
    "claim",
    "assignment",
    "transfer",
    "resolution",
    "reopening",
    "priority",
    "subject",
    "tags",
    "merge",
    "merge_undo",
    "spam",
    "spam_undo",
)


@dataclass(kw_only=True)
class Typed:
    """What somebody has typed, on its way back to them after a refusal."""

    text: str = ""
    note: str = ""
    client_id: str = ""
    note_client_id: str = ""
    mode: str = "reply"
    template: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    template_client_id: str = ""
    template_error: str = ""


@dataclass(kw_only=True)
class Hint:
    """What goes under or above the composer after a refusal: a held reply, or an error."""

    text: str
    held: bool = False
    status: int = 409


def place_values(place: Place) -> dict[str, Any]:
    """Return what the forms of the page carry, so that the answer knows the place."""
    values: dict[str, Any] = {"view": str(place.view)}
    if place.team:
        values["team"] = place.team.pk
    return values


def place_query(place: Place) -> str:
    """Return the same for their addresses."""
    return f"?{urlencode(place_values(place))}"


def colleagues(ticket: Ticket, at: dt.datetime) -> list[dict[str, Any]]:
    """Return those who may be given the ticket, in the order of their names, and how they are placed; one query."""
    return [present.colleague(one.person, one.state, one.load) for one in workload.of_team(ticket.team_id, at)]


def _why_settled(ticket: Ticket) -> str:
    """Say why nothing is written to a settled ticket, and what to do instead."""
    if ticket.is_spam:
        return _("This ticket is marked as spam: nothing is sent, and new messages wake nobody.")
    if ticket.merged_into_id is not None:
        return _("This ticket goes on in #%(number)d.") % {"number": ticket.merged_into_id}
    if ticket.status == "resolved":
        return _("This ticket is resolved. Reopen it to reply.")
    return _("This ticket is closed for good. The next message opens a new one.")


def composer(
    request: AgentRequest,
    ticket: Ticket,
    place: Place,
    *,
    now: dt.datetime,
    kept: Draft | None,
    typed: Typed | None,
    hint: Hint | None,
) -> dict[str, Any]:
    """Return the parameters of the composer: what may be sent now, and what was typed before."""
    typed = typed or Typed(mode="note" if request.GET.get("mode") == "note" else "reply")
    conversation = ticket.conversation
    channel = get_channel(conversation.inbox)
    window = channel.reply_window(conversation, now)
    shown_window = None
    if window.limited and window.ends_at is not None:
        left = window.ends_at - now
        shown_window = {
            "state": "closed" if left <= dt.timedelta(0) else "soon" if left < CLOSING_SOON else "open",
            "closes_at": window.ends_at,
            "opened_at": window.ends_at - WINDOW_LENGTH,
            "now": now,
        }
    closed_text, settled, picker = "", not ticket.is_open, None
    if settled:
        closed_text = _why_settled(ticket)
    else:
        refusal = window.refusal
        if refusal is not None:
            shut = shown_window is not None and shown_window["state"] == "closed"
            if refusal.takes_templates:
                picker = template_picker.picker(
                    channel.templates(conversation),
                    conversation.contact,
                    key=typed.template,
                    values=typed.variables,
                    client_id=typed.template_client_id,
                    error=typed.template_error,
                )
            dead_end = shut and picker is None
            remedy = _("Until they write again you can add a note for your team.") if dead_end else refusal.remedy
            closed_text = " ".join(part for part in (refusal.text, remedy) if part)
    text = typed.text or (kept.text if kept else "")
    query = place_query(place)
    return {
        "template": channel.composer_template,
        "window": shown_window,
        "closed_text": closed_text,
        "can_reopen": ticket.status == "resolved",
        "picker": picker,
        "template_url": part_address("template", ticket.pk),
        "template_send_url": part_address("template", ticket.pk) + query,
        "place_values": place_values(place),
        "state": "closed" if closed_text else "open",
        "draft": text,
        "draft_at": int(kept.updated_at.timestamp() * 1000) if kept else 0,
        "note_draft": typed.note,
        "mode": typed.mode,
        "mode_url": f"{query}&mode={'reply' if typed.mode == 'note' else 'note'}",
        "client_id": typed.client_id or str(uuid.uuid4()),
        "note_client_id": typed.note_client_id or str(uuid.uuid4()),
        "contact": conversation.contact.display_name,
        "reply_url": part_address("replies", ticket.pk) + query,
        "note_url": part_address("notes", ticket.pk) + query,
        "reopen_url": part_address("reopening", ticket.pk) + query,
        "draft_url": part_address("draft", ticket.pk),
        "quick_replies_url": part_address("quick_replies", ticket.pk),
        "stale": {"text": hint.text, "url": "#timeline"} if hint and hint.held else None,
        "error": hint.text if hint and not hint.held else "",
    }


def _merged_url(user: User, ticket: Ticket, place: Place) -> str:
    """Return the address of the ticket in which this one lives on; empty where there is none that the reader sees."""
    into_id = ticket.merged_into_id
    if into_id is None or not Ticket.objects.visible_to(user).filter(pk=into_id).exists():
        return ""
    return place.ticket_url(into_id)


def ticket_parts(
    request: AgentRequest,
    ticket: Ticket,
    place: Place,
    *,
    lines: timeline.Timeline | None = None,
    typed: Typed | None = None,
    hint: Hint | None = None,
) -> dict[str, Any]:
    """Return everything about one ticket that the page shows."""
    user, now = request.user, clock.now()
    conversation = ticket.conversation
    lines = lines or timeline.read(user, conversation)
    query = place_query(place)
    role = place.role_of(user, ticket.team_id)
    allowed = MATRIX[role] if role else frozenset()
    may_work = Permission.ANSWER in allowed
    own = ticket.assignee_id in {None, user.pk}
    may_assign = may_work and ticket.is_open and (own or Permission.REASSIGN in allowed)

    beside = dossier.of(ticket, user)

    def address(name: str) -> str:
        return part_address(name, ticket.pk) + query

    return {
        "ticket": ticket,
        "place": place,
        "query": query,
        "now": now,
        "contact": conversation.contact,
        "inbox": conversation.inbox,
        "lines": lines,
        "entries": [bubbles.entry(line, conversation, query, may_work=may_work) for line in lines.entries],
        "may_work": may_work,
        "may_assign": may_assign,
        "may_requeue": Permission.REASSIGN in allowed and not own,
        "mine": ticket.assignee_id == user.pk,
        "colleagues": colleagues(ticket, now) if may_assign else [],
        "priorities": [
            {"value": value, "text": label, "name": present.PRIORITY_NAMES[Priority(value)]}
            for value, label in Priority.choices
        ],
        "priority": present.PRIORITY_NAMES[Priority(ticket.priority)],
        "status": present.status(ticket),
        "sla": present.sla(ticket, now),
        "clocks": present.clocks(beside.clocks, now),
        "tags": beside.tags,
        "why": routing_history.why(beside.decided),
        "skills_asked": routing_history.skills_asked(beside.tags),
        "rules_url": reverse("setup:rules") if Permission.ROUTE in allowed else "",
        "language_name": present.language_name(conversation.contact.language) if conversation.contact.language else "",
        "earlier": [
            {**other.shown(), "url": place.ticket_url(other.pk) if other.readable else ""} for other in beside.earlier
        ],
        "panels": [import_string(path)(request, ticket) for path in settings.PANELS],
        "viewers": presence.others(ticket.pk, user),
        "composer": composer(request, ticket, place, now=now, kept=beside.draft, typed=typed, hint=hint)
        if may_work
        else None,
        "urls": {name: address(name) for name in URLS},
        "merged_url": _merged_url(user, ticket, place),
        "thread_url": part_address("thread", ticket.pk) + query,
        "self_url": place.ticket_url(ticket.pk),
        "csrf_token": get_token(request),
    }


def ticket_page(
    request: AgentRequest,
    ticket: Ticket,
    place: Place,
    *,
    typed: Typed | None = None,
    hint: Hint | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page with list, thread and details."""
    context = {
        **work_list(request, place, current=ticket.pk),
        **ticket_parts(request, ticket, place, typed=typed, hint=hint),
        "pane": "thread",
    }
    return render(request, "inbox/ticket.html", context, status=status)


def ticket_panes(
    request: AgentRequest, ticket: Ticket, place: Place, *, toast: dict[str, Any] | None = None
) -> HttpResponse:
    """Render thread and details for a page that has the list already."""
    context = {**ticket_parts(request, ticket, place), "toast": toast}
    return render(request, "inbox/fragments/ticket.html", context)


def delta_start(request: AgentRequest, default: int) -> int:
    """Return from which place on the page wants its lines anew."""
    source = request.POST if request.method == "POST" else request.GET
    raw = source.get("from", "")
    return int(raw) if raw.isdecimal() and len(raw) < 19 else default


def delta(
    request: AgentRequest,
    ticket: Ticket,
    *,
    toast: dict[str, Any] | None = None,
    status: int = 200,
    hint: Hint | None = None,
    template: Typed | None = None,
) -> HttpResponse:
    """Render what changed on a ticket page: the newest lines, head and details, never the text somebody types.

    With `template` the picker of templates comes too, filled in with it.
    """
    place = place_of(request)
    conversation = ticket.conversation
    conversation.refresh_from_db(fields=["last_seq"])
    start = delta_start(request, default=max(conversation.last_seq - MAX_ENTRIES, 0))
    lines = timeline.read_from(request.user, conversation, start)
    context = ticket_parts(request, ticket, place, lines=lines, hint=hint, typed=template)
    picker = context["composer"] and context["composer"]["picker"]
    if template and template.template_error and not picker:
        toast = {"text": template.template_error}
    shown = request.GET.get("composer", "") or request.POST.get("composer", "")
    context |= {
        "start": start,
        # A page that has not got all of it finds itself behind when it compares, and asks for the rest.
        "shown_version": ticket.version - lines.more,
        "toast": toast,
        "hint": hint,
        "swap_picker": template is not None and picker is not None,
        "swap_composer": bool(shown) and context["composer"] is not None and shown != context["composer"]["state"],
    }
    return render(request, "inbox/fragments/delta.html", context, status=status)
