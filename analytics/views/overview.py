"""The front page of the reports: the nine figures, and what stands behind them."""

from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from analytics import charts
from analytics.actions import presentation
from analytics.definitions import KPIS, Unit
from analytics.queries import Reader, overview
from analytics.results import Overview, Result
from analytics.views import present, words
from analytics.views.base import ReportRequest, frame, report
from analytics.views.heat import heat
from tickets.models import Inbox, Tag

MINUTE = 60
AGENT_COLUMNS = ("first_response_time", "resolution_time", "handling_time", "csat", "first_contact_resolution")
# Where the columns of the first answers end, in seconds.
EDGES = (60, 120, 180, 300, 600, 900, 1800, 3600)


@report
def front(request: ReportRequest) -> HttpResponse:
    """Show the nine figures of the front page."""
    shown = presentation.current()
    reader = Reader(request.user, request.asked.filters)
    found = overview(request.user, request.asked.period, request.asked.filters, shown.headlines)
    return frame(
        request,
        "overview",
        tiles=[words.tile(found.results[kpi], found.series[kpi]) for kpi in shown.headlines],
        answers=answers(found.results["first_response_time"]),
        promises=promises(found),
        heat=heat(found.heatmap),
        scores=scores(found),
        agents=agents(found, ranked=shown.ranks_agents),
        inboxes=ranked(found.inboxes, dict(Inbox.objects.values_list("pk", "name"))),
        tags=ranked(found.tags, dict(Tag.objects.values_list("pk", "name"))),
        ages=present.age_columns(found.ages),
        waits=present.waits(reader),
        as_of=found.as_of,
        is_empty=not found.results["volume"].n and not found.results["backlog"].n,
    )


def answers(result: Result) -> dict[str, Any] | None:
    """Return the columns of how fast the first answers came, late ones marked; None without answers."""
    if not result.n:
        return None
    counts = result.histogram(EDGES)
    target = result.target.high if result.target else None
    names = [_("< %(to)d") % {"to": EDGES[0] // MINUTE}]
    names += [f"{low // MINUTE}–{high // MINUTE}" for low, high in pairwise(EDGES)]
    names.append(f"{EDGES[-1] // MINUTE}+")
    late_from = next((number + 1 for number, edge in enumerate(EDGES) if target is not None and edge >= target), None)
    bars = [
        charts.Bar(
            text=name,
            value=count,
            tone="attention" if late_from is not None and number >= late_from else "measure",
            said=ngettext("%(name)s minutes: %(count)d ticket", "%(name)s minutes: %(count)d tickets", count)
            % {"name": name, "count": count},
        )
        for number, (name, count) in enumerate(zip(names, counts, strict=True))
    ]
    late = sum(counts[late_from:]) if late_from is not None else 0
    return {
        "chart": charts.columns(bars, target_after=late_from, write=words.number),
        "target": words.target_text(KPIS[result.kpi], result.target),
        "late": words.write(Unit.SHARE, late / result.n),
        "intime": words.write(Unit.SHARE, 1 - late / result.n),
        "count": result.n,
        "rows": [[bar.text, {"text": words.number(bar.value), "number": True}] for bar in bars],
    }


def promises(found: Overview) -> dict[str, Any] | None:
    """Return the lines of kept promises by week and clock; None when no clock was due."""
    names = {
        "sla_compliance.first_response": (_("First response"), "c1"),
        "sla_compliance.next_response": (_("Next response"), "c2"),
        "sla_compliance.resolution": (_("Resolution"), "c3"),
    }
    shown = [(names[key], points) for key, points in found.sla.items() if any(point.n for point in points)]
    if not shown:
        return None
    by_week = len(found.period) > 14
    series = [
        charts.Series(text, _percent(words.weekly(points) if by_week else [point.value for point in points]), tone)
        for (text, tone), points in shown
    ]
    days = [week[0].day for week in words.weeks(shown[0][1])] if by_week else [point.day for point in shown[0][1]]
    labels = [formats.date_format(day, words.day_format()) for day in days]
    target = found.results["sla_compliance"].target
    goal = target.low * 100 if target and target.low is not None else None
    axis = charts.Axis(lambda value: words.brief(Unit.SHARE, value / 100), limit=100)
    return {
        "chart": charts.lines(series, labels, axis, target=goal),
        "key": [{"text": one.text, "tone": one.tone} for one in series],
        "target": words.target_text(KPIS["sla_compliance"], target),
        "by_week": by_week,
        "columns": [{"text": _("From")}, *({"text": one.text, "number": True} for one in series)],
        "rows": [
            [label, *({"text": _share(one.values[number]), "number": True} for one in series)]
            for number, label in enumerate(labels)
        ],
    }


def _percent(values: list[float | None]) -> list[float | None]:
    return [None if value is None else round(value * 100, 1) for value in values]


def _share(value: float | None) -> str:
    return words.write(Unit.SHARE, None if value is None else value / 100)


def scores(found: Overview) -> dict[str, Any] | None:
    """Return the two half rings of satisfaction; None as long as nobody answered."""
    rings = []
    for kpi_id, low, high in (("csat", 0.0, 1.0), ("nps", -100.0, 100.0)):
        result = found.results[kpi_id]
        if result.value is None or result.too_few:
            continue
        goal = result.target.low if result.target else None
        text = words.write(KPIS[kpi_id].unit, result.value)
        rings.append(
            {
                "chart": charts.gauge(result.value, low, high, goal),
                "text": text,
                "caption": _(KPIS[kpi_id].label),
                "label": f"{_(KPIS[kpi_id].label)} {text}, {words.target_text(KPIS[kpi_id], result.target)}",
                "detail": words.detail(KPIS[kpi_id], result),
            }
        )
    return {"rings": rings} if rings else None


def agents(found: Overview, *, ranked: bool) -> list[dict[str, Any]]:
    """Return a row for each agent by name, or those with most tickets first where agents are ranked."""
    people = {str(user.pk): user for user in User.objects.filter(pk__in=[int(key) for key in found.agents if key])}
    rows = []
    for key, results in found.agents.items():
        if key not in people:
            continue
        if not any(results[kpi].n for kpi in AGENT_COLUMNS if kpi in results):
            continue  # somebody who was only here
        resolved = results.get("resolution_time")
        rows.append(
            {
                "name": people[key].name,
                "resolved": resolved.n if resolved else 0,
                "figures": [words.shown(KPIS[kpi], results.get(kpi)) for kpi in AGENT_COLUMNS],
            }
        )
    if ranked:
        return sorted(rows, key=lambda row: (-int(row["resolved"]), row["name"]))
    return sorted(rows, key=lambda row: str(row["name"]))


def ranked(found: dict[str, Result], names: dict[int, str], limit: int = 6) -> list[dict[str, Any]]:
    """Return the largest parts with their share of the whole and their change."""
    known = [(names[int(key)], result) for key, result in found.items() if key and int(key) in names and result.n]
    known.sort(key=lambda pair: (-pair[1].n, pair[0]))
    whole = sum(result.n for _name, result in known)
    return [
        {
            "name": name,
            "count": words.number(result.n),
            "share": round(result.n / whole * 100, 1),
            "percent": words.write(Unit.SHARE, result.n / whole),
            "change": words.change(KPIS[result.kpi], result),
        }
        for name, result in known[:limit]
    ]
