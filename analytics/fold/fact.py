"""The columns of a ticket's fact: one value for each ticket."""

import datetime as dt
from typing import Any

from analytics.definitions import FCR_WINDOW_DAYS, MISSED_AFTER_HOURS, REOPEN_WINDOW_HOURS
from analytics.fold.story import Reply, Solve, Story

PAUSED = frozenset({"pending", "on_hold"})
FCR_WINDOW = dt.timedelta(days=FCR_WINDOW_DAYS)
REOPEN_WINDOW = dt.timedelta(hours=REOPEN_WINDOW_HOURS)
MISSED_AFTER = dt.timedelta(hours=MISSED_AFTER_HOURS)


def columns(story: Story) -> dict[str, Any]:
    """Return all columns but those about work and those that other tickets decide."""
    opened = story.opened.occurred_at.astimezone(story.zone)
    # What routing decided in the same moment is where the ticket began.
    arrived = next((e for e in story.log.events if e.kind == "message_received"), story.opened)
    team = arrived.team or story.opened.team or story.opened.data.get("team")
    return {
        "ticket_id": story.log.ticket,
        "contact": story.log.contact,
        "inbox": story.log.inbox,
        "channel": story.log.channel,
        "tags": sorted(story.log.tags),
        "is_counted": not story.log.is_test and bool(story.inbound),
        "opened_at": story.opened.occurred_at,
        "opened_day": opened.date(),
        "opened_hour": opened.hour,
        "opened_team": team,
        "began_at": story.began_at,
        **_first_reply(story),
        **_acknowledgement(story),
        **_first_resolution(story),
        **_resolution(story),
        "missed_day": _missed_day(story),
    }


def _first_reply(story: Story) -> dict[str, Any]:
    names = ("replied_at", "replied_day", "replied_agent", "replied_team", "first_response",
             "first_response_business", "assignment_to_reply")  # fmt: skip
    if story.first is None or story.began_at is None:
        return dict.fromkeys(names)
    at = story.first.accepted_at
    return {
        "replied_at": at,
        "replied_day": story.day(at),
        "replied_agent": story.first.message.author,
        "replied_team": story.first.team,
        "first_response": story.wall(story.began_at, at),
        "first_response_business": story.business(story.hours_at(story.opened.seq), story.began_at, at),
        "assignment_to_reply": _assignment_to_reply(story, story.first, story.began_at),
    }


def _assignment_to_reply(story: Story, first: Reply, began_at: dt.datetime) -> int | None:
    assignee: int | None = None
    since = story.opened.occurred_at
    for event in story.log.events:
        if event.message == first.message.id:
            break
        if event.assignee != assignee:
            assignee, since = event.assignee, event.occurred_at
    if assignee is None or assignee != first.message.author:
        return None
    return story.wall(max(since, began_at), first.accepted_at)


def _acknowledgement(story: Story) -> dict[str, Any]:
    sent = story.accepted_messages(lambda m: m.purpose == "acknowledgement" and m.author_kind != "agent")
    if not sent or story.began_at is None:
        return {"acknowledged_day": None, "acknowledgement": None}
    at = sent[0].accepted_at
    return {"acknowledged_day": story.day(at), "acknowledgement": story.wall(story.began_at, at)}


def _first_resolution(story: Story) -> dict[str, Any]:
    names = ("first_solved_at", "first_solved_day", "first_solved_agent", "first_solved_team",
             "first_resolution", "first_resolution_business")  # fmt: skip
    if not story.solves or story.began_at is None:
        return {**dict.fromkeys(names), "is_reopened": False}
    solve = story.solves[0]
    reopened = solve.reopened_at
    return {
        "first_solved_at": solve.at,
        "first_solved_day": story.day(solve.at),
        "first_solved_agent": solve.agent,
        "first_solved_team": solve.team,
        "first_resolution": story.wall(story.began_at, solve.at),
        "first_resolution_business": story.business(story.hours_at(story.opened.seq), story.began_at, solve.at),
        "is_reopened": reopened is not None and reopened - solve.at <= REOPEN_WINDOW,
    }


def _resolution(story: Story) -> dict[str, Any]:
    names = ("solved_at", "solved_day", "solved_agent", "solved_team", "resolution", "resolution_business", "work",
             "work_business")  # fmt: skip
    if not story.solves or story.began_at is None:
        return {**dict.fromkeys(names), "is_one_touch": False}
    solve, hours = story.solves[-1], story.hours_at(story.opened.seq)
    pauses = _pauses(story, story.began_at, solve.at)
    business = story.exact_business(hours, story.began_at, solve.at)
    return {
        "solved_at": solve.at,
        "solved_day": story.day(solve.at),
        "solved_agent": solve.agent,
        "solved_team": solve.team,
        "resolution": story.wall(story.began_at, solve.at),
        "resolution_business": max(0, int(business)),
        "work": max(0, int((solve.at - story.began_at - sum((e - b for b, e in pauses), dt.timedelta()))
                           .total_seconds())),
        "work_business": max(0, int(business - sum(story.exact_business(hours, b, e) for b, e in pauses))),
        "is_one_touch": _is_one_touch(story, solve),
    }  # fmt: skip


def _pauses(story: Story, begin: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when the ticket was pending or on hold within a stretch of time."""
    found = []
    status, since = "", begin
    for event in story.log.events:
        if event.status in {"", status}:
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
    people = {reply.message.author for reply in story.replies if reply.message.seq < solve.seq} | {solve.agent}
    reopened = any(s.reopened_at is not None and s.reopened_at - s.at <= FCR_WINDOW for s in story.solves)
    first = min((reply.message.seq for reply in story.replies), default=None)
    handed_over = first is not None and any(first < seq < solve.seq for seq in story.transfers)
    return len(people) == 1 and not reopened and not handed_over


def _missed_day(story: Story) -> dt.date | None:
    """Return the day on which 24 hours without an answer ended, while nobody had replied or resolved."""
    answered = story.first.accepted_at if story.first else None
    waiting = sorted(at for at, _m in story.inbound if answered is None or at < answered)
    for place, at in enumerate(waiting):
        following = waiting[place + 1] if place + 1 < len(waiting) else answered
        end = at + MISSED_AFTER
        if story.solves and story.solves[0].at <= end:
            return None
        if following is None or following > end:
            return story.day(end)
    return None
