"""How an action upon a ticket is answered: what changed, a redirect, or a refusal.

With htmx the answer is what changed; without it a redirect to the page. A refusal is 409 with its sentence where the
hand is; what the person may not see does not exist.
"""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from tickets.errors import NewerActivity, NotAllowed, Refused
from tickets.models import Ticket
from tickets.views.base import AgentRequest, place_of, visible_ticket
from tickets.views.pages import Hint, Typed, delta, place_query, ticket_page, ticket_panes
from tickets.views.place import Place

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


def done(request: AgentRequest, pk: int, *, toast: Toast | None = None, **events: Any) -> HttpResponse:
    """Answer an action that worked and leaves the person on the ticket."""
    place = place_of(request)
    ticket = _reload(request, pk)
    if ticket is None:
        return move_on(request, place, None, toast=toast)
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


def move_on(
    request: AgentRequest, place: Place, next_id: int | None, *, toast: Toast | None = None, **events: Any
) -> HttpResponse:
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
    return _trigger(response, **events)


def refuse(
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


def invalid(request: AgentRequest, ticket: Ticket, form: forms.Form, **options: Any) -> HttpResponse:
    """Treat a form that makes no sense like a refusal, with its first sentence."""
    text = next((error for errors in form.errors.values() for error in errors), _("This did not work."))
    return refuse(request, ticket, Refused(str(text)), **options)
