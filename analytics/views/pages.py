"""The report pages behind the front page: some figures each, their course, their parts, and the tickets behind them."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from analytics.definitions import KPIS, Kpi, Unit
from analytics.queries import Reader
from analytics.results import Result
from analytics.views import dimensions, present, ratings, words
from analytics.views.base import ReportRequest, frame, report
from analytics.views.course import course
from analytics.views.export import Cell, csv_response
from analytics.views.heat import heat
from analytics.views.ranking import ranked

PAGE_SIZE = 50
HEAD = (
    *("kpi", "definition_version", "from", "to", "by", "key", "name"),
    *("value", "n", "median", "p90", "mean", "previous", "trend", "target_low", "target_high", "status"),
)


@dataclass(frozen=True)
class Page:
    """One report page: what it is called and which figures it shows; the first is the one that is broken down."""

    slug: str
    title: StrOrPromise
    kpis: tuple[str, ...]
    first: str = "team"  # what it is broken down by unless asked otherwise


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
                "deflection_rate",
            ),
        ),
        Page("sla", gettext_lazy("SLA compliance"), ("sla_compliance", "missed_chats")),
        Page("surveys", gettext_lazy("Surveys"), ("csat", "nps", "csat_mean", "survey_response_rate")),
        Page(
            "agents",
            gettext_lazy("Agents"),
            ("productivity", "utilisation", "handling_time", "concurrency", "first_response_time", "resolution_time"),
            "agent",
        ),
        Page(
            "volume",
            gettext_lazy("Volume"),
            ("volume", "message_volume", "returning_contact_rate", "retention_rate"),
            "inbox",
        ),
        Page("backlog", gettext_lazy("Backlog"), ("backlog",)),
    )
}


def _page(slug: str) -> Page:
    if slug not in PAGES:
        raise Http404
    return PAGES[slug]


def _figures(page: Page) -> list[Kpi]:
    return [KPIS[kpi] for kpi in page.kpis if KPIS[kpi].available]


def _dimension(request: ReportRequest, page: Page, kpi: Kpi) -> str:
    usable = dimensions.of(kpi, page.first)
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
        "missing": [(_(KPIS[kpi].label), _(KPIS[kpi].formula)) for kpi in shown.kpis if not KPIS[kpi].available],
        "as_of": reader.as_of,
        "csv_query": asked.query,
    }
    if chosen is not None:
        by = _dimension(request, shown, chosen)
        before = reader.series(chosen.id, asked.period.previous)
        context |= {
            "chosen_label": _(chosen.label),
            "course": course(chosen, series[chosen.id], before, results[chosen.id]),
            "in_seconds": chosen.unit is Unit.SECONDS,
            "by": by,
            "by_label": dimensions.label(by),
            "dimensions": [
                {
                    "text": dimensions.label(one),
                    "url": _link(asked.query, kpi=chosen.id, by=one),
                    "checked": one == by,
                }
                for one in dimensions.of(chosen, shown.first)
            ],
            "parts": parts(reader.breakdown(chosen.id, by, asked.period), chosen, by) if by else [],
        }
    if shown.slug == "surveys":
        context |= ratings.given(reader, asked)
    if shown.slug == "response-times":
        context["waits"] = present.waits(reader)
    if shown.slug == "backlog":
        context |= {"ages": present.age_columns(reader.ages()), "waits": present.waits(reader)}
    if shown.slug == "volume":
        context |= {"heat": heat(reader.heatmap(asked.period)), "busiest": present.busiest(reader.peaks(asked.period))}
    if shown.slug == "agents":
        context["ranking"] = ranked(reader, asked.period)
    return frame(request, "page", **context)


def _link(query: str, **more: str) -> str:
    extra = "&".join(f"{name}={value}" for name, value in more.items())
    return f"?{query}&{extra}" if query else f"?{extra}"


def parts(found: dict[str, Result], kpi: Kpi, dimension: str) -> list[dict[str, Any]]:
    """Return a row for each key, those with most observations first."""
    names = dimensions.names(dimension)
    rows = [
        {
            "name": names.get(key, key) if key else _("None"),
            "value": "–" if result.too_few else words.write(kpi.unit, result.value),
            "few": result.too_few,
            "n": words.duration(result.n) if kpi.anchor == "presence" else words.number(result.n),
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
    rows: list[tuple[Cell, ...]] = []

    def add(kpi: Kpi, by: str, key: str, name: str, result: Result) -> None:
        named = (kpi.id, kpi.version, asked.period.first.isoformat(), asked.period.last.isoformat(), by, key, name)
        low, high = (result.target.low, result.target.high) if result.target else (None, None)
        measured = (result.value, result.n, result.median, result.p90, result.mean, result.previous, result.trend)
        rows.append((*named, *measured, low, high, result.status))

    for kpi in _figures(shown):
        add(kpi, "all", "", "", reader.kpi(kpi.id, asked.period))
        for by in dimensions.of(kpi):
            names = dimensions.names(by)
            for key, result in reader.breakdown(kpi.id, by, asked.period).items():
                add(kpi, by, key, names.get(key, key), result)
    return csv_response(f"{slug}-{asked.period.first}-{asked.period.last}", HEAD, rows)


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
