"""Who works together."""

from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agents.models import Membership, Team
from helpdesk import clock
from tickets.actions import teams as actions
from tickets.calendars import calendar, default_hours
from tickets.errors import Refused, StaleEdit
from tickets.models import OPEN_STATUSES, BusinessHours, Inbox, RoutingRule, TeamHours, Ticket
from tickets.views.setup import calendar_view
from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only, done
from tickets.views.setup.team_form import TeamEditor, assignments, hours_choices


def card() -> SetupCard:
    """Return the overview's card."""
    count = Team.objects.in_use().count()
    empty = Team.objects.in_use().filter(memberships__isnull=True).values_list("name", flat=True).first()
    state = ngettext("%(count)d team", "%(count)d teams", count) % {"count": count}
    return SetupCard(
        url=reverse("setup:teams"),
        icon="users-round",
        title=_("Teams"),
        text=_("Who works together, who leads, how tickets find their person, and in which hours."),
        state=_("Nobody is in “%(team)s”") % {"team": empty} if empty else state,
        tone="warn" if empty or not count else "ok",
    )


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the teams in use, then the archived ones."""
    people: dict[int, list[Membership]] = defaultdict(list)
    for member in Membership.objects.select_related("user").order_by("-is_lead", "user__first_name"):
        people[member.team_id].append(member)
    waiting = Ticket.objects.filter(status__in=OPEN_STATUSES).order_by().values_list("team")
    open_tickets = dict(waiting.annotate(count=Count("pk")))
    hours = dict(TeamHours.objects.values_list("team_id", "hours__name"))
    listed = [
        {
            "team": team,
            "people": people[team.pk],
            "open": open_tickets.get(team.pk, 0),
            "hours": hours.get(team.pk, ""),
        }
        for team in Team.objects.order_by("name")
    ]
    context = {
        "listed": [one for one in listed if one["team"].archived_at is None],
        "archived": [one for one in listed if one["team"].archived_at is not None],
    }
    return render(request, "setup/teams/index.html", context)


@configurers_only
def new(request: AgentRequest) -> HttpResponse:
    """Found a team."""
    return _edit(request, None)


@configurers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change a team."""
    return _edit(request, _found(pk))


@configurers_only
@require_POST
def archive(request: AgentRequest, pk: int) -> HttpResponse:
    """Send nothing to a team any more."""
    team = _found(pk)
    try:
        actions.archive(actor=request.user, team_id=pk, version=_version(request))
    except Refused as refusal:
        return _page(request, team, TeamEditor(team), status=409, refusal=refusal)
    return done(request, _("“%(name)s” is archived") % {"name": team.name}, reverse("setup:teams"))


@configurers_only
@require_POST
def restoration(request: AgentRequest, pk: int) -> HttpResponse:
    """Take an archived team into use again."""
    team = actions.restore(actor=request.user, team_id=_found(pk).pk)
    return done(request, _("“%(name)s” is in use again") % {"name": team.name}, reverse("setup:teams_edit", args=[pk]))


@configurers_only
@require_POST
def removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Delete a team that never had a ticket."""
    team = _found(pk)
    try:
        name = actions.remove(actor=request.user, team_id=pk, version=_version(request))
    except Refused as refusal:
        return _page(request, team, TeamEditor(team), status=409, refusal=refusal)
    return done(request, _("“%(name)s” is deleted") % {"name": name}, reverse("setup:teams"))


def _found(pk: int) -> Team:
    return get_object_or_404(Team.objects.select_related("changed_by"), pk=pk)


def _version(request: AgentRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else -1


def _edit(request: AgentRequest, team: Team | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, team, TeamEditor(team))
    if request.POST.get("do") == "look":
        return _page(request, team, TeamEditor(team, request.POST))
    editor = TeamEditor(team, request.POST, shows_errors=True)
    plan = editor.plan()
    if plan is None:
        return _page(request, team, editor, status=422)
    try:
        if team is None:
            team = actions.create(actor=request.user, plan=plan)
        else:
            actions.change(actor=request.user, team_id=team.pk, version=_version(request), plan=plan)
    except Refused as refusal:
        return _page(request, team, editor, status=409, refusal=refusal)
    return done(request, _("Team saved"), reverse("setup:teams_edit", args=[team.pk]))


def _page(
    request: AgentRequest, team: Team | None, editor: TeamEditor, *, status: int = 200, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "team": team,
        "editor": editor,
        "is_checked": status == 422,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
        "reload_url": reverse("setup:teams_edit", args=[team.pk]) if team else "",
        "assignments": assignments(),
        "hours_choices": hours_choices(),
        "meaning": editor.meaning(),
        **_hours(editor),
        **(_used_by(team) if team else {}),
    }
    template = "setup/teams/_editor.html" if request.htmx else "setup/teams/edit.html"
    return render(request, template, context, status=status)


def _hours(editor: TeamEditor) -> dict[str, Any]:
    """Return the hours that the form chooses, and how they stand now."""
    raw = str(editor.form["hours"].value() or "")
    chosen = BusinessHours.objects.filter(pk=raw).first() if raw.isdecimal() and len(raw) < 18 else None
    hours = chosen or default_hours()
    return {"hours": hours, "standing": calendar_view.standing(calendar(hours), clock.now()) if hours else None}


def _used_by(team: Team) -> dict[str, Any]:
    return {
        "inboxes": list(Inbox.objects.filter(team=team).values_list("name", flat=True)),
        "rules": list(RoutingRule.objects.kept().filter(team=team).values_list("name", flat=True)),
        "open_tickets": Ticket.objects.filter(team=team, status__in=OPEN_STATUSES).count(),
    }
