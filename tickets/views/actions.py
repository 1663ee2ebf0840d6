"""What people do to a ticket: each address is a noun, each view calls one action and renders one answer.

With htmx the answer is what changed; without it a redirect to the page. A refusal is 409 with its sentence where the
hand is; what the person may not see does not exist.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.models import Membership, Team, User
from helpdesk import clock
from tickets import queue, workload
from tickets.actions import assignment, lifecycle, messaging, triage
from tickets.errors import NewerActivity, NotAllowed, Refused
from tickets.forms import (
    AssignmentForm,
    NoteForm,
    PriorityForm,
    ReplyForm,
    ResolveForm,
    SubjectForm,
    TagForm,
    TransferForm,
)
from tickets.models import Message, MessageKind, Ticket
from tickets.views import present
from tickets.views.base import AgentRequest, Place, agents_only, place_of, visible_ticket
from tickets.views.pages import Hint, Typed, delta, place_query, ticket_page, ticket_panes

Toast = dict[str, Any]


def _reload(request: AgentRequest, pk: int) -> Ticket | None:
    """Return the ticket as it is now; None when the action took it out of this person's sight."""
    try:
        return visible_ticket(request.user, pk)
    except Http404:
        return None


def _trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Tell the page's scripts what happened."""
    response["HX-Trigger"] = json.dumps({"queue:changed": {}, **events})
    return response


def _done(request: AgentRequest, pk: int, *, toast: Toast | None = None, **events: Any) -> HttpResponse:
    """Answer an action that worked and leaves the person on the ticket."""
    place = place_of(request)
    ticket = _reload(request, pk)
    if ticket is None:
        return _move_on(request, place, None, toast=toast)
    if request.htmx:
        return _trigger(delta(request, ticket, toast=toast), **events)
    _remember(request, toast)
    return _see_other(place.ticket_url(pk))


def _remember(request: AgentRequest, toast: Toast | None) -> None:
    """Keep a toast for the page that the redirect leads to; its tag is the address that takes the action back."""
    if toast:
        messages.success(request, toast["text"], extra_tags=toast.get("undo_url", ""))


def _see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _move_on(request: AgentRequest, place: Place, next_id: int | None, *, toast: Toast | None = None) -> HttpResponse:
    """Go to the next ticket of the view; to the list when there is none."""
    following = _reload(request, next_id) if next_id is not None else None
    url = place.ticket_url(following.pk) if following else place.list_url
    if not request.htmx:
        _remember(request, toast)
        return _see_other(url)
    if following:
        response = ticket_panes(request, following, place, toast=toast)
    else:
        context = {"place": place, "toast": toast, "query": place_query(place)}
        response = render(request, "inbox/fragments/empty.html", context)
    response["HX-Push-Url"] = url
    return _trigger(response)


def _refuse(
    request: AgentRequest,
    ticket: Ticket,
    refused: Refused,
    *,
    typed: Typed | None = None,
    at_composer: bool = False,
) -> HttpResponse:
    """Answer 409 with the sentence where the hand is; what was typed stays."""
    if isinstance(refused, NotAllowed) and _reload(request, ticket.pk) is None:
        raise Http404
    held = isinstance(refused, NewerActivity)
    hint = Hint(text=refused.text, held=held)
    current = _reload(request, ticket.pk) or ticket
    if request.htmx:
        toast = None if at_composer else {"text": refused.text}
        response = delta(request, current, toast=toast, status=409, hint=hint if at_composer else None)
        return _trigger(response, **{"action:refused": {"code": refused.code, "held": held, "text": refused.text}})
    return ticket_page(request, current, place_of(request), typed=typed, hint=hint, status=409)


def _invalid(request: AgentRequest, ticket: Ticket, form: forms.Form, **options: Any) -> HttpResponse:
    """Treat a form that makes no sense like a refusal, with its first sentence."""
    text = next((error for errors in form.errors.values() for error in errors), _("This did not work."))
    return _refuse(request, ticket, Refused(str(text)), **options)


# -- Saying something --------------------------------------------------------------------------------


