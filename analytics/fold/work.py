"""How long people worked at a ticket: as their browsers told, else estimated from what they sent."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from analytics.fold.story import Story

ESTIMATE_AT_MOST = 300
AT_MOST = {"hold": 120.0, "after": 300.0}


class EffortRow(NamedTuple):
    """How long one agent worked at the ticket."""

    day: dt.date
    agent: int
    team: int | None
    seconds: int


def handling(story: Story, efforts: list[EffortRow]) -> dict[str, Any]:
    """Return the work of all agents at a resolved ticket that a person had to do with."""
    by_people = bool(story.solves) and any(e.actor is not None for one in story.all for e in one.log.events)
    return {
        "handling": sum(row.seconds for row in efforts) if by_people and story.began_at else None,
        "is_handling_estimated": by_people and not story.log.focus and story.log.kept_work is None,
    }


def efforts(story: Story) -> list[EffortRow]:
    """Return how long each agent worked at the ticket until and after it was resolved."""
    if not story.solves or story.began_at is None:
        return []
    spent = _spent(story)
    solve = story.solves[-1]
    day = story.day(solve.at)
    return [
        EffortRow(day, agent, solve.team, int(seconds)) for agent, seconds in sorted(spent.items()) if agent is not None
    ]


def _spent(story: Story) -> Mapping[int | None, float]:
    if story.log.kept_work is not None:
        return {agent: float(seconds) for agent, seconds in story.log.kept_work.items()}
    return _observed(story) if story.log.focus else _estimated(story)


def _estimated(story: Story) -> dict[int | None, float]:
    """Without a browser's word: for each reply the time since the contact's word or an agent's act before it."""
    spent: dict[int | None, float] = defaultdict(float)
    for one in story.all:
        if not one.replies:
            continue
        before = [(message.seq, at) for at, message in one.inbound]
        before += [(event.seq, event.occurred_at) for event in one.log.events if event.actor is not None]
        before.sort()
        latest, passed = before[0][1], 0
        for message in sorted((reply.message for reply in one.replies), key=attrgetter("seq")):
            while passed < len(before) and before[passed][0] < message.seq:
                latest, passed = max(latest, before[passed][1]), passed + 1
            spent[message.author] += min(story.wall(latest, message.occurred_at), ESTIMATE_AT_MOST)
    return spent


def _observed(story: Story) -> dict[int | None, float]:
    """Talking counts in full, waiting for the contact up to two minutes, what follows a resolve up to five."""
    turns = [(at, "talk") for one in story.all for at, _m in one.inbound]
    turns += [(reply.message.occurred_at, "hold") for one in story.all for reply in one.replies]
    turns += [(solve.at, "after") for one in story.all for solve in one.solves]
    turns.sort()
    spent: dict[int | None, float] = defaultdict(float)
    for place, (begin, phase) in enumerate(turns):
        end = turns[place + 1][0] if place + 1 < len(turns) else None
        idle: dict[int, float] = defaultdict(float)
        for focus in story.log.focus:
            began = focus.began_at if place == 0 else max(focus.began_at, begin)
            ended = focus.ended_at if end is None else min(focus.ended_at, end)
            seconds = max(0.0, (ended - began).total_seconds())
            if phase == "talk" or focus.composing:
                spent[focus.agent] += seconds
            else:
                idle[focus.agent] += seconds
        for agent, seconds in idle.items():
            spent[agent] += min(seconds, AT_MOST[phase])
    return spent
