"""The report pages behind the front page: some figures each, their course, their parts, and the tickets behind them."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agents.models import Team, User
from analytics import charts
from analytics.definitions import KPIS, Kpi, Unit
from analytics.queries import Reader
from analytics.results import Point, Result
from analytics.views import ratings, words
from analytics.views.base import ReportRequest, frame, report
from analytics.views.export import Cell, csv_response
from tickets.models import Inbox, Tag

MOST_DOTS = 92
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """One report page: what it is called and which figures it shows; the first is the one that is broken down."""

    slug: str
    title: StrOrPromise
    kpis: tuple[str, ...]
    dimensions: tuple[str, ...] = ("team", "agent", "inbox", "tag")


PAGES = {
    page.slug: page
    for page in (
        Page(
            "response-times",
            gettext_lazy("Response times"),
            ("first_response_time", "next_response_time", "assignment_to_reply_time", "acknowledgement_time"),
        ),
        Page(
            "resolution",
            gettext_lazy("Resolution & first contact"),
            (
                "resolution_time",
                "first_contact_resolution",
                "reopen_rate",
                "repeat_contact_rate",
                "first_resolution_time",
                "work_time",
            ),
        ),
        Page("sla", gettext_lazy("SLA compliance"), ("sla_compliance", "missed_chats")),
        Page("surveys", gettext_lazy("Surveys"), ("csat", "nps", "csat_mean", "survey_response_rate")),
        Page(
            "agents",
            gettext_lazy("Agents"),
            ("productivity", "utilisation", "handling_time", "concurrency", "first_response_time", "resolution_time"),
            ("agent", "team"),
        ),
        Page(
            "volume",
            gettext_lazy("Volume"),
            ("volume", "message_volume", "returning_contact_rate", "retention_rate"),
            ("inbox", "channel", "team", "tag"),
        ),
        Page("backlog", gettext_lazy("Backlog"), ("backlog",), ("team", "inbox", "tag")),
    )
}
DIMENSIONS = {
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "inbox": gettext_lazy("Number"),
    "channel": gettext_lazy("Channel"),
    "tag": gettext_lazy("Tag"),
}


def _page(slug: str) -> Page:
    if slug not in PAGES:
        raise Http404
    return PAGES[slug]


def _figures(page: Page) -> list[Kpi]:
    return [KPIS[kpi] for kpi in page.kpis if KPIS[kpi].available]


def _dimension(request: ReportRequest, page: Page, kpi: Kpi) -> str:
    usable = [one for one in page.dimensions if one in kpi.dimensions]
    wanted = request.GET.get("by", "")
    return wanted if wanted in usable else (usable[0] if usable else "")


@report
def page(request: ReportRequest, slug: str) -> HttpResponse:
    """Show one report page."""
    shown, asked = _page(slug), request.asked
    reader = Reader(request.user, asked.filters)
    figures = _figures(shown)
    wanted = request.GET.get("kpi", "")
    chosen = next((kpi for kpi in figures if kpi.id == wanted), figures[0] if figures else None)
    results = reader.kpis([kpi.id for kpi in figures], asked.period)
    series = {kpi.id: reader.series(kpi.id, asked.period) for kpi in figures}
    context: dict[str, Any] = {
        "page": shown,
        "tiles": [words.tile(results[kpi.id], series[kpi.id]) for kpi in figures],
        "chosen": chosen,
        "as_of": reader.as_of,
        "csv_query": asked.query,
    }
    if chosen is not None:
        by = _dimension(request, shown, chosen)
        context |= {
            "chosen_label": _(chosen.label),
            "course": course(chosen, series[chosen.id], results[chosen.id]),
            "by": by,
            "by_label": DIMENSIONS.get(by, ""),
            "dimensions": [
                {"text": DIMENSIONS[one], "url": _link(asked.query, kpi=chosen.id, by=one), "checked": one == by}
                for one in shown.dimensions
                if one in chosen.dimensions
            ],
            "parts": parts(reader.breakdown(chosen.id, by, asked.period), chosen, by) if by else [],
        }
    if shown.slug == "surveys":
        context |= ratings.given(reader, asked)
    return frame(request, "page", **context)


def _link(query: str, **more: str) -> str:
    extra = "&".join(f"{name}={value}" for name, value in more.items())
    return f"?{query}&{extra}" if query else f"?{extra}"


def course(kpi: Kpi, points: list[Point], result: Result) -> dict[str, Any] | None:
    """Return the line of a figure day by day; None when no day has a value."""
    if not any(point.value is not None for point in points):
        return None
    factor = 100 if kpi.unit is Unit.SHARE else 1
    values = [None if point.value is None else point.value * factor for point in points]
    labels = [formats.date_format(point.day, words.day_format()) for point in points]
    goal = result.target
    line = (goal.low if goal.low is not None else goal.high) if goal else None

    def write(value: float) -> str:
        return words.write(kpi.unit, value / factor)

    axis = charts.Axis(write, zero=kpi.unit is not Unit.SHARE, limit=100 if kpi.unit is Unit.SHARE else None)
    drawn = charts.lines(
        [charts.Series(_(kpi.label), values)],
        labels,
        axis,
        target=None if line is None else line * factor,
        width=1000,
        height=240,
        filled=True,
        dotted=len(points) <= MOST_DOTS,
    )
    rows = [
        [label, {"text": words.write(kpi.unit, point.value), "number": True}, {"text": point.n, "number": True}]
        for label, point in zip(labels, points, strict=True)
    ]
    return {"chart": drawn, "target": words.target_text(kpi, goal), "rows": rows}


def names_of(dimension: str) -> dict[str, str]:
    """Return the names of the keys of a dimension. One query at most."""
    match dimension:
        case "team":
            return {str(key): name for key, name in Team.objects.values_list("pk", "name")}
        case "agent":
            return {str(user.pk): user.name for user in User.objects.all()}
        case "inbox":
            return {str(key): name for key, name in Inbox.objects.values_list("pk", "name")}
        case "tag":
            return {str(key): name for key, name in Tag.objects.values_list("pk", "name")}
    return {}


def parts(found: dict[str, Result], kpi: Kpi, dimension: str) -> list[dict[str, Any]]:
    """Return a row for each key, those with most observations first."""
    names = names_of(dimension)
    rows = [
        {
            "name": names.get(key, key) if key else _("None"),
            "value": "–" if result.too_few else words.write(kpi.unit, result.value),
            "few": result.too_few,
            "n": words.number(result.n),
            "count": result.n,
            "slow": words.write(Unit.SECONDS, result.p90) if result.p90 is not None else "",
            "change": None if result.too_few else words.change(kpi, result),
        }
        for key, result in found.items()
        if result.n or result.value is not None
    ]
    return sorted(rows, key=lambda row: (-int(row["count"]), str(row["name"])))


@report
def export(request: ReportRequest, slug: str) -> HttpResponse:
    """Give the figures of a page as CSV: each in whole and by every dimension it has."""
    shown, asked = _page(slug), request.asked
    reader = Reader(request.user, asked.filters)
    head = ("kpi", "definition_version", "from", "to", "by", "key", "name", "value", "n", "median", "p90", "mean")
    rows: list[tuple[Cell, ...]] = []

    def add(kpi: Kpi, by: str, key: str, name: str, result: Result) -> None:
        named = (kpi.id, kpi.version, asked.period.first.isoformat(), asked.period.last.isoformat(), by, key, name)
        rows.append((*named, result.value, result.n, result.median, result.p90, result.mean))

    for kpi in _figures(shown):
        add(kpi, "all", "", "", reader.kpi(kpi.id, asked.period))
        for by in shown.dimensions:
            if by not in kpi.dimensions:
                continue
            names = names_of(by)
            for key, result in reader.breakdown(kpi.id, by, asked.period).items():
                add(kpi, by, key, names.get(key, key), result)
    return csv_response(f"{slug}-{asked.period.first}-{asked.period.last}", head, rows)


@report
def tickets(request: ReportRequest, kpi_id: str) -> HttpResponse:
    """List the tickets that a figure counts, as far as the reader may open them."""
    if kpi_id not in KPIS or not KPIS[kpi_id].available:
        raise Http404
    reader = Reader(request.user, request.asked.filters)
    try:
        behind = reader.tickets_behind(kpi_id, request.asked.period)
    except (KeyError, StopIteration):
        raise Http404 from None
    found = behind.select_related("conversation__contact", "team", "assignee").order_by("-pk")
    paginator = Paginator(found, PAGE_SIZE)
    return frame(
        request,
        "tickets",
        label=_(KPIS[kpi_id].label),
        formula=_(KPIS[kpi_id].formula),
        found=paginator.get_page(request.GET.get("page")),
        query=request.asked.query,
    )
