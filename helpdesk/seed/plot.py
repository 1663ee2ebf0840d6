"""Invent the sixty days before the demo: who wrote, who answered and when. Nothing here touches the database."""

import datetime as dt
import random
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field

from helpdesk.seed.rhythm import Arrival, arrivals, at_the_desk, delay
from helpdesk.seed.stories import ANSWERS, LANGUAGES, NAMES, QUESTIONS, STILL, TOPICS, Topic

LANGUAGE_WEIGHTS = (34, 28, 18, 12, 8)
TOPIC_WEIGHTS = tuple(topic.weight for topic in TOPICS)
# Who is at which desk, and how quick they are; the lead answers less.
DESKS = {
    "Front desk": (("lena", 5), ("mateus", 4), ("amira", 2)),
    "Returns desk": (("lena", 4), ("mateus", 4), ("amira", 2)),
    "Finance": (("mateus", 5), ("amira", 3)),
}
PACE = {"lena": 0.8, "mateus": 1.0, "amira": 1.25}
FIRST_REPLY, BAD_FIRST_REPLY, NEXT_REPLY = 170.0, 540.0, 150.0


@dataclass
class Person:
    """A customer; `free_at` is when an earlier conversation is certainly over."""

    name: str
    phone: str
    language: str
    free_at: dt.datetime | None = None


@dataclass(frozen=True)
class Step:
    """One thing that happened: write, claim, reply, transfer, priority, resolve; by whom and with what."""

    kind: str
    at: dt.datetime
    who: str = ""
    text: str = ""
    team: str = ""
    priority: int = 3
    read_after: int = 30


@dataclass
class Story:
    """One ticket from its first message to its end."""

    person: Person
    topic: Topic
    steps: list[Step] = field(default_factory=list)
    score: int | None = None
    recommends: int | None = None
    answer_after: int = 60

    @property
    def opened_at(self) -> dt.datetime:
        """When the customer first wrote."""
        return self.steps[0].at


class Plot:
    """Invents stories from one seed: the same seed and end give the same past."""

    def __init__(self, *, seed: int, end: dt.datetime, zone: zoneinfo.ZoneInfo, reopen_window: dt.timedelta) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - invents a past, guards nothing
        self.end = end
        self.zone = zone
        self.reopen_window = reopen_window
        self.people: list[Person] = []

    def stories(self, limit: int | None = None) -> list[Story]:
        """Return the stories in the order in which they began; all of them are over before the end."""
        begun = arrivals(self.chance, self.end - dt.timedelta(hours=2), self.zone)
        told = [self._story(arrival) for arrival in (begun if limit is None else begun[-limit:])]
        return [story for story in told if story.steps[-1].at < self.end]

    def _person(self, at: dt.datetime) -> Person:
        """Return somebody who has written before, or somebody new."""
        chance = self.chance
        if self.people and chance.random() < 0.45:
            for _try in range(5):
                known = chance.choice(self.people)
                if known.free_at is not None and known.free_at < at:
                    return known
        language = chance.choices(LANGUAGES, weights=LANGUAGE_WEIGHTS)[0]
        first, last, prefix = NAMES[language]
        person = Person(
            name=f"{chance.choice(first)} {chance.choice(last)}",
            phone=f"{prefix}{len(self.people) + 1:0{12 - len(prefix)}d}",
            language=language,
        )
        self.people.append(person)
        return person

    def _story(self, arrival: Arrival) -> Story:
        chance = self.chance
        person = self._person(arrival.at)
        topic = chance.choices(TOPICS, weights=TOPIC_WEIGHTS)[0]
        story = Story(person=person, topic=topic)
        add = story.steps.append
        language, order = person.language, chance.randrange(40000, 49999)
        add(Step("write", arrival.at, text=chance.choice(topic.opening[language])))
        if chance.random() < 0.35:
            text = QUESTIONS[language][0].format(order=order)
            add(Step("write", arrival.at + dt.timedelta(seconds=chance.randrange(8, 50)), text=text))
        agent = self._agent(topic.team)
        slow = BAD_FIRST_REPLY if arrival.bad else FIRST_REPLY
        now = self._answered(story.steps[-1].at, slow * PACE[agent])
        taken = max(story.steps[-1].at + dt.timedelta(seconds=2), now - dt.timedelta(seconds=chance.randrange(20, 60)))
        now = max(now, taken + dt.timedelta(seconds=15))
        add(Step("claim", taken, who=agent))
        if topic.team != "Front desk":
            add(Step("transfer", taken + dt.timedelta(seconds=4), who=agent, team=topic.team))
        if chance.random() < 0.12:
            priority = chance.choice((2, 2, 1, 4))
            add(Step("priority", taken + dt.timedelta(seconds=8), who=agent, priority=priority))
        add(self._reply(now, agent, ANSWERS[language][0]))
        for turn in range(chance.choices((0, 1, 2), weights=(4, 4, 2))[0]):
            asked = now + delay(chance, 240)
            add(Step("write", asked, text=QUESTIONS[language][1 + turn]))
            now = self._answered(asked, NEXT_REPLY * PACE[agent])
            add(self._reply(now, agent, ANSWERS[language][1]))
        if chance.random() < (0.16 if arrival.bad else 0.08):
            other = "Returns desk" if topic.team != "Returns desk" else "Finance"
            agent = self._agent(other)
            now += dt.timedelta(seconds=90)
            add(Step("transfer", now, who="amira", team=other, text=agent))
            now = self._answered(now, NEXT_REPLY)
            add(self._reply(now, agent, ANSWERS[language][1]))
        now += delay(chance, 200)
        now = at_the_desk(now, self.zone)
        add(self._reply(now, agent, ANSWERS[language][2]))
        now += dt.timedelta(seconds=chance.randrange(20, 90))
        add(Step("resolve", now, who=agent))
        if chance.random() < (0.1 if arrival.bad else 0.05):
            asked = now + min(delay(chance, 4 * 3600, 0.5), dt.timedelta(hours=48))
            add(Step("write", asked, text=STILL[language]))
            now = self._answered(asked, NEXT_REPLY * 2)
            add(self._reply(now, agent, ANSWERS[language][1]))
            now += dt.timedelta(seconds=chance.randrange(60, 600))
            add(Step("resolve", now, who=agent))
        person.free_at = now + self.reopen_window + dt.timedelta(hours=1)
        self._rate(story, bad=arrival.bad)
        return story

    def _agent(self, team: str) -> str:
        names, weights = zip(*DESKS[team], strict=True)
        return str(self.chance.choices(names, weights=weights)[0])

    def _answered(self, asked: dt.datetime, median: float) -> dt.datetime:
        return at_the_desk(asked, self.zone) + delay(self.chance, median)

    def _reply(self, at: dt.datetime, agent: str, text: str) -> Step:
        return Step("reply", at, who=agent, text=text, read_after=self.chance.randrange(6, 900))

    def _rate(self, story: Story, *, bad: bool) -> None:
        chance = self.chance
        if chance.random() > 0.44:
            return
        weights: Sequence[int] = (9, 8, 14, 30, 39) if bad else (2, 2, 5, 25, 66)
        story.score = chance.choices((1, 2, 3, 4, 5), weights=weights)[0]
        story.answer_after = chance.randrange(20, 1500)
        if chance.random() < 0.5:
            best = {5: (9, 10, 10), 4: (8, 9, 7), 3: (6, 7, 7), 2: (3, 5, 6), 1: (0, 1, 3)}
            story.recommends = chance.choice(best[story.score])
