"""Agents beside each other, where a workspace wants that: few answers cannot win."""

from dataclasses import dataclass

from analytics.periods import Period
from analytics.queries.front import of_agents
from analytics.queries.reader import Reader
from analytics.results import Result

RANKED_FROM = 20


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One agent with at least twenty resolved tickets; those with fewer than twenty ratings have no place."""

    agent: str
    place: int | None
    bound: float | None  # the lower end of the 95 % interval of CSAT, by which they are ranked
    results: dict[str, Result]


def ranking(reader: Reader, period: Period) -> list[Ranked]:
    """Return the agents with enough tickets, the best bound of satisfaction first."""
    found = []
    for agent, results in of_agents(reader, period).items():
        resolved, csat = results.get("resolution_time"), results.get("csat")
        if not agent or resolved is None or resolved.n < RANKED_FROM:
            continue
        rated = csat is not None and csat.n >= RANKED_FROM and csat.interval is not None
        found.append((csat.interval[0] if rated and csat and csat.interval else None, agent, results))
    found.sort(key=lambda one: (one[0] is None, -(one[0] or 0), one[1]))
    return [
        Ranked(agent=agent, place=place if bound is not None else None, bound=bound, results=results)
        for place, (bound, agent, results) in enumerate(found, 1)
    ]
