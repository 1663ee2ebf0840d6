"""The rows beside a fact: what one ticket may have several of. Their fields are the columns of their tables."""

import datetime as dt
from typing import NamedTuple

from analytics.fold.log import LoggedEvent
from analytics.fold.story import OPEN, Story

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


def waits(story: Story) -> list[WaitRow]:
    """Give each waiting message to the reply that answered it; a reply ends one wait, since the oldest of them."""
    replies, ends = story.replies, [solve.seq for solve in story.solves]
    if not replies:
        return []
    since: dict[int, tuple[dt.datetime, int]] = {}
    place = passed = 0
    for at, message in story.inbound:
        seq = message.seq
        while passed < len(ends) and ends[passed] <= seq:
            passed, place = passed + 1, 0
        settled = ends[passed] if passed < len(ends) else None
        if story.was_settled(message):
            continue
        # Until the next resolve, what does not answer this message does not answer the next one either.
        while place < len(replies):
            answer = replies[place].message
            if answer.seen_seq >= seq and (settled is None or answer.seq < settled):
                oldest = since.get(place)
                if oldest is None or (at, seq) < oldest:
                    since[place] = (at, seq)
                break
            place += 1
    rows = []
    for answered, (at, seq) in sorted(since.items()):
        message, accepted_at, team = replies[answered]
        business = story.business(story.hours_at(seq), at, accepted_at)
        rows.append(WaitRow(story.day(accepted_at), message.author, team, story.wall(at, accepted_at), business))
    return rows


def message_days(story: Story) -> list[MessageDayRow]:
    """Count the messages of each local day and team."""
    counts: dict[tuple[dt.date, int | None], list[int]] = {}
    for at, heard in story.inbound:
        event = story.event_of.get(heard.id)
        counts.setdefault((story.day(at), event.team if event else None), [0, 0, 0])[0] += 1
    for message, accepted_at, team in story.said:
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
