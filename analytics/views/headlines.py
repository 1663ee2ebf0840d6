"""What the front page shows, and whether agents are ranked."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from analytics.actions import presentation as actions
from analytics.definitions import HEADLINES, KPIS, MOST_HEADLINES
from analytics.views.base import ReportRequest, decision, frame
from tickets.errors import Refused, StaleEdit


def _version(request: ReportRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isdecimal() and len(raw) < 9 else -1


@decision
@require_http_methods(["GET", "POST"])
def headlines(request: ReportRequest) -> HttpResponse:
    """Choose the figures of the front page."""
    if request.method != "POST":
        return _page(request, actions.current().headlines)
    if request.POST.get("do") == "reset":
        chosen = list(HEADLINES)
    else:
        wanted = request.POST.getlist("figure")
        # Those that were shown already keep their order; new ones follow.
        before = [kpi for kpi in actions.current().headlines if kpi in wanted]
        chosen = [*before, *(kpi for kpi in wanted if kpi not in before)]
    try:
        actions.choose_headlines(actor=request.user, version=_version(request), headlines=chosen)
    except Refused as refusal:
        return _page(request, chosen, trouble=refusal.text, status=409 if isinstance(refusal, StaleEdit) else 422)
    messages.success(request, _("The front page is changed"))
    return HttpResponseRedirect(reverse("reports:headlines"))


def _page(request: ReportRequest, chosen: list[str], *, trouble: str = "", status: int = 200) -> HttpResponse:
    row = actions.current()
    return frame(
        request,
        "headlines",
        status=status,
        figures=[
            {"id": kpi.id, "text": _(kpi.label), "formula": _(kpi.formula), "checked": kpi.id in chosen}
            for kpi in KPIS.values()
            if kpi.available
        ],
        row=row,
        version=request.POST.get("version", row.version),
        most=MOST_HEADLINES,
        count=len(chosen),
        trouble=trouble,
    )


@decision
@require_POST
def ranking(request: ReportRequest) -> HttpResponse:
    """Rank agents against each other, or no longer."""
    on = request.POST.get("on") == "1"
    try:
        actions.rank_agents(actor=request.user, version=_version(request), on=on)
    except Refused as refusal:
        return _page(request, actions.current().headlines, trouble=refusal.text, status=409)
    messages.success(request, _("Agents are ranked from now on") if on else _("Agents are no longer ranked"))
    return HttpResponseRedirect(reverse("reports:headlines"))
