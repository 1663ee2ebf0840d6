"""What is no request of its own: advertisements, and how often somebody writes a second time about the same."""

import datetime as dt
import random

from helpdesk.seed.desk import Task, Urgency
from helpdesk.seed.rhythm import delay
from helpdesk.seed.stories import JUNK
from helpdesk.seed.telling import Person, Step, Story, Telling, done, watch

SPAM = 0.02  # of all who write
SECOND = 0.06  # of those who come back while they remember
REMEMBERED = dt.timedelta(days=10)
A_GLANCE = 25.0  # seconds until somebody sees what it is, as a median


def is_the_same_again(chance: random.Random, person: Person, at: dt.datetime) -> bool:
    """Whether somebody who comes back means what was closed a few days ago."""
    known = person.story
    return known is not None and at - known.steps[-1].at < REMEMBERED and chance.random() < SECOND


def advertises(chance: random.Random, person: Person, at: dt.datetime) -> Telling:
    """Let somebody advertise: nobody answers, whoever sees it marks it."""
    story = Story(person, JUNK, acknowledged_after=chance.randrange(1, 6))
    story.steps.append(Step("write", at, text=chance.choice(JUNK.opening[person.language])))
    seconds = delay(chance, A_GLANCE, 0.4).total_seconds()
    piece = yield from done(Task(at, seconds, ("lena", "mateus", "amira"), Urgency.WAITING))
    watch(story, piece, composing=False)
    story.steps.append(Step("spam", piece.ends, who=piece.who))
    return story