@agents_only
@require_POST
def replies(request: AgentRequest, pk: int) -> HttpResponse:
    """Send a reply."""
    ticket = visible_ticket(request.user, pk)
    typed = Typed(text=request.POST.get("text", ""), client_id=request.POST.get("client_id", ""))
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form, typed=typed, at_composer=True)
    try:
        messaging.reply(actor=request.user, ticket_id=pk, **form.cleaned_data)
    except Refused as refused:
        return _refuse(request, ticket, refused, typed=typed, at_composer=True)
    return _done(request, pk, **{"composer:accepted": {"form": "reply-form", "client_id": str(uuid.uuid4())}})


@agents_only
@require_POST
def notes(request: AgentRequest, pk: int) -> HttpResponse:
    """Write a note for colleagues."""
    ticket = visible_ticket(request.user, pk)
    typed = Typed(note=request.POST.get("text", ""), note_client_id=request.POST.get("client_id", ""), mode="note")
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form, typed=typed, at_composer=True)
    try:
        messaging.add_note(actor=request.user, ticket_id=pk, **form.cleaned_data)
    except Refused as refused:
        return _refuse(request, ticket, refused, typed=typed, at_composer=True)
    return _done(request, pk, **{"composer:accepted": {"form": "note-form", "client_id": str(uuid.uuid4())}})


def _decide_message(
    request: AgentRequest, pk: int, message_id: int, action: Callable[..., Message]
) -> tuple[HttpResponse | None, Message | None]:
    ticket = visible_ticket(request.user, pk)
    get_object_or_404(Message, pk=message_id, ticket=ticket, kind=MessageKind.OUTBOUND)
    try:
        return None, action(actor=request.user, message_id=message_id)
    except Refused as refused:
        return _refuse(request, ticket, refused), None


@agents_only
@require_POST
def message_undo(request: AgentRequest, pk: int, message_id: int) -> HttpResponse:
    """Take back a reply that has not left; its text goes back to where it was typed."""
    refusal, message = _decide_message(request, pk, message_id, messaging.undo_reply)
    if refusal is not None or message is None:
        return refusal or HttpResponse(status=409)
    text = message.text if message.author_id == request.user.pk else ""
    return _done(request, pk, toast={"text": _("Taken back")}, **{"composer:restore": {"text": text}})


@agents_only
@require_POST
def message_retry(request: AgentRequest, pk: int, message_id: int) -> HttpResponse:
    """Send a reply again that did not arrive."""
    refusal, _message = _decide_message(request, pk, message_id, messaging.retry_reply)
    return refusal or _done(request, pk)


@agents_only
@require_POST
def message_discard(request: AgentRequest, pk: int, message_id: int) -> HttpResponse:
    """Give up a reply that did not arrive; its text goes back to where it was typed."""
    refusal, message = _decide_message(request, pk, message_id, messaging.discard_reply)
    if refusal is not None or message is None:
        return refusal or HttpResponse(status=409)
    text = message.text if message.author_id == request.user.pk else ""
    return _done(request, pk, toast={"text": _("Discarded")}, **{"composer:restore": {"text": text}})


# -- Who works on it ---------------------------------------------------------------------------------


