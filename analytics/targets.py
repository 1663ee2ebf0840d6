"""Where figures should be: as the workspace decided, else as the definitions say."""

from analytics.definitions import KPIS, Target
from analytics.models import KpiTarget


def current() -> dict[str, Target]:
    """Return the target of each figure that has one. One query; pages, CSV and the API all ask here."""
    own = {
        row.kpi: Target(row.low, row.high) if row.low is not None or row.high is not None else None
        for row in KpiTarget.objects.filter(is_default=False)
    }
    holding = {kpi.id: own.get(kpi.id, kpi.target) for kpi in KPIS.values()}
    return {kpi_id: target for kpi_id, target in holding.items() if target is not None}
