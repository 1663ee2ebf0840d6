"""What the fold is given: the rows of one ticket's log, as plain values in the order in which they are read."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class LoggedEvent(NamedTuple):
    """A row of the history; `data` is None where it says nothing that figures need."""

    ticket: int
    seq: int
    kind: str
    actor: int | None
    message: int | None
    data: dict[str, Any] | None
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    team: int | None
    assignee: int | None
    status: str


class LoggedMessage(NamedTuple):
    """A message of the ticket, without its text."""

    ticket: int
    id: int
    seq: int
    kind: str
    purpose: str
    author_kind: str
    author: int | None
    seen_seq: int
    occurred_at: dt.datetime
    moved_from: int | None = None  # the merged ticket that it came with


class LoggedClock(NamedTuple):
    """A promise."""

    ticket: int
    metric: str
    state: str
    stopped_at: dt.datetime | None
    breached_at: dt.datetime | None


class LoggedSurvey(NamedTuple):
    """A survey that was sent, and its answer, if there is one that counts."""

    ticket: int
    kind: str
    agent: int | None
    team: int | None
    sent_at: dt.datetime
    is_delivered: bool
    answered_at: dt.datetime | None
    score: int | None
    lowest: int | None
    highest: int | None
    is_superseded: bool = False  # the contact gave a newer answer of this kind within the window


class LoggedFocus(NamedTuple):
    """A stretch of time in which an agent had the ticket before their eyes."""

    ticket: int
    agent: int
    composing: bool
    began_at: dt.datetime
    ended_at: dt.datetime


@dataclass(slots=True)
class Log:
    """All that is known about one ticket, in order of `seq`."""

    ticket: int
    contact: int
    inbox: int
    channel: str
    is_test: bool
    tags: list[int] = field(default_factory=list)
    events: list[LoggedEvent] = field(default_factory=list)
    messages: list[LoggedMessage] = field(default_factory=list)
    clocks: list[LoggedClock] = field(default_factory=list)
    surveys: list[LoggedSurvey] = field(default_factory=list)
    focus: list[LoggedFocus] = field(default_factory=list)
    kept_work: dict[int, int] | None = None  # seconds by agent, where it is forgotten when they worked
    others: dict[int, list[LoggedEvent]] = field(default_factory=dict)  # of tickets it was ever merged with

    def absorbed(self) -> dict[int, dict[int, tuple[int, int]]]:
        """Return the tickets that are merged into this one, each with the former places of messages that lost theirs.

        A place is that of the message and the one up to which its author had seen the conversation.
        """
        found: dict[int, dict[int, tuple[int, int]]] = {}
        for event in self.events:
            data = event.data or {}
            if event.kind == "absorbed":
                places = (tuple(place) for place in data.get("places", ()))
                found[data["source"]] = dict(zip(data["messages"], places, strict=False))
            elif event.kind == "released":
                found.pop(data["source"], None)
        return found
