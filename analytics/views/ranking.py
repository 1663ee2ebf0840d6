"""Agents in an order, where the workspace switched that on."""

from typing import Any

from django.utils.translation import gettext as _

from analytics.actions import presentation
from analytics.definitions import KPIS, Unit
from analytics.periods import Period
from analytics.queries import Reader
from analytics.queries.ranking import ranking
from analytics.views import dimensions, words

COLUMNS = ("csat", "first_response_time", "handling_time", "first_contact_resolution")


def ranked(reader: Reader, period: Period) -> list[dict[str, Any]] | None:
    """Return the agents with enough tickets, best first; None where agents are not ranked."""
    if not presentation.current().ranks_agents:
        return None
    names = dimensions.names("agent")
    return [
        {
            "place": words.number(one.place) if one.place else "–",
            "name": names.get(one.agent, _("None")),
            "bound": words.write(Unit.SHARE, one.bound),
            "resolved": words.number(one.results["resolution_time"].n),
            "figures": [words.shown(KPIS[kpi], one.results.get(kpi)) for kpi in COLUMNS],
        }
        for one in ranking(reader, period)
    ]
