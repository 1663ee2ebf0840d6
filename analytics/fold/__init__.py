"""The rule: from the log of one ticket to what figures count. Pure; reads no table, no clock and no present state.

Words follow the definitions. "Accepted" is the moment from which the provider has a message; what failed afterwards was
never accepted. A resolve that was taken back, or that a failed reply undid, is void: as if it had not been.
"""

import zoneinfo
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.fold import fact, rows, work
from analytics.fold.days import local_days
from analytics.fold.log import (
    Log,
    LoggedClock,
    LoggedEvent,
    LoggedFocus,
    LoggedMessage,
    LoggedSurvey,
)
from analytics.fold.story import Business, Story

__all__ = [
    "Folded",
    "Log",
    "LoggedClock",
    "LoggedEvent",
    "LoggedFocus",
    "LoggedMessage",
    "LoggedSurvey",
    "fold",
    "neighbours",
]


@dataclass(slots=True)
class Folded:
    """What comes out: the columns of the fact, and the rows beside it."""

    fact: dict[str, Any]
    waits: list[rows.WaitRow]
    message_days: list[rows.MessageDayRow]
    promises: list[rows.PromiseRow]
    steps: list[rows.StepRow]
    efforts: list[work.EffortRow]
    asked: list[rows.AskedRow]
    rated: list[rows.RatedRow]


def fold(log: Log, zone: zoneinfo.ZoneInfo, business: Business) -> Folded:
    """Fold one log; its first event must be the opening."""
    story = Story(log, local_days(zone), business)
    efforts = work.efforts(story)
    return Folded(
        {**fact.columns(story), **work.handling(story, efforts)},
        rows.waits(story),
        rows.message_days(story),
        rows.promises(story),
        rows.steps(story),
        efforts,
        rows.asked(story),
        rows.rated(story),
    )


def neighbours(facts: Sequence[dict[str, Any]]) -> None:
    """Complete the facts of one contact from each other: who came back, and how soon after a resolve."""
    openings = sorted(one["opened_at"] for one in facts if one["is_counted"])
    for one in facts:
        solved_at = one["solved_at"]
        place = bisect_right(openings, solved_at) if solved_at is not None else len(openings)
        followed_at = openings[place] if place < len(openings) else None
        pause = followed_at - solved_at if followed_at is not None else None
        one["followed_at"] = followed_at
        one["is_first_contact"] = one["is_one_touch"] and (pause is None or pause > fact.FCR_WINDOW)
        one["is_deflected"] = one["is_unattended"] and (pause is None or pause > fact.QUIET)
        one["is_returning"] = bool(openings) and openings[0] < one["opened_at"]
