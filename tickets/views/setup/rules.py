"""Where new tickets go: the rules in their order, one rule with its form, and a panel to try them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from agents.models import Membership
from agents.permissions import may_configure
from helpdesk import clock
from tickets import routing_trial
from tickets.actions import rules as actions
from tickets.errors import Refused, StaleEdit
from tickets.models import Inbox, RoutingRule
from tickets.views.base import agents_only
from tickets.views.setup.base import AgentRequest, SetupCard, done
from tickets.views.setup.rules_form import LANGUAGES, RuleForm, choices, data_of, languages

VIEW = Callable[..., HttpResponse]
MAX_SAMPLE = 4096


def card() -> SetupCard:
    """Return the overview's card."""
    count = RoutingRule.objects.kept().filter(is_active=True).count()
    state = ngettext("%(count)d rule in force", "%(count)d rules in force", count) % {"count": count}
    return SetupCard(
        url=reverse("setup:rules"),
        icon="route",
        title=_("Routing rules"),
        text=_("Which team gets a new ticket, how urgent it is and which tags it has, by the words of the message."),
        state=state if count else _("No rules: every ticket goes to the team of its inbox"),
        tone="ok" if count else "",
    )


def rule_writers_only(view: VIEW) -> VIEW:
    """Send strangers to the log-in page and answer 403 to those who neither configure nor lead a team."""

    @wraps(view)
    def guarded(request: AgentRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not may_configure(user) and not Membership.objects.filter(user=user, is_lead=True).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agents_only(guarded)


def _own_rule(request: AgentRequest, pk: int, *, deleted: bool = False) -> RoutingRule:
    """Return a rule this person may change; 404 for any other."""
    rules = RoutingRule.objects.editable_by(request.user)
    return get_object_or_404(rules if deleted else rules.kept(), pk=pk)


# -- Pages -------------------------------------------------------------------------------------------


@rule_writers_only
def index(request: AgentRequest) -> HttpResponse:
    """List the rules in their order, and try them on a message."""
    return _list_page(request)


@rule_writers_only
def new(request: AgentRequest) -> HttpResponse:
    """Write a new rule."""
    return _edit(request, None)


@rule_writers_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    return _edit(request, _own_rule(request, pk))


def _list_page(request: AgentRequest, *, status: int = 200, refusal: Refused | None = None) -> HttpResponse:
    rules = routing_trial.kept_rules()
    trial = _trial(request, rules, None, request.POST)
    if request.htmx and request.POST.get("do") == "try":
        return render(request, "setup/rules/_trial.html", {"trial": trial})
    own = set(RoutingRule.objects.editable_by(request.user).values_list("pk", flat=True))
    counts = routing_trial.counts_lately(clock.now())
    may_order = may_configure(request.user)
    lines = [
        {
            "rule": rule,
            "count": counts.get(rule.pk, 0),
            "editable": rule.pk in own,
            "up": rules[n - 1].pk if n else None,
            "down": (rules[n + 2].pk if n + 2 < len(rules) else "") if n + 1 < len(rules) else None,
        }
        for n, rule in enumerate(rules)
    ]
    context = {
        "lines": lines,
        "may_order": may_order,
        "trial": trial,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
    }
    return render(request, "setup/rules/index.html", context, status=status)


def _edit(request: AgentRequest, rule: RoutingRule | None) -> HttpResponse:
    if request.method != "POST":
        return _edit_page(request, rule, data_of(rule, _only_team(request)))
    form = RuleForm(request.POST)
    if request.POST.get("do") == "try":
        return _edit_page(request, rule, request.POST)
    if not form.is_valid():
        return _edit_page(request, rule, request.POST, form=form, status=422)
    try:
        if rule is None:
            rule = actions.create_rule(actor=request.user, draft=form.draft())
        else:
            version = form.cleaned_data["version"]
            actions.change_rule(actor=request.user, rule_id=rule.pk, version=version, draft=form.draft())
    except Refused as refusal:
        return _edit_page(request, rule, request.POST, form=form, refusal=refusal, status=409)
    return done(request, _("Rule saved"), reverse("setup:rules"))


def _only_team(request: AgentRequest) -> Any:
    """Return the team a lead's new rule sends to; administrators choose."""
    if may_configure(request.user):
        return None
    lead = Membership.objects.select_related("team").filter(user=request.user, is_lead=True).first()
    return lead.team if lead else None


def _edit_page(
    request: AgentRequest,
    rule: RoutingRule | None,
    data: QueryDict,
    *,
    form: RuleForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    draft = RuleForm(data)
    draft.is_valid()
    trial = _trial(request, routing_trial.kept_rules(), draft, data, rule)
    if request.htmx and data.get("do") == "try":
        return render(request, "setup/rules/_trial.html", {"trial": trial})
    context = {
        "rule": rule,
        "data": data,
        "tag_ids": data.getlist("tags"),
        "errors": {name: errors[0] for name, errors in form.errors.items()} if form else {},
        "is_checked": form is not None and status == 422,
        "refusal": refusal,
        "is_stale": isinstance(refusal, StaleEdit),
        "trial": trial,
        **choices(request.user),
    }
    return render(request, "setup/rules/edit.html", context, status=status)


def _trial(
    request: AgentRequest,
    rules: list[RoutingRule],
    form: RuleForm | None,
    data: QueryDict,
    rule: RoutingRule | None = None,
) -> dict[str, Any]:
    """Return what the panel shows: the sample's fate, and what the last real messages say."""
    draft = form.unsaved(rule) if form else None
    asked = data.get("do") == "try"
    sample = data.get("sample", "")[:MAX_SAMPLE]
    inboxes = list(Inbox.objects.select_related("team"))
    inbox = next((one for one in inboxes if str(one.pk) == data.get("try_inbox")), inboxes[0] if inboxes else None)
    language = data.get("try_language", "")
    language = language if language in LANGUAGES else ""
    ordered = routing_trial.with_draft(rules, draft)
    verdict = None
    if sample.strip() and inbox:
        situation = routing_trial.situation_of(sample, inbox, language, clock.now())
        verdict = routing_trial.judge(ordered, situation)
    winner = verdict.match.rule if verdict and verdict.match else None
    return {
        "sample": sample,
        "inboxes": [{"value": str(one.pk), "text": one.name} for one in inboxes],
        "inbox": str(inbox.pk) if inbox else "",
        "languages": languages(),
        "language": language,
        "verdict": verdict,
        "winner": winner,
        "winner_is_draft": winner is not None and winner is draft,
        "team": winner.team if winner and winner.team else inbox.team if inbox else None,
        "tags": _tag_names(winner, form if winner is draft else None),
        "incomplete": form is not None and draft is None,
        "editing": form is not None,
        "past": routing_trial.look_back(request.user, rules, draft) if asked and data.get("look_back") else None,
        "looks_back": bool(data.get("look_back")),
    }


def _tag_names(winner: RoutingRule | None, form: RuleForm | None) -> list[str]:
    if winner is None or not winner.has_tags:
        return []
    if form is not None:
        return [tag.name for tag in form.cleaned_data["tags"]]
    return list(winner.tags.values_list("name", flat=True))


# -- What is done to a rule --------------------------------------------------------------------------


@rule_writers_only
@require_POST
def position(request: AgentRequest, pk: int) -> HttpResponse:
    """Place a rule before another one; last when none is named."""
    rule = _own_rule(request, pk)
    before = request.POST.get("before", "")
    try:
        actions.move_rule(
            actor=request.user, rule_id=pk, before_id=int(before) if before.isdecimal() and len(before) < 19 else None
        )
    except Refused as refusal:
        return _list_page(request, status=409, refusal=refusal)
    return done(request, _("“%(name)s” moved") % {"name": rule.name}, reverse("setup:rules"))


@rule_writers_only
@require_POST
def activity(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a rule in force or out of it."""
    rule = _own_rule(request, pk)
    active = request.POST.get("active") == "on"
    try:
        actions.switch_rule(actor=request.user, rule_id=pk, active=active)
    except Refused as refusal:
        return _list_page(request, status=409, refusal=refusal)
    text = _("“%(name)s” is on") if active else _("“%(name)s” is off")
    return done(request, text % {"name": rule.name}, reverse("setup:rules"))


@rule_writers_only
@require_POST
def removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Delete a rule; the toast takes it back."""
    rule = _own_rule(request, pk)
    try:
        place = actions.delete_rule(actor=request.user, rule_id=pk)
    except Refused as refusal:
        return _list_page(request, status=409, refusal=refusal)
    undo_url = reverse("setup:rules_restoration", args=[pk]) + f"?place={place}"
    messages.success(request, _("“%(name)s” is deleted") % {"name": rule.name}, extra_tags=undo_url)
    return _see_list(request)


@rule_writers_only
@require_POST
def restoration(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a deletion back."""
    rule = _own_rule(request, pk, deleted=True)
    raw = request.GET.get("place", "")
    try:
        actions.restore_rule(actor=request.user, rule_id=pk, place=int(raw) if raw.isdecimal() and len(raw) < 6 else 1)
    except Refused as refusal:
        return _list_page(request, status=409, refusal=refusal)
    return done(request, _("“%(name)s” is back") % {"name": rule.name}, reverse("setup:rules"))


def _see_list(request: AgentRequest) -> HttpResponse:
    url = reverse("setup:rules")
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)
