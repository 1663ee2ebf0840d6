"""What a story of the past is made of: who wrote, what happened in which order, and who worked at it."""

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass, field

from helpdesk.seed.desk import Piece, Task
from helpdesk.seed.stories import Topic


@dataclass
class Person:
    """A customer; `free_at` is when their latest ticket, which `story` tells, is certainly closed."""

    name: str
    phone: str
    language: str
    free_at: dt.datetime | None = None
    story: "Story | None" = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Step:
    """What happened: write, claim, reply, transfer, priority, tag, resolve, spam, merge; by whom and with what."""

    kind: str
    at: dt.datetime
    who: str = ""
    text: str = ""
    team: str = ""
    priority: int = 3
    read_after: int = 30


@dataclass(frozen=True)
class Effort:
    """Somebody had the ticket before their eyes; `composing` when they were writing."""

    who: str
    begins: dt.datetime
    ends: dt.datetime
    composing: bool


@dataclass
class Story:
    """One ticket from its first message to its end, and what its customer thinks of it.

    From a merge on, what happens is told of the ticket of the story `into` which it was merged.
    """

    person: Person
    topic: Topic
    into: "Story | None" = None
    steps: list[Step] = field(default_factory=list)
    efforts: list[Effort] = field(default_factory=list)
    acknowledged_after: int = 2
    score: int | None = None
    recommends: int | None = None
    comment: str = ""
    stops: bool = False
    answer_after: int = 60

    @property
    def opened_at(self) -> dt.datetime:
        """When the customer first wrote."""
        return self.steps[0].at

    @property
    def merged_at(self) -> dt.datetime | None:
        """When its ticket was merged into an earlier one."""
        return next((step.at for step in self.steps if step.kind == "merge"), None)

    @property
    def is_resolved(self) -> bool:
        """Whether somebody was helped: what was only an advertisement nobody resolves, nor asks about."""
        return any(step.kind == "resolve" for step in self.steps)

    @property
    def team(self) -> str:
        """Which team has the ticket at the end."""
        return next((step.team for step in reversed(self.steps) if step.kind == "transfer"), "Front desk")


Telling = Generator[Task, Piece | None, Story]


def done(task: Task) -> Generator[Task, Piece | None, Piece]:
    """Wait until somebody has done what cannot be left undone."""
    piece = yield task
    assert piece is not None  # noqa: S101 - only what is written down afterwards may be forgotten
    return piece


def watch(story: Story, piece: Piece, *, composing: bool) -> None:
    """Note that somebody had the ticket before their eyes."""
    story.efforts.append(Effort(piece.who, piece.begins, piece.ends, composing))
