"""Where each figure should be: the list, and the page that changes one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from analytics import targets as holding
from analytics.actions import targets as actions
from analytics.definitions import KPIS, Better, Kpi, Target, Unit
from analytics.models import KpiTarget
from analytics.queries import Reader
from analytics.views import words
from analytics.views.base import ReportRequest, decision, frame
from tickets.errors import Refused, StaleEdit

SECONDS_IN = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class Unreadable(ValueError):
    """Somebody typed no number."""


@decision
@require_GET
def index(request: ReportRequest) -> HttpResponse:
    """List the figures with their targets, and where they stand."""
    own = {row.kpi: row for row in KpiTarget.objects.select_related("changed_by")}
    held = holding.current()
    kpis = [kpi for kpi in KPIS.values() if actions.takes_target(kpi)]
    results = Reader(request.user).kpis([kpi.id for kpi in kpis], request.asked.period)
    rows = [
        {
            "kpi": kpi,
            "label": _(kpi.label),
            "target": words.bounds(kpi, held.get(kpi.id)) or _("None"),
            "own": own.get(kpi.id),
            "value": words.shown(kpi, results[kpi.id]),
            "few": results[kpi.id].too_few,
            "status": "none" if results[kpi.id].too_few else results[kpi.id].status,
        }
        for kpi in kpis
    ]
    return frame(request, "targets", rows=rows)


@decision
@require_http_methods(["GET", "POST"])
def target(request: ReportRequest, kpi_id: str) -> HttpResponse:
    """Change where one figure should be."""
    kpi = KPIS.get(kpi_id)
    if kpi is None or not actions.takes_target(kpi):
        raise Http404
    if request.method != "POST":
        return _form(request, kpi)
    raw = request.POST.get("version", "")
    version = int(raw) if raw.isdecimal() and len(raw) < 9 else -1
    try:
        if request.POST.get("do") == "reset":
            actions.reset_target(actor=request.user, kpi_id=kpi.id, version=version)
        else:
            wanted = _wanted(kpi, request)
            actions.set_target(actor=request.user, kpi_id=kpi.id, version=version, target=wanted)
    except Unreadable:
        return _form(request, kpi, trouble=_("Write a number, such as 90 or 8.5; leave it empty for no target."))
    except StaleEdit as refusal:
        return _form(request, kpi, trouble=refusal.text, status=409)
    except Refused as refusal:
        return _form(request, kpi, trouble=refusal.text)
    messages.success(request, _("Target saved"))
    return HttpResponseRedirect(reverse("reports:targets"))


def _wanted(kpi: Kpi, request: ReportRequest) -> Target:
    factor = SECONDS_IN.get(request.POST.get("unit", ""), 60) if kpi.unit is Unit.SECONDS else 1.0
    if kpi.unit is Unit.SHARE:
        factor = 0.01
    low, high = (_end(request.POST.get(name, ""), factor) for name in ("low", "high"))
    return Target(low, high)


def _end(raw: str, factor: float) -> float | None:
    text = "".join(raw.split()).replace(",", ".").replace("−", "-").removesuffix("%")
    if not text:
        return None
    try:
        return round(float(text) * factor, 6)
    except ValueError:
        raise Unreadable from None


def _form(request: ReportRequest, kpi: Kpi, *, trouble: str = "", status: int = 422) -> HttpResponse:
    row = KpiTarget.objects.select_related("changed_by").filter(kpi=kpi.id).first()
    held = holding.current().get(kpi.id) or Target()
    known = [end for end in (held.low, held.high) if end is not None]
    unit = next((name for name in ("d", "h", "min") if known and not known[0] % SECONDS_IN[name]), "s")
    unit = request.POST.get("unit", unit if known else "min")
    labels = {"low": _("At least"), "high": _("At most")}
    names = {Better.LOWER: ("high",), Better.HIGHER: ("low",)}.get(kpi.better, ("low", "high"))
    ends = [
        {
            "name": name,
            "label": labels[name],
            "value": request.POST.get(name, _typed(kpi, getattr(held, name), SECONDS_IN.get(unit, 60))),
        }
        for name in names
    ]
    context: dict[str, Any] = {
        "kpi": kpi,
        "label": _(kpi.label),
        "formula": _(kpi.formula),
        "ends": ends,
        "row": row,
        "version": request.POST.get("version", row.version if row else 0),
        "standard": words.bounds(kpi, kpi.target) or _("None"),
        "is_own": row is not None and not row.is_default,
        "in_seconds": kpi.unit is Unit.SECONDS,
        "in_percent": kpi.unit is Unit.SHARE,
        "units": [
            {"value": "s", "text": _("seconds")},
            {"value": "min", "text": _("minutes")},
            {"value": "h", "text": _("hours")},
            {"value": "d", "text": _("days")},
        ],
        "unit": unit,
        "trouble": trouble,
    }
    return frame(request, "target", status=status if trouble else 200, **context)


def _typed(kpi: Kpi, value: float | None, seconds: int) -> str:
    if value is None:
        return ""
    shown = value * 100 if kpi.unit is Unit.SHARE else value / seconds if kpi.unit is Unit.SECONDS else value
    return f"{round(shown, 4):g}"
