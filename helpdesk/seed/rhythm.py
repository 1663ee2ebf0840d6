"""When customers write and how long answers take: daily and weekly rhythm, and some bad weeks. Pure numbers."""

import datetime as dt
import math
import random
import zoneinfo
from dataclasses import dataclass

DAYS = 60
A_DAY = 47
# Monday to Sunday, and by the hour of the local day.
BY_WEEKDAY = (1.35, 1.15, 1.05, 1.0, 1.1, 0.6, 0.4)
BY_HOUR = (1, 1, 0.5, 0.5, 0.5, 1, 3, 8, 22, 34, 38, 33, 24, 26, 32, 34, 30, 24, 20, 18, 16, 12, 7, 3)
# Days before the end in which a strike of the couriers, then a broken shop release, kept everybody busy.
BAD_DAYS = frozenset(range(38, 45)) | frozenset(range(11, 15))
BUSIER = 1.55


@dataclass(frozen=True)
class Arrival:
    """A customer writes at this moment, on a day that is good or bad."""

    at: dt.datetime
    bad: bool


def arrivals(chance: random.Random, end: dt.datetime, zone: zoneinfo.ZoneInfo) -> list[Arrival]:
    """Return the moments of the sixty days before `end` in which somebody begins to write, in order."""
    found = []
    for days_ago in range(DAYS, 0, -1):
        day = (end.astimezone(zone) - dt.timedelta(days=days_ago)).date()
        bad = days_ago in BAD_DAYS
        mean = A_DAY * BY_WEEKDAY[day.weekday()] / (sum(BY_WEEKDAY) / 7) * (BUSIER if bad else 1.0)
        for _number in range(max(0, round(chance.gauss(mean, math.sqrt(mean))))):
            hour = chance.choices(range(24), weights=BY_HOUR)[0]
            local = dt.datetime.combine(day, dt.time(hour, chance.randrange(60), chance.randrange(60)), zone)
            moment = local.astimezone(dt.UTC)
            if moment < end:
                found.append(Arrival(moment, bad))
    return sorted(found, key=lambda one: one.at)


def delay(chance: random.Random, median: float, spread: float = 0.9) -> dt.timedelta:
    """Return a time that people take: mostly short, now and then very long. `median` in seconds."""
    return dt.timedelta(seconds=max(5, round(chance.lognormvariate(math.log(median), spread))))
