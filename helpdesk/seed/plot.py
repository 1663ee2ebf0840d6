"""Invent the sixty days before the demo: who wrote, who answered and when. Nothing here touches the database."""

import datetime as dt
import heapq
import random
import zoneinfo
from collections.abc import Sequence

from helpdesk.seed import aside
from helpdesk.seed.comments import HOW_LIKELY, comments_for
from helpdesk.seed.desk import FORGOTTEN_AFTER, Desk, Piece, Task, Urgency
from helpdesk.seed.rhythm import Arrival, arrivals, delay
from helpdesk.seed.stories import AGAIN, ANSWERS, LANGUAGES, NAMES, NUDGES, PRESSING, QUESTIONS, STILL, TOPICS
from helpdesk.seed.telling import Effort, Person, Step, Story, Telling, done, watch

LANGUAGE_WEIGHTS = (34, 28, 18, 12, 8)
TOPIC_WEIGHTS = tuple(topic.weight for topic in TOPICS)
DESKS = {
    "Front desk": ("lena", "mateus", "amira"),
    "Returns desk": ("lena", "mateus", "amira"),
    "Finance": ("mateus", "amira"),
}
# Seconds of work, as medians: until the first short answer, what follows it, each further answer, the last one.
FIRST_LOOK, LOOKING_INTO_IT, NEXT_ANSWER, LAST_ANSWER, AFTER_WORK = 80.0, 90.0, 120.0, 150.0, 590.0
ALMOST_A_DAY = dt.timedelta(hours=23, minutes=30)
A_MOMENT, A_WHILE = dt.timedelta(seconds=1), dt.timedelta(minutes=3)


