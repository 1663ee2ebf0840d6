"""Who is at the desk and what they work at: shifts, breaks, and one piece of work at a time for each person.

The answers of the past come from here, so whoever answered was there, had their eyes on one ticket only, and customers
waited exactly as long as everybody else was busy. Pure: moments and names in, moments and names out.
"""

import datetime as dt
import random
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from helpdesk.seed.rhythm import BAD_DAYS, DAYS

# Hours of the local day in which somebody is at the desk; what lies between two stretches is a break.
Hours = tuple[tuple[float, float], ...]
WEEKDAY: dict[str, Hours] = {
    "lena": ((9, 11.25), (11.5, 13.75)),  # part-time
    "mateus": ((11.75, 14.5), (15.25, 20)),
    "amira": ((8, 11.5), (14.5, 16)),  # leads the team in between
}
# In bad weeks the lead answers too, and everybody stays longer.
BAD_WEEKDAY: dict[str, Hours] = {
    "lena": ((9, 12), (12.5, 15)),
    "mateus": ((11.5, 14.5), (15.25, 20.5)),
    "amira": ((8, 12), (13, 16.5)),
}
# One whole day, and on Saturdays a second person in the busy hours; people take turns.
WEEKEND: Hours = ((9.5, 13), (13.75, 17.5))
SATURDAY_HELP: Hours = ((11, 14),)
TURNS = ("mateus", "lena", "amira")
PACE = {"lena": 0.85, "mateus": 1.0, "amira": 1.1}
# A customer may wait so long for whoever has the ticket before somebody else answers.
PATIENCE = dt.timedelta(minutes=3)
# What nobody got round to writing down by then is never written down.
FORGOTTEN_AFTER = dt.timedelta(hours=3)
SHORTEST_BREAK = dt.timedelta(minutes=10)


@dataclass
class Stretch:
    """A time in which one person is at the desk; it becomes longer when work does."""

    begins: dt.datetime
    ends: dt.datetime


class Urgency(IntEnum):
    """What comes first: customers who wait for a word, what they were promised, what can be written down later."""

    WAITING = 0
    PROMISED = 1
    AFTER_WORK = 2


@dataclass(frozen=True)
class Task:
    """Work that is ready at a moment, for any of these people; `prefer` has the ticket already."""

    ready: dt.datetime
    seconds: float
    among: Sequence[str]
    urgency: Urgency = Urgency.PROMISED
    prefer: str = ""


@dataclass(frozen=True)
class Piece:
    """One person before one ticket."""

    who: str
    begins: dt.datetime
    ends: dt.datetime


@dataclass
class Person:
    """One person's stretches at the desk, and until when they are busy."""

    stretches: list[Stretch]
    free_at: dt.datetime
    worked_until: dt.datetime
    place: int = 0

    def next_start(self, ready: dt.datetime) -> tuple[dt.datetime, int]:
        """Return when this person can begin, and in which stretch."""
        at, place = max(ready, self.free_at), self.place
        while self.stretches[place].ends <= at:
            place += 1
        return max(at, self.stretches[place].begins), place


@dataclass
class Desk:
    """The people of the desk over the sixty days."""

    chance: random.Random
    zone: zoneinfo.ZoneInfo
    end: dt.datetime
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        today = self.end.astimezone(self.zone).date()
        hours: dict[str, list[Stretch]] = {name: [] for name in TURNS}
        for days_ago in range(DAYS, -15, -1):
            day = today - dt.timedelta(days=days_ago)
            for name, stretches in _roster(day, bad=days_ago in BAD_DAYS).items():
                hours[name] += [Stretch(self._at(day, begins), self._at(day, ends)) for begins, ends in stretches]
        self.people = {
            name: Person(stretches, stretches[0].begins, stretches[0].begins) for name, stretches in hours.items()
        }

    def _at(self, day: dt.date, hour: float) -> dt.datetime:
        """Return a moment around an hour of a local day: people come a little early or late."""
        local = dt.datetime.combine(day, dt.time(), self.zone) + dt.timedelta(hours=hour)
        return local.astimezone(dt.UTC) + dt.timedelta(seconds=self.chance.randrange(-240, 240))

    def next_free(self) -> tuple[str, dt.datetime]:
        """Return who can begin something next, and when; of two who can, the one who has waited longer."""
        at, _since, who = min(
            (person.next_start(person.free_at)[0], person.worked_until, name) for name, person in self.people.items()
        )
        return who, at

    def choose(self, who: str, at: dt.datetime, tasks: Sequence[Task]) -> int | None:
        """Return which of the tasks that are ready this person takes up; None where none is theirs."""
        open_to = [
            (task.urgency, task.ready, place)
            for place, task in enumerate(tasks)
            if who in task.among and not self._leaves_to(task.prefer, who, at)
        ]
        return min(open_to)[2] if open_to else None

    def _leaves_to(self, owner: str, who: str, at: dt.datetime) -> bool:
        """Whether somebody leaves work to the one who has the ticket, because they are there or soon will be."""
        return owner not in {"", who} and self.people[owner].next_start(at)[0] - at <= PATIENCE

    def idle(self, who: str, until: dt.datetime) -> None:
        """Let somebody wait for work."""
        self.people[who].free_at = until

    def work(self, who: str, at: dt.datetime, seconds: float) -> Piece:
        """Let somebody work, beyond the end of their time if need be."""
        person = self.people[who]
        at, place = person.next_start(at)
        begins = at + dt.timedelta(seconds=self.chance.randrange(4, 30))
        ends = begins + dt.timedelta(seconds=max(40, round(seconds * PACE[who])))
        person.place, person.free_at, person.worked_until = place, ends, ends
        stretch, following = person.stretches[place : place + 2]
        stretch.ends = max(stretch.ends, ends)
        following.begins = max(following.begins, stretch.ends + SHORTEST_BREAK)
        following.ends = max(following.ends, following.begins + SHORTEST_BREAK)
        return Piece(who, begins, ends)

    def shifts(self) -> Iterable[tuple[str, list[Stretch]]]:
        """Return each person's stretches of each local day, as far as they are in the past."""
        for name, person in self.people.items():
            days: dict[dt.date, list[Stretch]] = {}
            for stretch in person.stretches:
                if stretch.begins < self.end:
                    day = days.setdefault(stretch.begins.astimezone(self.zone).date(), [])
                    day.append(Stretch(stretch.begins, min(stretch.ends, self.end)))
            yield from ((name, day) for day in days.values())


def _roster(day: dt.date, *, bad: bool) -> dict[str, Hours]:
    if day.weekday() < 5:
        return BAD_WEEKDAY if bad else WEEKDAY
    turn = day.isocalendar().week * 2 + day.weekday()
    alone = {TURNS[turn % 3]: WEEKEND}
    return alone | {TURNS[(turn + 1) % 3]: SATURDAY_HELP} if day.weekday() == 5 else alone
