"""Say who works on a ticket: take it, give it to somebody, hand it over."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.models import Membership, Team, User
from helpdesk import clock
from tickets import workload
from tickets.actions import assignment
from tickets.errors import Refused
from tickets.forms import AssignmentForm, TransferForm
from tickets.views import present
from tickets.views.base import AgentRequest, agents_only, place_of, visible_ticket
from tickets.views.pages import place_query
from tickets.views.responses import done, invalid, refuse


@agents_only
@require_POST
def claim(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a ticket that nobody has."""
    ticket = visible_ticket(request.user, pk)
    try:
        assignment.claim(actor=request.user, ticket_id=pk)
    except Refused as refused:
        return refuse(request, ticket, refused)
    return done(request, pk, toast={"text": _("Assigned to you")})


@agents_only
@require_POST
def assignee(request: AgentRequest, pk: int) -> HttpResponse:
    """Give a ticket to a member of its team, or back to the queue."""
    ticket = visible_ticket(request.user, pk)
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    assignee_id = form.cleaned_data["assignee"]
    if assignee_id is not None and not User.objects.filter(pk=assignee_id, is_active=True).exists():
        return refuse(request, ticket, Refused(_("There is no such person.")))
    before = ticket.assignee_id
    try:
        changed = assignment.assign(actor=request.user, ticket_id=pk, assignee_id=assignee_id)
    except Refused as refused:
        return refuse(request, ticket, refused)
    if changed.assignee_id == before:
        return done(request, pk)
    name = changed.assignee.short_name if changed.assignee else ""
    text = _("Assigned to %(name)s") % {"name": name} if name else _("Back in the queue")
    return done(request, pk, toast={"text": text})


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
        return invalid(request, ticket, form)
    team_id, assignee_id = form.cleaned_data["target"]
    team = Team.objects.filter(pk=team_id).first()
    if team is None or (assignee_id and not User.objects.filter(pk=assignee_id, is_active=True).exists()):
        return refuse(request, ticket, Refused(_("There is no such team or person.")))
    try:
        assignment.transfer(
            actor=request.user,
            ticket_id=pk,
            team_id=team_id,
            assignee_id=assignee_id,
            note=form.cleaned_data["note"],
        )
    except Refused as refused:
        return refuse(request, ticket, refused)
    toast = {"text": _("Handed over to %(team)s") % {"team": team.name}}
    return done(request, pk, toast=toast, **{"dialog:close": {}})
