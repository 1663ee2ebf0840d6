"""Merge a ticket into another one of its contact, and undo it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tickets.actions import merging
from tickets.errors import Refused
from tickets.forms import MergeForm
from tickets.merge_targets import merge_targets
from tickets.models import Ticket
from tickets.views import present
from tickets.views.base import AgentRequest, agents_only, place_of, visible_ticket
from tickets.views.pages import place_query
from tickets.views.place import Place
from tickets.views.responses import invalid, move_on, refuse


def _question(request: AgentRequest, ticket: Ticket, place: Place) -> dict[str, Any]:
    """Return what the question "merge into which?" shows: the contact's other tickets, the newest first."""
    choices = merge_targets(ticket, request.user)
    return {
        "ticket": ticket,
        "place": place,
        "choices": [{"ticket": one, "status": present.status(one)} for one in choices],
        "seen_seq": ticket.conversation.last_seq,
        "merge_url": reverse("inbox:merge", args=[ticket.pk]) + place_query(place),
        "back_url": place.ticket_url(ticket.pk),
    }


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask into which ticket, then merge and show that one."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    if request.method != "POST":
        template = "inbox/fragments/merge.html" if request.htmx else "inbox/merge.html"
        return render(request, template, _question(request, ticket, place))
    form = MergeForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    into = visible_ticket(request.user, form.cleaned_data["into"])
    try:
        merging.merge(actor=request.user, ticket_id=pk, into_id=into.pk, seen_seq=form.cleaned_data["seen_seq"])
    except Refused as refused:
        return refuse(request, ticket, refused)
    text = _("#%(number)d merged into #%(into)d") % {"number": pk, "into": into.pk}
    undo_url = reverse("inbox:merge_undo", args=[pk]) + place_query(place)
    return move_on(request, place, into.pk, toast={"text": text, "undo_url": undo_url}, **{"dialog:close": {}})


@agents_only
@require_POST
def merge_undo(request: AgentRequest, pk: int) -> HttpResponse:
    """Undo a merge and show the ticket; where another one of its conversation is open, show that one."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    try:
        found = merging.unmerge(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return refuse(request, ticket, refused)
    if found.pk != pk:
        text = _("Still merged: #%(number)d is open with this contact. Resolve it first.")
        return move_on(request, place, found.pk, toast={"text": text % {"number": found.pk}})
    return move_on(request, place, pk, toast={"text": _("Merge undone")})
