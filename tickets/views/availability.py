"""Whether somebody takes tickets, and what becomes of theirs: the account menu of every page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agents import presence
from agents.models import PresenceState
from helpdesk import clock
from tickets import wake
from tickets.actions import availability as actions
from tickets.actions.assignment import ASSIGN_WAITING
from tickets.forms import AvailabilityForm, RequeuingForm
from tickets.models import Ticket
from tickets.views.base import AgentRequest, agents_only

Toast = dict[str, Any]


def _next(request: AgentRequest) -> str:
    """Return the page of ours that the person came from."""
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else reverse("inbox:index")


def _answer(request: AgentRequest, toast: Toast, template: str, **context: Any) -> HttpResponse:
    """Answer with what changed; without htmx by going back to where the person came from."""
    if request.htmx:
        context |= {"toast": toast, "csrf_token": get_token(request), "next_url": _next(request)}
        return render(request, template, context)
    messages.success(request, toast["text"], extra_tags=toast.get("undo_url", ""))
    response = HttpResponseRedirect(_next(request))
    response.status_code = 303
    return response


def _farewell(request: AgentRequest) -> Toast:
    """Say what stays behind with somebody who takes no more tickets, and offer to put it back."""
    count = Ticket.objects.visible_to(request.user).unfinished().filter(assignee=request.user).count()
    if not count:
        return {"text": _("You are given no new tickets.")}
    text = ngettext(
        "You are given no new tickets. %(count)s open ticket stays with you.",
        "You are given no new tickets. %(count)s open tickets stay with you.",
        count,
    )
    return {
        "text": text % {"count": count},
        "action_url": reverse("inbox:requeuing"),
        "action_text": _("Put back into the queue"),
    }


@agents_only
@require_POST
def availability(request: AgentRequest) -> HttpResponse:
    """Begin to take tickets, or stop."""
    form = AvailabilityForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    state: PresenceState = form.cleaned_data["state"]
    actions.set_availability(actor=request.user, state=state)
    here = state == PresenceState.ONLINE
    toast = {"text": _("You are given new tickets again.")} if here else _farewell(request)
    return _answer(request, toast, "inbox/fragments/availability.html", availability=state)


@agents_only
@require_POST
def beats(request: AgentRequest) -> HttpResponse:
    """Note that a page without a socket is open."""
    if presence.beat(request.user.pk, clock.now()):
        wake.publish(ASSIGN_WAITING)
    return HttpResponse(status=204)


@agents_only
@require_POST
def requeuing(request: AgentRequest) -> HttpResponse:
    """Put one's own tickets back into the queue, or, for leads, somebody else's."""
    form = RequeuingForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    person_id = form.cleaned_data["person"] or request.user.pk
    released = actions.requeue(actor=request.user, person_id=person_id)
    toast: Toast = {"text": _("There was nothing to put back.")}
    if released:
        text = ngettext(
            "%(count)s ticket is back in the queue.", "%(count)s tickets are back in the queue.", len(released)
        )
        query = urlencode({"person": person_id, "tickets": ",".join(str(pk) for pk in released)})
        toast = {"text": text % {"count": len(released)}, "undo_url": f"{reverse('inbox:requeuing_undo')}?{query}"}
    return _answer(request, toast, "inbox/fragments/toast.html")


@agents_only
@require_POST
def requeuing_undo(request: AgentRequest) -> HttpResponse:
    """Give the tickets back that somebody has just put into the queue."""
    form = RequeuingForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest()
    person_id = form.cleaned_data["person"] or request.user.pk
    tickets = form.cleaned_data["tickets"]
    back = actions.undo_requeue(actor=request.user, person_id=person_id, ticket_ids=tickets)
    text = ngettext("%(count)s ticket taken back.", "%(count)s tickets taken back.", len(back)) % {"count": len(back)}
    if len(back) < len(set(tickets)):
        text = _("%(back)s of %(all)s tickets taken back. Colleagues have begun with the others.") % {
            "back": len(back),
            "all": len(set(tickets)),
        }
    return _answer(request, {"text": text}, "inbox/fragments/toast.html")
