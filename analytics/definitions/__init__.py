"""What each figure means: one object per KPI, the only place where pages, CSV and API take it from.

Words are English source texts; whoever shows them passes them through gettext. A change of meaning raises `version`.
"""

from analytics.definitions import quality, times, work
from analytics.definitions.kinds import (
    DEFLECTION_HOURS,
    FCR_WINDOW_DAYS,
    MISSED_AFTER_HOURS,
    NPS_WINDOW_DAYS,
    REOPEN_WINDOW_HOURS,
    REPEAT_WINDOW_DAYS,
    TOO_FEW,
    WITHOUT_AGENT,
    Better,
    Kpi,
    Statistic,
    Target,
    Unit,
)

__all__ = [
    "DEFLECTION_HOURS",
    "FCR_WINDOW_DAYS",
    "HEADLINES",
    "KPIS",
    "MISSED_AFTER_HOURS",
    "MOST_HEADLINES",
    "NPS_WINDOW_DAYS",
    "REOPEN_WINDOW_HOURS",
    "REPEAT_WINDOW_DAYS",
    "TOO_FEW",
    "WITHOUT_AGENT",
    "Better",
    "Kpi",
    "Statistic",
    "Target",
    "Unit",
]

HEADLINES = (
    "first_response_time",
    "resolution_time",
    "csat",
    "nps",
    "first_contact_resolution",
    "volume",
    "utilisation",
    "backlog",
    "sla_compliance",
)
MOST_HEADLINES = 10
KPIS: dict[str, Kpi] = {kpi.id: kpi for kpi in (*times.KPIS, *quality.KPIS, *work.KPIS)}