@agents_only
@require_POST
def claim(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a ticket that nobody has."""
    ticket = visible_ticket(request.user, pk)
    try:
        assignment.claim(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return _refuse(request, ticket, refused)
    return _done(request, pk, toast={"text": _("Assigned to you")})


@agents_only
@require_POST
def assignee(request: AgentRequest, pk: int) -> HttpResponse:
    """Give a ticket to a member of its team, or back to the queue."""
    ticket = visible_ticket(request.user, pk)
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form)
    assignee_id = form.cleaned_data["assignee"]
    if assignee_id is not None and not User.objects.filter(pk=assignee_id, is_active=True).exists():
        return _refuse(request, ticket, Refused(_("There is no such person.")))
    before = ticket.assignee_id
    try:
        changed = assignment.assign(actor=request.user, ticket_id=pk, assignee_id=assignee_id)
    except Refused as refused:
        return _refuse(request, ticket, refused)
    if changed.assignee_id == before:
        return _done(request, pk)
    name = changed.assignee.short_name if changed.assignee else ""
    text = _("Assigned to %(name)s") % {"name": name} if name else _("Back in the queue")
    return _done(request, pk, toast={"text": text})


def _targets(at: dt.datetime) -> list[dict[str, Any]]:
    """Return where a ticket can go: teams with their people, and how they are placed; two queries."""
    people: dict[int, list[dict[str, Any]]] = {}
    members = Membership.objects.filter(user__is_active=True).select_related("user")
    for member in members.annotate(now=workload.state(at, of="user_id"), load=workload.load(at)):
        people.setdefault(member.team_id, []).append(present.colleague(member.user, member.now, member.load))
    return [
        {"team": team, "people": sorted(people.get(team.pk, []), key=lambda one: one["name"])}
        for team in Team.objects.in_use()
    ]


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask where a ticket shall go, then hand it over."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    context = {
        "ticket": ticket,
        "place": place,
        "targets": _targets(clock.now()),
        "transfer_url": reverse("inbox:transfer", args=[pk]) + place_query(place),
        "back_url": place.ticket_url(pk),
    }
    if request.method != "POST":
        template = "inbox/fragments/transfer.html" if request.htmx else "inbox/transfer.html"
        return render(request, template, context)
    form = TransferForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form)
    team_id, assignee_id = form.cleaned_data["target"]
    team = Team.objects.filter(pk=team_id).first()
    if team is None or (assignee_id and not User.objects.filter(pk=assignee_id, is_active=True).exists()):
        return _refuse(request, ticket, Refused(_("There is no such team or person.")))
    try:
        assignment.transfer(
            actor=request.user,
            ticket_id=pk,
            team_id=team_id,
            assignee_id=assignee_id,
            note=form.cleaned_data["note"],
        )
    except Refused as refused:
        return _refuse(request, ticket, refused)
    toast = {"text": _("Handed over to %(team)s") % {"team": team.name}}
    return _done(request, pk, toast=toast, **{"dialog:close": {}})


# -- Its end, and its way back -----------------------------------------------------------------------


@agents_only
@require_POST
def resolution(request: AgentRequest, pk: int) -> HttpResponse:
    """Resolve a ticket and go on with the next one of the view."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form)
    next_id = queue.next_after(request.user, place.view, place.team_id, ticket, clock.now())
    try:
        lifecycle.resolve(actor=request.user, ticket_id=pk, seen_seq=form.cleaned_data["seen_seq"])
    except Refused as refused:
        return _refuse(request, ticket, refused)
    undo_url = reverse("inbox:resolution_undo", args=[pk]) + place_query(place)
    return _move_on(request, place, next_id, toast={"text": _("Resolved"), "undo_url": undo_url})


@agents_only
@require_POST
def resolution_undo(request: AgentRequest, pk: int) -> HttpResponse:
    """Take back a resolve and show the ticket again."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    try:
        lifecycle.undo_resolve(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return _refuse(request, ticket, refused)
    return _move_on(request, place, pk, toast={"text": _("Open again")})


@agents_only
@require_POST
def reopening(request: AgentRequest, pk: int) -> HttpResponse:
    """Reopen a resolved ticket; where a newer one is open, show that one."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    try:
        opened = lifecycle.reopen(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return _refuse(request, ticket, refused)
    return _move_on(request, place, opened.pk, toast={"text": _("Reopened")})


# -- What it is about --------------------------------------------------------------------------------


@agents_only
@require_POST
def priority(request: AgentRequest, pk: int) -> HttpResponse:
    """Change the priority."""
    ticket = visible_ticket(request.user, pk)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form)
    try:
        triage.set_priority(actor=request.user, ticket_id=pk, priority=form.cleaned_data["priority"])
    except Refused as refused:
        return _refuse(request, ticket, refused)
    return _done(request, pk)


@agents_only
@require_POST
def subject(request: AgentRequest, pk: int) -> HttpResponse:
    """Change the subject."""
    ticket = visible_ticket(request.user, pk)
    form = SubjectForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form)
    try:
        triage.set_subject(actor=request.user, ticket_id=pk, subject=form.cleaned_data["subject"])
    except Refused as refused:
        return _refuse(request, ticket, refused)
    return _done(request, pk)


@agents_only
@require_POST
def tags(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a tag on the ticket, or take one off."""
    ticket = visible_ticket(request.user, pk)
    form = TagForm(request.POST)
    if not form.is_valid():
        return _invalid(request, ticket, form)
    remove = form.cleaned_data["remove"]
    try:
        if remove:
            triage.remove_tag(actor=request.user, ticket_id=pk, tag_id=remove)
        else:
            triage.add_tag(actor=request.user, ticket_id=pk, name=form.cleaned_data["name"])
    except Refused as refused:
        return _refuse(request, ticket, refused)
    return _done(request, pk)