class Plot:
    """Invents stories from one seed: the same seed and end give the same past."""

    def __init__(self, *, seed: int, end: dt.datetime, zone: zoneinfo.ZoneInfo, reopen_window: dt.timedelta) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - invents a past, guards nothing
        self.end = end
        self.zone = zone
        self.reopen_window = reopen_window
        self.people: list[Person] = []
        self.desk = Desk(self.chance, zone, end)

    def stories(self, limit: int | None = None) -> list[Story]:
        """Return the stories in the order in which they began; all of them are over before the end.

        They are told side by side: whose work is ready first, comes first.
        """
        begun = arrivals(self.chance, self.end - dt.timedelta(hours=2), self.zone)
        coming: list[tuple[dt.datetime, int, Task | None, Telling]] = [
            (arrival.at, number, None, self._story(arrival))
            for number, arrival in enumerate(begun if limit is None else begun[-limit:])
        ]
        waiting: list[tuple[Task, int, Telling]] = []
        told: list[Story] = []

        def go_on(number: int, telling: Telling, piece: Piece | None) -> None:
            try:
                task = telling.send(piece)
                heapq.heappush(coming, (task.ready, number, task, telling))
            except StopIteration as over:
                told.append(over.value)

        while coming or waiting:
            who, at = self.desk.next_free()
            while coming and coming[0][0] <= at:
                _ready, number, task, telling = heapq.heappop(coming)
                if task is None:
                    go_on(number, telling, None)
                else:
                    waiting.append((task, number, telling))
            place = self.desk.choose(who, at, [task for task, _number, _telling in waiting])
            if place is None:
                soon = [max(coming[0][0], at + A_MOMENT)] if coming else []
                self.desk.idle(who, min([*soon, at + A_WHILE] if waiting else soon))
                continue
            task, number, telling = waiting.pop(place)
            forgotten = task.urgency == Urgency.AFTER_WORK and at - task.ready > FORGOTTEN_AFTER
            go_on(number, telling, None if forgotten else self.desk.work(who, at, task.seconds))
        kept = [story for story in told if story.steps[-1].at < self.end]
        return sorted(kept, key=lambda story: story.opened_at)

    def _person(self, at: dt.datetime) -> Person:
        """Return somebody who has written before, or somebody new."""
        chance = self.chance
        if self.people and chance.random() < 0.45:
            for _try in range(5):
                known = chance.choice(self.people)
                if known.free_at is not None and known.free_at < at:
                    known.free_at = None
                    return known
        return self._newcomer()

    def _newcomer(self) -> Person:
        chance = self.chance
        language = chance.choices(LANGUAGES, weights=LANGUAGE_WEIGHTS)[0]
        first, last, prefix = NAMES[language]
        person = Person(
            name=f"{chance.choice(first)} {chance.choice(last)}",
            phone=f"{prefix}{len(self.people) + 1:0{12 - len(prefix)}d}",
            language=language,
        )
        self.people.append(person)
        return person

    def _story(self, arrival: Arrival) -> Telling:
        chance = self.chance
        if chance.random() < aside.SPAM:
            return (yield from aside.advertises(chance, self._newcomer(), arrival.at))
        person = self._person(arrival.at)
        if person.story is not None and aside.is_the_same_again(chance, person, arrival.at):
            return (yield from self._writes_twice(person, person.story, arrival.at))
        topic = chance.choices(TOPICS, weights=TOPIC_WEIGHTS)[0]
        story = Story(person=person, topic=topic, acknowledged_after=chance.randrange(1, 6))
        add, language, team = story.steps.append, person.language, topic.team
        opening = chance.choice(topic.opening[language])
        add(Step("write", arrival.at, text=PRESSING[language] + opening if chance.random() < 0.05 else opening))
        if chance.random() < 0.35:
            text = QUESTIONS[language][0].format(order=chance.randrange(40000, 49999))
            add(Step("write", arrival.at + dt.timedelta(seconds=chance.randrange(9, 50)), text=text))
        look, rest = self._takes(FIRST_LOOK, 0.4), self._takes(LOOKING_INTO_IT, 0.5)
        # On a bad day nobody looks who waits: one thing after the other.
        urgency = Urgency.PROMISED if arrival.bad else Urgency.WAITING
        piece = yield from done(Task(story.steps[-1].at, look + rest, DESKS[team], urgency))
        agent = piece.who
        self._begin(story, piece, look / (look + rest))
        now = story.steps[-1].at
        for turn in range(chance.choices((0, 1, 2), weights=(4, 4, 2))[0]):
            asked = max(now, piece.ends) + delay(chance, 240)
            add(Step("write", asked, text=QUESTIONS[language][1 + turn]))
            piece = yield from done(Task(asked, self._takes(NEXT_ANSWER), DESKS[team], urgency, agent))
            agent = piece.who
            now = self._answer(story, piece, ANSWERS[language][1])
        if chance.random() < (0.16 if arrival.bad else 0.08):
            team = "Returns desk" if topic.team != "Returns desk" else "Finance"
            piece = yield from done(Task(max(now, piece.ends), 45, DESKS[topic.team], prefer=agent))
            agent = chance.choice([name for name in DESKS[team] if name != piece.who])
            watch(story, piece, composing=False)
            add(Step("transfer", piece.ends, who=piece.who, team=team, text=agent))
            piece = yield from done(Task(piece.ends, self._takes(NEXT_ANSWER), (agent,)))
            now = self._answer(story, piece, ANSWERS[language][1])
        ready = max(now, piece.ends) + delay(chance, 200)
        piece = yield from done(Task(ready, self._takes(LAST_ANSWER), DESKS[team], prefer=agent))
        agent = piece.who
        self._solve(story, piece, ANSWERS[language][2])
        if chance.random() < (0.1 if arrival.bad else 0.05):
            asked = piece.ends + min(delay(chance, 4 * 3600, 0.5), dt.timedelta(hours=48))
            add(Step("write", asked, text=STILL[language]))
            piece = yield from done(Task(asked, self._takes(LAST_ANSWER), DESKS[team], urgency, agent))
            self._solve(story, piece, ANSWERS[language][1])
        person.free_at, person.story = story.steps[-1].at + self.reopen_window + dt.timedelta(hours=1), story
        self._rate(story, bad=arrival.bad)
        written_down = yield Task(piece.ends, self._takes(AFTER_WORK), (piece.who,), Urgency.AFTER_WORK)
        if written_down is not None:
            watch(story, written_down, composing=False)
        return story

    def _writes_twice(self, person: Person, earlier: Story, at: dt.datetime) -> Telling:
        """Let somebody come back to what was closed: who sees that merges the tickets and goes on in the first one."""
        chance, desk = self.chance, DESKS[earlier.team]
        story = Story(person, earlier.topic, into=earlier, acknowledged_after=chance.randrange(1, 6))
        story.steps.append(Step("write", at, text=AGAIN[person.language]))
        piece = yield from done(Task(at, self._takes(FIRST_LOOK), desk, Urgency.WAITING))
        self._nudge(story, piece)
        watch(story, piece, composing=False)
        story.steps.append(Step("claim", piece.begins + dt.timedelta(seconds=3), who=piece.who))
        story.steps.append(Step("merge", piece.ends, who=piece.who))
        piece = yield from done(Task(piece.ends, self._takes(LAST_ANSWER), desk, Urgency.WAITING, piece.who))
        self._solve(story, piece, ANSWERS[person.language][1])
        self._rate(story, bad=False)
        return story

    def _takes(self, median: float, spread: float = 0.55) -> float:
        return delay(self.chance, median, spread).total_seconds()

    # -- What one piece of work leaves ---------------------------------------------------------------

    def _begin(self, story: Story, piece: Piece, looked: float) -> None:
        """Take the ticket, sort it, say a first word, and look into it."""
        self._nudge(story, piece)
        chance, add, agent = self.chance, story.steps.append, piece.who
        add(Step("claim", piece.begins + dt.timedelta(seconds=3), who=agent))
        if story.topic.team != "Front desk":
            add(Step("transfer", piece.begins + dt.timedelta(seconds=7), who=agent, team=story.topic.team))
        if chance.random() < 0.12:
            priority = chance.choice((2, 2, 1, 4))
            add(Step("priority", piece.begins + dt.timedelta(seconds=11), who=agent, priority=priority))
        add(Step("tag", piece.begins + dt.timedelta(seconds=14), who=agent, text=story.topic.tag))
        length = (piece.ends - piece.begins).total_seconds()
        said = piece.begins + dt.timedelta(seconds=max(20, round(length * looked)))
        add(self._reply(said, agent, ANSWERS[story.person.language][0]))
        story.efforts.append(Effort(agent, piece.begins, said, composing=False))
        story.efforts.append(Effort(agent, said, max(piece.ends, said), composing=True))

    def _answer(self, story: Story, piece: Piece, text: str) -> dt.datetime:
        self._nudge(story, piece)
        watch(story, piece, composing=True)
        story.steps.append(self._reply(piece.ends - dt.timedelta(seconds=2), piece.who, text))
        return piece.ends

    def _solve(self, story: Story, piece: Piece, text: str) -> None:
        """Answer for the last time and resolve, with a little to write down in between."""
        self._nudge(story, piece)
        watch(story, piece, composing=True)
        story.steps.append(self._reply(piece.ends - dt.timedelta(seconds=25), piece.who, text))
        story.steps.append(Step("resolve", piece.ends, who=piece.who))

    def _nudge(self, story: Story, piece: Piece) -> None:
        """Let a customer ask again who has waited a day: free text is allowed for so long only."""
        wrote = max(step.at for step in story.steps if step.kind == "write")
        if piece.ends - wrote > ALMOST_A_DAY:
            at = max(story.steps[-1].at + dt.timedelta(seconds=6), piece.begins - dt.timedelta(minutes=20))
            story.steps.append(Step("write", at, text=NUDGES[story.person.language]))

    def _reply(self, at: dt.datetime, agent: str, text: str) -> Step:
        return Step("reply", at, who=agent, text=text, read_after=self.chance.randrange(6, 900))

    # -- What the customer thinks --------------------------------------------------------------------

    def _rate(self, story: Story, *, bad: bool) -> None:
        chance = self.chance
        story.answer_after = chance.randrange(20, 1500)
        if chance.random() > 0.44:
            story.stops = chance.random() < 0.02
            return
        weights: Sequence[int] = (9, 8, 14, 30, 39) if bad else (2, 2, 5, 25, 66)
        story.score = chance.choices((1, 2, 3, 4, 5), weights=weights)[0]
        if chance.random() < HOW_LIKELY[story.score]:
            story.comment = chance.choice(comments_for(story.person.language, story.score))
        if chance.random() < 0.5:
            best = {5: (9, 10, 10), 4: (8, 9, 7), 3: (6, 7, 7), 2: (3, 5, 6), 1: (0, 1, 3)}
            story.recommends = chance.choice(best[story.score])
