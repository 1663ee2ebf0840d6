"""All that the front page of the reports shows, in few queries."""

from collections import defaultdict

from agents.models import User
from analytics.definitions import HEADLINES, KPIS, Statistic
from analytics.periods import Period
from analytics.queries.reader import Reader
from analytics.results import Overview, Result
from analytics.scope import Filters

AGENT_KPIS = (
    "first_response_time",
    "resolution_time",
    "handling_time",
    "utilisation",
    "csat",
    "first_contact_resolution",
)


def overview(viewer: User, period: Period, filters: Filters | None = None) -> Overview:
    """Return all that the front page shows. Raises PermissionDenied for who may read nothing."""
    reader = Reader(viewer, filters)
    summed = [kpi for kpi in HEADLINES if KPIS[kpi].statistic is not Statistic.BALANCE]
    sla = [f"sla_compliance.{metric}" for metric in ("first_response", "next_response", "resolution")]
    rows = reader._read([*summed, *sla], period.previous.first, period.last, "all")
    results, series = {}, {}
    for kpi_id in HEADLINES:
        kpi = KPIS[kpi_id]
        if kpi_id in summed:
            mine = [row for row in rows if row.measure == kpi_id]
            results[kpi_id] = reader._summed(kpi, period, mine).get("", reader._empty(kpi, period))
            series[kpi_id] = reader._points(kpi, period, mine)
        else:
            results[kpi_id] = reader._balance_results(kpi, period, "all")[""]
            series[kpi_id] = reader._balances(period)
    by_agent = reader._results(AGENT_KPIS, period, "agent")
    agents: dict[str, dict[str, Result]] = defaultdict(dict)
    for kpi_id, found in by_agent.items():
        for key, result in found.items():
            agents[key][kpi_id] = result
    promise = KPIS["sla_compliance"]
    return Overview(
        period=period,
        results=results,
        series=series,
        heatmap=reader.heatmap(period),
        ages=reader.ages(),
        agents=dict(agents),
        channels=reader.breakdown("volume", "channel", period),
        inboxes=reader.breakdown("volume", "inbox", period),
        tags=reader.breakdown("volume", "tag", period),
        sla={name: reader._points(promise, period, [row for row in rows if row.measure == name]) for name in sla},
        as_of=reader.as_of,
    )
