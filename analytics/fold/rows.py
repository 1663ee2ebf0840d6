"""The rows beside a fact: what one ticket may have several of."""

import datetime as dt
from collections import defaultdict
from typing import Any

from analytics.fold.log import LoggedEvent
from analytics.fold.story import OPEN, Story

ANSWER_WINDOW = dt.timedelta(days=7)


def waits(story: Story) -> list[dict[str, Any]]:
    """Give each waiting message to the reply that answered it; a reply ends one wait, since the oldest of them."""
    since: dict[int, tuple[dt.datetime, int]] = {}
    for at, message in story.inbound:
        event = story.event_of.get(message.id)
        if event is not None and event.status and event.status not in OPEN:
            continue  # a thank-you on a resolved ticket waits for nothing
        settled = min((solve.seq for solve in story.solves if solve.seq > message.seq), default=None)
        answers = (
            place
            for place, reply in enumerate(story.replies)
            if reply.message.seen_seq >= message.seq and (settled is None or reply.message.seq < settled)
        )
        place = next(answers, None)
        if place is not None:
            since[place] = min(since.get(place, (at, message.seq)), (at, message.seq))
    rows = []
    for place, (at, seq) in sorted(since.items()):
        reply = story.replies[place]
        rows.append(
            {
                "day": story.day(reply.accepted_at),
                "agent": reply.message.author,
                "team": reply.team,
                "seconds": story.wall(at, reply.accepted_at),
                "business": story.business(story.hours_at(seq), at, reply.accepted_at),
            }
        )
    return rows


def message_days(story: Story) -> list[dict[str, Any]]:
    """Count the messages of each local day and team."""
    counts: dict[tuple[dt.date, int | None], list[int]] = defaultdict(lambda: [0, 0, 0])
    for at, message in story.inbound:
        event = story.event_of.get(message.id)
        counts[story.day(at), event.team if event else None][0] += 1
    for sent in story.accepted_messages():
        is_reply = sent.message.purpose == "reply" and sent.message.author_kind == "agent"
        counts[story.day(sent.accepted_at), sent.team][1 if is_reply else 2] += 1
    return [
        {"day": day, "team": team, "inbound": inbound, "replies": replies, "automatic": automatic}
        for (day, team), (inbound, replies, automatic) in counts.items()
    ]


def promises(story: Story) -> list[dict[str, Any]]:
    """Return the promises that were kept or broken, credited to whoever had the ticket then."""
    rows = []
    for clock in story.log.clocks:
        at = clock.breached_at or clock.stopped_at
        if clock.state == "cancelled" or at is None:
            continue
        then = _standing(story, at)
        rows.append(
            {
                "day": story.day(at),
                "agent": then.assignee,
                "team": then.team,
                "metric": clock.metric,
                "is_met": clock.breached_at is None,
            }
        )
    return rows


def _standing(story: Story, at: dt.datetime) -> LoggedEvent:
    """Return the event after which the ticket stood as it did at a moment of ours."""
    found = story.opened
    for event in story.log.events:
        if event.recorded_at <= at:
            found = event
    return found


def steps(story: Story) -> list[dict[str, Any]]:
    """Return when the ticket came to an open stock and left it, by the time at which we knew."""
    rows: list[dict[str, Any]] = []
    where: tuple[int | None, int | None] | None = None
    for event in story.log.events:
        if not event.status:
            continue
        now = (event.team, event.assignee) if event.status in OPEN else None
        if now == where:
            continue
        day = story.day(event.recorded_at)
        if where is not None:
            rows.append({"day": day, "team": where[0], "agent": where[1], "delta": -1})
        if now is not None:
            rows.append({"day": day, "team": now[0], "agent": now[1], "delta": 1})
        where = now
    return rows


def asked(story: Story) -> list[dict[str, Any]]:
    """Return the surveys that arrived."""
    return [
        {
            "day": story.day(one.sent_at),
            "agent": one.agent,
            "team": one.team,
            "survey": one.kind,
            "is_answered": one.answered_at is not None and one.answered_at - one.sent_at <= ANSWER_WINDOW,
        }
        for one in story.log.surveys
        if one.is_delivered or one.answered_at is not None
    ]


def rated(story: Story) -> list[dict[str, Any]]:
    """Return the answers that count."""
    return [
        {
            "day": story.day(one.answered_at),
            "agent": one.agent,
            "team": one.team,
            "survey": one.kind,
            "score": one.score,
            "lowest": one.lowest,
            "highest": one.highest,
        }
        for one in story.log.surveys
        if one.answered_at is not None and not one.is_superseded
    ]
