"""Mark a ticket as spam, and take the mark back."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk import clock
from tickets import queue
from tickets.actions.spam import mark_spam, unmark_spam
from tickets.errors import Refused
from tickets.forms import SpamForm
from tickets.views.base import AgentRequest, agents_only, place_of, visible_ticket
from tickets.views.pages import place_query
from tickets.views.responses import invalid, move_on, refuse


@agents_only
@require_POST
def spam(request: AgentRequest, pk: int) -> HttpResponse:
    """Mark a ticket as spam and go on with the next one of the view."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    form = SpamForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    next_id = queue.next_after(request.user, place.view, place.team_id, ticket, clock.now())
    try:
        mark_spam(actor=request.user, ticket_id=pk, seen_seq=form.cleaned_data["seen_seq"])
    except Refused as refused:
        return refuse(request, ticket, refused)
    undo_url = reverse("inbox:spam_undo", args=[pk]) + place_query(place)
    return move_on(request, place, next_id, toast={"text": _("Marked as spam"), "undo_url": undo_url})


@agents_only
@require_POST
def spam_undo(request: AgentRequest, pk: int) -> HttpResponse:
    """Take the mark back; where another ticket of the conversation is open, show that one."""
    ticket = visible_ticket(request.user, pk)
    place = place_of(request)
    try:
        found = unmark_spam(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return refuse(request, ticket, refused)
    if found.pk != pk:
        text = _("Still spam: #%(number)d is open with this contact. Resolve it first.")
        return move_on(request, place, found.pk, toast={"text": text % {"number": found.pk}})
    return move_on(request, place, pk, toast={"text": _("Not spam any more")})
