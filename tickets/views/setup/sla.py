"""What is promised to whom: the ordered list of policies, and one policy with an example worked through."""

import datetime as dt
import re
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agents.models import Team
from helpdesk import clock
from helpdesk.templatetags.durations import duration
from tickets import sla
from tickets.actions import policies as actions
from tickets.actions.policies import PolicyPlan
from tickets.calendars import Ruler, calendar, default_hours, hours_of_team
from tickets.channels import channel_labels
from tickets.errors import Refused, StaleEdit
from tickets.models import COUNTING_STATES, BusinessHours, ClockState, Metric, Priority, SlaClock, SlaPolicy
from tickets.views.setup import calendar_view
from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only, done
from tickets.views.setup.sla_form import PolicyEditor, channels, data_of, edit_warnings

WARNINGS = re.compile(r"warning-(add|\d{1,2})")
RECENTLY = dt.timedelta(days=28)


def card() -> SetupCard:
    """Return the overview's card."""
    active = SlaPolicy.objects.filter(is_active=True).count()
    return SetupCard(
        url=reverse("setup:sla"),
        icon="shield-check",
        title=_("SLA policies"),
        text=_("Within what time customers get an answer and a solution, by priority, team and channel."),
        state=ngettext("%(count)d policy", "%(count)d policies", active) % {"count": active}
        if active
        else _("Nothing is promised"),
        tone="" if active else "warn",
    )


# -- The list ----------------------------------------------------------------------------------------


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the policies in their order, and say which one holds for an example."""
    template = "setup/sla/_list.html" if request.htmx else "setup/sla/index.html"
    return render(request, template, _listed(request.GET))


@configurers_only
@require_POST
def position(request: AgentRequest, pk: int) -> HttpResponse:
    """Move a policy up or down."""
    policy = get_object_or_404(SlaPolicy, pk=pk)
    step = -1 if request.POST.get("to") == "up" else 1
    place = actions.move(actor=request.user, policy_id=pk, step=step)
    text = _("“%(name)s” now stands in place %(place)d") % {"name": policy.name, "place": place}
    if not request.htmx:
        return done(request, text, reverse("setup:sla"))
    return render(request, "setup/sla/_list.html", {**_listed(request.GET), "toast": {"text": text}})


def _listed(query: QueryDict) -> dict[str, Any]:
    policies = list(SlaPolicy.objects.select_related("team").prefetch_related("targets"))
    tried = _tried(query)
    holds = next((one for one in policies if one.is_active and sla.fits(one, **tried)), None) if tried else None
    lines = []
    before: list[SlaPolicy] = []
    for policy in policies:
        cover: dict[str, Any] = {"priority": policy.priority, "team_id": policy.team_id, "channel": policy.channel}
        lines.append(
            {
                "policy": policy,
                "conditions": _conditions(policy),
                "promises": _promises(policy),
                "hidden_by": next((one for one in before if sla.fits(one, **cover)), None)
                if policy.is_active
                else None,
                "holds": policy == holds,
                "misfit": _misfit(policy, tried)
                if tried and (holds is None or policy.position <= holds.position)
                else "",
            }
        )
        if policy.is_active:
            before.append(policy)
    return {
        "lines": lines,
        "holds": holds,
        "tried": tried,
        "query": query,
        "priorities": [{"value": value, "text": text} for value, text in Priority.choices],
        "teams": [{"value": team.pk, "text": team.name} for team in Team.objects.all()],
        "channels": [{"value": value, "text": text} for value, text in channel_labels().items()],
    }


def _tried(query: QueryDict) -> dict[str, Any]:
    """Return the example in the address: a ticket's priority, team and channel; nothing unless all make sense."""
    priority, team, channel = (query.get(name, "") for name in ("priority", "team", "channel"))
    known = priority in {str(value) for value in Priority.values} and team.isdecimal() and len(team) < 18
    return {"priority": int(priority), "team_id": int(team), "channel": channel} if known and channel else {}


def _misfit(policy: SlaPolicy, tried: dict[str, Any]) -> str:
    """Say why a policy does not hold for the example; empty when it does."""
    if not policy.is_active:
        return _("switched off")
    if policy.priority not in {None, tried["priority"]}:
        return _("other priority")
    if policy.team_id not in {None, tried["team_id"]}:
        return _("other team")
    return "" if policy.channel in {"", tried["channel"]} else _("other channel")


def _conditions(policy: SlaPolicy) -> list[dict[str, str]]:
    """Return for whom a policy is, as chips; nothing when it is for everybody."""
    found = []
    if policy.priority is not None:
        found.append({"icon": "signal", "text": str(policy.get_priority_display())})
    if policy.team is not None:
        found.append({"icon": "users-round", "text": policy.team.name})
    if policy.channel:
        found.append({"icon": "message-circle", "text": channel_labels().get(policy.channel, policy.channel)})
    return found


