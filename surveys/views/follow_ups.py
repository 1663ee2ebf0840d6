"""Cancel a survey, and look after low scores."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents.permissions import Permission, may
from surveys import actions
from surveys.models import FollowUp, FollowUpState, SurveyInvitation
from tickets.errors import Refused
from tickets.models import Ticket
from tickets.views.base import AgentRequest, agents_only

SHOWN = 100


def _back(ticket_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("inbox:ticket", args=["all", ticket_id]))


@agents_only
@require_POST
def cancellation(request: AgentRequest, pk: int) -> HttpResponse:
    """Cancel a survey that is due."""
    visible = Ticket.objects.visible_to(request.user)
    invitation = get_object_or_404(SurveyInvitation, pk=pk, ticket__in=visible)
    try:
        actions.cancel(actor=request.user, invitation_id=invitation.pk)
    except Refused as refusal:
        messages.error(request, refusal.text)
    else:
        messages.success(request, _("The survey is cancelled"))
    return _back(invitation.ticket_id)


@agents_only
@require_POST
def completion(request: AgentRequest, pk: int) -> HttpResponse:
    """Write down what came of a low score."""
    follow_up = get_object_or_404(FollowUp.objects.visible_to(request.user), pk=pk)
    try:
        actions.finish_follow_up(actor=request.user, follow_up_id=follow_up.pk, note=request.POST.get("note", ""))
    except Refused as refusal:
        messages.error(request, refusal.text)
    else:
        messages.success(request, _("The follow-up is done"))
    if request.POST.get("back") == "list":
        return HttpResponseRedirect(reverse("surveys:follow_ups"))
    return _back(follow_up.ticket_id)


@agents_only
@require_POST
def answer(request: AgentRequest, pk: int) -> HttpResponse:
    """Begin to tell the contact what came of their low score, in the reply box of the ticket."""
    follow_up = get_object_or_404(FollowUp.objects.visible_to(request.user), pk=pk)
    try:
        ticket = actions.begin_answer(actor=request.user, follow_up_id=follow_up.pk)
    except Refused as refusal:
        messages.error(request, refusal.text)
        return HttpResponseRedirect(reverse("surveys:follow_ups"))
    messages.success(request, _("Write what has changed, then send it"))
    return _back(ticket.pk)


@agents_only
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """List the low scores that wait for somebody, the oldest first."""
    waiting = FollowUp.objects.visible_to(request.user).filter(state=FollowUpState.OPEN)
    rows = waiting.select_related("response", "team", "ticket__conversation__contact").order_by("created_at")[:SHOWN]
    teams = {row.team_id for row in rows}
    mine = {team for team in teams if may(request.user, Permission.FOLLOW_UP, team_id=team)}  # one query a team
    return render(request, "surveys/follow_ups.html", {"follow_ups": rows, "mine": mine})
