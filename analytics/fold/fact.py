"""The columns of a ticket's fact: one value for each ticket."""

import datetime as dt
from itertools import zip_longest
from typing import Any

from analytics.definitions import DEFLECTION_HOURS, FCR_WINDOW_DAYS, MISSED_AFTER_HOURS
from analytics.fold.story import Said, Solve, Story

PAUSED = frozenset({"pending", "on_hold"})
FCR_WINDOW = dt.timedelta(days=FCR_WINDOW_DAYS)
MISSED_AFTER = dt.timedelta(hours=MISSED_AFTER_HOURS)
QUIET = dt.timedelta(hours=DEFLECTION_HOURS)
NEVER_REPLIED: dict[str, Any] = dict.fromkeys(
    ("replied_at", "replied_day", "replied_agent", "replied_team", "first_response", "first_response_business",
     "assignment_to_reply")
)  # fmt: skip
NEVER_SOLVED: dict[str, Any] = dict.fromkeys(
    ("first_solved_at", "first_solved_day", "first_solved_agent", "first_solved_team", "first_resolution",
     "first_resolution_business", "solved_at", "solved_day", "solved_agent", "solved_team", "resolution",
     "resolution_business", "work", "work_business")
) | dict.fromkeys(("is_reopened", "is_one_touch", "is_unattended"), False)  # fmt: skip


def columns(story: Story) -> dict[str, Any]:
    """Return all columns but those about work and those that other tickets decide."""
    log, opened = story.log, story.opened
    # What routing decided in the same moment is where the ticket began.
    at_once = [event.team for event in story.moves if event.recorded_at == opened.recorded_at]
    return {
        "ticket_id": log.ticket,
        "contact": log.contact,
        "inbox": log.inbox,
        "channel": log.channel,
        "topic": story.topic,
        "tags": sorted(log.tags),
        "is_counted": story.is_counted,
        "is_stock": story.is_stock,
        "opened_at": opened.occurred_at,
        "opened_day": story.day(opened.occurred_at),
        "opened_hour": opened.occurred_at.astimezone(story.zone).hour,
        "opened_team": at_once[-1] or (opened.data or {}).get("team"),
        "began_at": story.began_at,
        **_first_reply(story),
        **_acknowledgement(story),
        **_resolutions(story),
        "missed_day": _missed_day(story),
    }


def _first_reply(story: Story) -> dict[str, Any]:
    if story.first is None or story.began_at is None:
        return NEVER_REPLIED
    at = story.first.accepted_at
    since, hours = story.start(story.first_of, story.first.message.seq, story.began_at)
    return {
        "replied_at": at,
        "replied_day": story.day(at),
        "replied_agent": story.first.message.author,
        "replied_team": story.first.team,
        "first_response": story.wall(since, at),
        "first_response_business": story.business(hours, since, at),
        "assignment_to_reply": _assignment_to_reply(story.first_of, story.first, since),
    }


def _assignment_to_reply(story: Story, first: Said, began_at: dt.datetime) -> int | None:
    assignee: int | None = None
    since = story.opened.occurred_at
    replied = story.event_of.get(first.message.id)
    for event in story.moves:
        if replied is not None and event.seq >= replied.seq:
            break
        if event.assignee != assignee:
            assignee, since = event.assignee, event.occurred_at
    if assignee is None or assignee != first.message.author:
        return None
    return story.wall(max(since, began_at), first.accepted_at)


def _acknowledgement(story: Story) -> dict[str, Any]:
    if story.own_began_at is not None:
        for message, at, _team in story.said:
            if message.purpose == "acknowledgement" and message.author_kind != "agent":
                return {"acknowledged_day": story.day(at), "acknowledgement": story.wall(story.own_began_at, at)}
    return {"acknowledged_day": None, "acknowledgement": None}


def _resolutions(story: Story) -> dict[str, Any]:
    if not story.solves or story.began_at is None:
        return NEVER_SOLVED
    first, last = story.solves[0], story.solves[-1]
    since, hours = story.start(story, last.seq, story.began_at)
    wall, business = story.wall(since, last.at), story.exact_business(hours, since, last.at)
    whole = max(0, int(business))
    pauses = _pauses(story, since, last.at)
    paused = sum((end - begin for begin, end in pauses), dt.timedelta())
    again = first is not last
    began_at, first_hours = story.start(story, first.seq, story.began_at) if again else (since, hours)
    times = {
        "first_resolution": story.wall(began_at, first.at) if again else wall,
        "first_resolution_business": story.business(first_hours, began_at, first.at) if again else whole,
        "resolution": wall,
        "resolution_business": whole,
        "work": max(0, int((last.at - since - paused).total_seconds())) if pauses else wall,
        "work_business": max(0, int(business - sum(story.exact_business(hours, begin, end) for begin, end in pauses))),
    }
    return {
        **(dict.fromkeys(times) if story.is_for_machines else times),
        "first_solved_at": first.at,
        "first_solved_day": story.day(first.at),
        "first_solved_agent": first.agent,
        "first_solved_team": first.team,
        "is_reopened": _is_reopened(first, first.reopens_within),
        "solved_at": last.at,
        "solved_day": story.day(last.at),
        "solved_agent": last.agent,
        "solved_team": last.team,
        "is_one_touch": _is_one_touch(story, last),
        "is_unattended": _is_unattended(story),
    }


def _is_reopened(solve: Solve, window: dt.timedelta) -> bool:
    return solve.reopened_at is not None and solve.reopened_at - solve.at <= window


def _is_unattended(story: Story) -> bool:
    """Whether no person wrote to the contact, the contact asked for none, and the ticket stayed resolved."""
    by_people = any(message.kind == "outbound" and message.author_kind == "agent" for message in story.log.messages)
    wants_human = any(one.wants_human for one in story.all)
    return not by_people and not wants_human and not any(_is_reopened(one, QUIET) for one in story.solves)


def _pauses(story: Story, begin: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when the ticket was pending or on hold within a stretch of time."""
    found = []
    status, since = "", begin
    for event in story.moves:
        if event.status in {"", status} or event.seq in story.void or event.seq in story.while_aside:
            continue
        at = max(since, min(event.occurred_at, end))
        if status in PAUSED and at > since:
            found.append((since, at))
        status, since = event.status, at
    if status in PAUSED and end > since:
        found.append((since, end))
    return found


def _is_one_touch(story: Story, solve: Solve) -> bool:
    if solve.agent is None:
        return False
    people = {reply.message.author for reply in story.replies_before(solve.seq, solve.at)} | {solve.agent}
    reopened = any(_is_reopened(one, FCR_WINDOW) for one in story.solves)
    handed_over = any(one.seq < solve.seq and story.replies_before(one.seq, one.occurred_at) for one in story.transfers)
    return len(people) == 1 and not reopened and not handed_over


def _missed_day(story: Story) -> dt.date | None:
    """Return the day on which 24 hours without an answer ended, while nobody had replied or resolved."""
    waiting = sorted(at for one in story.all for at, message in one.inbound if not one.was_settled(message))
    for at, following in zip_longest(waiting, waiting[1:]):
        end = at + MISSED_AFTER
        if story.first is not None and story.first.accepted_at <= end:
            return None
        resolved = any(at <= solve.at <= end for one in story.all for solve in one.solves)
        if not resolved and (following is None or following > end):
            return story.day(end)
    return None
