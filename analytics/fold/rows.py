"""The rows beside a fact: what one ticket may have several of. Their fields are the columns of their tables."""

import datetime as dt
from typing import NamedTuple

from analytics.fold.log import LoggedEvent
from analytics.fold.story import OPEN, Hours, Story

ANSWER_WINDOW = dt.timedelta(days=7)


class WaitRow(NamedTuple):
    """One time the contact waited and a person answered."""

    day: dt.date
    agent: int | None
    team: int | None
    seconds: int
    business: int


class MessageDayRow(NamedTuple):
    """How many messages the ticket had on one day while one team had it."""

    day: dt.date
    team: int | None
    inbound: int
    replies: int
    automatic: int


class PromiseRow(NamedTuple):
    """One promise that was kept or broken."""

    day: dt.date
    agent: int | None
    team: int | None
    metric: str
    is_met: bool


class StepRow(NamedTuple):
    """One open ticket more or less."""

    day: dt.date
    agent: int | None
    team: int | None
    delta: int


class AskedRow(NamedTuple):
    """One survey that arrived."""

    day: dt.date
    agent: int | None
    team: int | None
    survey: str
    is_answered: bool


class RatedRow(NamedTuple):
    """One answer that counts."""

    day: dt.date
    agent: int | None
    team: int | None
    survey: str
    score: int | None
    lowest: int | None
    highest: int | None


class Waiting(NamedTuple):
    """A message that waits for an answer: where, since when, and by which business hours."""

    seq: int
    at: dt.datetime
    hours: Hours


def waits(story: Story) -> list[WaitRow]:
    """Give each waiting message to the reply that answered it; a reply ends one wait, since the oldest of them.

    What nobody had answered in a merged ticket waits on, from its place in this one.
    """
    if not any(one.replies for one in story.all):
        return []
    rows: list[WaitRow] = []
    waiting = _waiting(story)
    places = {message.id: message.seq for message in story.log.messages} if story.parts else {}
    for part in story.parts:
        left = {one.seq for one in _answered(part, _waiting(part), rows)}
        waiting += [
            Waiting(places[message.id], at, part.hours_at(message.seq))
            for at, message in part.inbound
            if message.seq in left
        ]
    _answered(story, sorted(waiting, key=lambda one: one.seq) if story.parts else waiting, rows)
    return rows


def _waiting(story: Story) -> list[Waiting]:
    return [
        Waiting(message.seq, at, story.hours_at(message.seq))
        for at, message in story.inbound
        if not story.was_settled(message)
    ]


def _answered(story: Story, waiting: list[Waiting], rows: list[WaitRow]) -> list[Waiting]:
    """Write down the waits that ended with a reply; return what neither a reply nor a resolve ended."""
    replies, ends = story.replies, [solve.seq for solve in story.solves]
    since: dict[int, Waiting] = {}
    left = []
    place = passed = 0
    for one in waiting:
        while passed < len(ends) and ends[passed] <= one.seq:
            passed, place = passed + 1, 0
        settled = ends[passed] if passed < len(ends) else None
        # Until the next resolve, what does not answer this message does not answer the next one either.
        while place < len(replies):
            answer = replies[place].message
            if answer.seen_seq >= one.seq and (settled is None or answer.seq < settled):
                oldest = since.get(place)
                if oldest is None or (one.at, one.seq) < (oldest.at, oldest.seq):
                    since[place] = one
                break
            place += 1
        else:
            if settled is None:
                left.append(one)
    for answered, one in sorted(since.items()):
        message, accepted_at, team = replies[answered]
        business = story.business(one.hours, one.at, accepted_at)
        rows.append(WaitRow(story.day(accepted_at), message.author, team, story.wall(one.at, accepted_at), business))
    return left


def message_days(story: Story) -> list[MessageDayRow]:
    """Count the messages of each local day and team."""
    counts: dict[tuple[dt.date, int | None], list[int]] = {}
    for one in story.all:
        for at, heard in one.inbound:
            event = one.event_of.get(heard.id)
            counts.setdefault((story.day(at), event.team if event else None), [0, 0, 0])[0] += 1
        for message, accepted_at, team in one.said:
            is_reply = message.purpose == "reply" and message.author_kind == "agent"
            counts.setdefault((story.day(accepted_at), team), [0, 0, 0])[1 if is_reply else 2] += 1
    return [MessageDayRow(day, team, *numbers) for (day, team), numbers in counts.items()]


def promises(story: Story) -> list[PromiseRow]:
    """Return the promises that were kept or broken, credited to whoever had the ticket then."""
    rows = []
    for _ticket, metric, state, stopped_at, breached_at in story.log.clocks:
        at = breached_at or stopped_at
        if state == "cancelled" or at is None:
            continue
        then = _standing(story, at)
        rows.append(PromiseRow(story.day(at), then.assignee, then.team, metric, breached_at is None))
    return rows


def _standing(story: Story, at: dt.datetime) -> LoggedEvent:
    """Return the event after which the ticket stood as it did at a moment of ours."""
    found = story.opened
    for event in story.moves:
        if event.recorded_at <= at:
            found = event
    return found


def steps(story: Story) -> list[StepRow]:
    """Return when the ticket came to an open stock and left it, by the time at which we knew."""
    rows: list[StepRow] = []
    where: tuple[int | None, int | None] | None = None
    for event in story.moves:
        if not event.status:
            continue
        now = (event.assignee, event.team) if event.status in OPEN else None
        if now == where:
            continue
        day = story.day(event.recorded_at)
        if where is not None:
            rows.append(StepRow(day, *where, -1))
        if now is not None:
            rows.append(StepRow(day, *now, 1))
        where = now
    return rows


def asked(story: Story) -> list[AskedRow]:
    """Return the surveys that arrived."""
    return [
        AskedRow(
            story.day(one.sent_at),
            one.agent,
            one.team,
            one.kind,
            one.answered_at is not None and one.answered_at - one.sent_at <= ANSWER_WINDOW,
        )
        for one in story.log.surveys
        if one.is_delivered or one.answered_at is not None
    ]


def rated(story: Story) -> list[RatedRow]:
    """Return the answers that count."""
    return [
        RatedRow(story.day(one.answered_at), one.agent, one.team, one.kind, one.score, one.lowest, one.highest)
        for one in story.log.surveys
        if one.answered_at is not None and not one.is_superseded
    ]
