"""End a ticket, take that back, open it again."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk import clock
from tickets import queue
from tickets.actions import lifecycle
from tickets.errors import Refused
from tickets.forms import ResolveForm
from tickets.views.base import AgentRequest, agents_only, place_of, visible_ticket
from tickets.views.pages import place_query
from tickets.views.responses import invalid, move_on, refuse


@agents_only
@require_POST
def resolution(request: AgentRequest, pk: int) -> HttpResponse:
    """Resolve a ticket and go on with the next one of the view."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    next_id = queue.next_after(request.user, place.view, place.team_id, ticket, clock.now())
    try:
        lifecycle.resolve(actor=request.user, ticket_id=pk, seen_seq=form.cleaned_data["seen_seq"])
    except Refused as refused:
        return refuse(request, ticket, refused)
    undo_url = reverse("inbox:resolution_undo", args=[pk]) + place_query(place)
    return move_on(request, place, next_id, toast={"text": _("Resolved"), "undo_url": undo_url})


@agents_only
@require_POST
def resolution_undo(request: AgentRequest, pk: int) -> HttpResponse:
    """Take back a resolve and show the ticket again."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    try:
        lifecycle.undo_resolve(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return refuse(request, ticket, refused)
    return move_on(request, place, pk, toast={"text": _("Open again")})


@agents_only
@require_POST
def reopening(request: AgentRequest, pk: int) -> HttpResponse:
    """Reopen a resolved ticket; where a newer one is open, show that one."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    try:
        opened = lifecycle.reopen(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return refuse(request, ticket, refused)
    return move_on(request, place, opened.pk, toast={"text": _("Reopened")})