def _length(seconds: int) -> str:
    """Say how long a promise is; never in days, for 24 business hours are three of them."""
    whole_hours = seconds >= 24 * 3600 and seconds % 3600 == 0
    return _("%(hours)d h") % {"hours": seconds // 3600} if whole_hours else duration(seconds)


def _promises(policy: SlaPolicy) -> list[dict[str, str]]:
    promised = {target.metric: target for target in policy.targets.all()}
    return [
        {
            "term": str(metric.label),
            "text": _length(promised[metric].seconds) if metric in promised else "–",
            "wall": "" if metric not in promised or promised[metric].in_business_hours else _("day and night"),
        }
        for metric in Metric
    ]


# -- One policy --------------------------------------------------------------------------------------


@configurers_only
def new(request: AgentRequest) -> HttpResponse:
    """Write a new policy."""
    return _edit(request, None)


@configurers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change a policy."""
    return _edit(request, get_object_or_404(SlaPolicy.objects.select_related("changed_by"), pk=pk))


@configurers_only
@require_POST
def removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Delete a policy that never promised anything."""
    policy = get_object_or_404(SlaPolicy, pk=pk)
    version = request.POST.get("version", "")
    try:
        name = actions.remove(actor=request.user, policy_id=pk, version=int(version) if version.isdecimal() else -1)
    except Refused as refusal:
        return _page(request, policy, data_of(policy), status=409, refusal=refusal)
    return done(request, _("“%(name)s” is deleted") % {"name": name}, reverse("setup:sla"))


def _edit(request: AgentRequest, policy: SlaPolicy | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, policy, data_of(policy))
    data = request.POST.copy()
    if step := WARNINGS.fullmatch(data.get("do", "")):
        edit_warnings(data, step[1])
        return _page(request, policy, data, focus=step[1])
    if data.get("do") == "look":
        return _page(request, policy, data)
    editor = PolicyEditor(data, shows_errors=True)
    plan = editor.plan()
    if plan is None:
        return _page(request, policy, data, status=422, editor=editor)
    try:
        if policy is None:
            policy = actions.create(actor=request.user, plan=plan)
        else:
            version = editor.form.cleaned_data["version"]
            actions.change(actor=request.user, policy_id=policy.pk, version=version, plan=plan)
    except Refused as refusal:
        return _page(request, policy, data, status=409, editor=editor, refusal=refusal)
    return done(request, _("Policy saved"), reverse("setup:sla_edit", args=[policy.pk]))


def _page(
    request: AgentRequest,
    policy: SlaPolicy | None,
    data: QueryDict,
    *,
    status: int = 200,
    editor: PolicyEditor | None = None,
    refusal: Refused | None = None,
    focus: str = "",
) -> HttpResponse:
    editor = editor or PolicyEditor(data)
    plan = editor.plan()
    hours = hours_of_team(plan.team_id) if plan and plan.team_id else default_hours()
    context = {
        "policy": policy,
        "editor": editor,
        "is_checked": status != 200,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
        "focus": focus,
        "priorities": [{"value": "", "text": _("Every priority")}]
        + [{"value": str(value), "text": text} for value, text in Priority.choices],
        "teams": [{"value": "", "text": _("Every team")}]
        + [{"value": str(team.pk), "text": team.name} for team in Team.objects.all()],
        "channels": [{"value": value, "text": text} for value, text in channels()],
        "hours": hours,
        "standing": calendar_view.standing(calendar(hours), clock.now()) if hours else None,
        "example": _example(plan, hours, data) if plan else None,
        **(_record(policy) if policy else {}),
    }
    template = "setup/sla/_editor.html" if request.htmx else "setup/sla/edit.html"
    return render(request, template, context, status=status)


def _record(policy: SlaPolicy) -> dict[str, Any]:
    """Return how many clocks count under a policy, and how many of those that ended lately kept the promise."""
    since = clock.now() - RECENTLY
    counts = SlaClock.objects.filter(policy=policy).aggregate(
        counting=Count("pk", filter=Q(state__in=COUNTING_STATES)),
        ended=Count("pk", filter=Q(state=ClockState.STOPPED, stopped_at__gte=since)),
        late=Count("pk", filter=Q(state=ClockState.STOPPED, stopped_at__gte=since, breached_at__isnull=False)),
        ever=Count("pk"),
    )
    met = round(100 * (counts["ended"] - counts["late"]) / counts["ended"], 1) if counts["ended"] else None
    return {"counting": counts["counting"], "ever": counts["ever"], "ended": counts["ended"], "met": met}


def _example(plan: PolicyPlan, hours: BusinessHours | None, data: QueryDict) -> dict[str, Any]:
    """Return when a request of a certain moment would be due."""
    found = calendar(hours) if hours else None
    zone = found.zone if found else calendar_view.workspace_zone()
    raw = data.get("example_at", "") or calendar_view.next_friday_evening(clock.now(), zone)
    try:
        asked = dt.datetime.fromisoformat(raw).replace(tzinfo=zone)
        lines = []
        for metric, promise in plan.promises.items():
            ruler = Ruler(hours if promise.in_business_hours else None)
            due = ruler.after(asked, promise.seconds)
            warned = ruler.after(asked, promise.seconds * plan.warn_percents[0] // 100)
            lines.append(
                {
                    "term": metric.label,
                    "due": calendar_view.moment(due, zone) if due else _("never, the hours do not open"),
                    "warned": calendar_view.moment(warned, zone) if warned else "",
                }
            )
    except (ValueError, OverflowError):
        return {"at": "", "lines": []}
    return {"at": raw, "asked": calendar_view.moment(asked, zone), "lines": lines}
