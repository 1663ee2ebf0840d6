"""All that the front page of the reports shows, in few queries."""

from collections import defaultdict
from collections.abc import Sequence

from agents.models import User
from analytics.definitions import HEADLINES, KPIS, Statistic
from analytics.periods import Period
from analytics.queries.reader import Reader
from analytics.results import Overview, Result
from analytics.scope import Filters
from analytics.sums import Row

AGENT_KPIS = (
    "first_response_time",
    "resolution_time",
    "handling_time",
    "utilisation",
    "csat",
    "first_contact_resolution",
)


def of_agents(reader: Reader, period: Period) -> dict[str, dict[str, Result]]:
    """Return what is shown of each agent, by agent and figure: values alone, without the period before."""
    agents: dict[str, dict[str, Result]] = defaultdict(dict)
    for kpi_id, found in reader._results(AGENT_KPIS, period, "agent", compared=False).items():
        for key, result in found.items():
            agents[key][kpi_id] = result
    return dict(agents)


def overview(
    viewer: User, period: Period, filters: Filters | None = None, headlines: Sequence[str] = HEADLINES
) -> Overview:
    """Return all that the front page shows. Raises PermissionDenied for who may read nothing.

    The nine default figures are always in it, because the charts below them are made from these.
    """
    reader = Reader(viewer, filters)
    wanted = list(dict.fromkeys([*headlines, *HEADLINES]))
    summed = [kpi for kpi in wanted if KPIS[kpi].statistic not in {Statistic.BALANCE, Statistic.DISTINCT}]
    sla = [f"sla_compliance.{metric}" for metric in ("first_response", "next_response", "resolution")]
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in reader._read([*summed, *sla], period.previous.first, period.last, "all"):
        rows[row.measure].append(row)
    results, series = {}, {}
    for kpi_id in wanted:
        kpi = KPIS[kpi_id]
        if kpi_id in summed:
            results[kpi_id] = reader._summed(kpi, period, rows[kpi_id]).get("", reader._empty(kpi, period))
            series[kpi_id] = reader._points(kpi, period, rows[kpi_id])
        elif kpi.statistic is Statistic.DISTINCT:
            results[kpi_id] = reader.kpi(kpi_id, period)
            series[kpi_id] = reader.series(kpi_id, period)
        else:
            steps = reader._steps(period)
            results[kpi_id] = reader._balance_results(kpi, period, "all", steps)[""]
            series[kpi_id] = reader._balances(period, steps)
    promise = KPIS["sla_compliance"]
    return Overview(
        period=period,
        results=results,
        series=series,
        heatmap=reader.heatmap(period),
        ages=reader.ages(),
        agents=of_agents(reader, period),
        inboxes=reader.breakdown("volume", "inbox", period),
        tags=reader.breakdown("volume", "tag", period),
        sla={name: reader._points(promise, period, rows[name]) for name in sla},
        as_of=reader.as_of,
    )
