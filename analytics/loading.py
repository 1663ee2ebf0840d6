"""Read the logs of some tickets: one statement for each table, however many tickets they are."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from analytics.database import fetch
from analytics.definitions import NPS_WINDOW_DAYS
from analytics.fold import Log, LoggedClock, LoggedEvent, LoggedFocus, LoggedMessage, LoggedSurvey

TICKETS = """
SELECT t.id, coalesce(c.merged_into_id, c.id), v.inbox_id, i.channel, c.is_test
FROM tickets_ticket t JOIN tickets_conversation v ON v.id = t.conversation_id
JOIN tickets_inbox i ON i.id = v.inbox_id JOIN tickets_contact c ON c.id = v.contact_id
WHERE t.id = ANY(%s::bigint[]) ORDER BY t.id
"""
TAGS = "SELECT ticket_id, tag_id FROM tickets_ticket_tags WHERE ticket_id = ANY(%s::bigint[])"
# Of what an event says besides, figures need this; most events say nothing of it.
EVENTS = """
SELECT ticket_id, seq, kind, actor_id, message_id,
  CASE WHEN data ?| '{hours,linked,reopens_within,rule}' OR kind = ANY('{opened,marked_spam,merged,absorbed,released}')
    THEN data::text END,
  occurred_at, recorded_at, team_id, assignee_id, status
FROM tickets_ticketevent WHERE ticket_id = ANY(%s::bigint[]) ORDER BY ticket_id, seq
"""
MESSAGES = """
SELECT ticket_id, id, seq, kind, purpose, author_kind, author_id, seen_seq, occurred_at, moved_from_id
FROM tickets_message WHERE ticket_id = ANY(%s::bigint[]) ORDER BY ticket_id, seq
"""
CLOCKS = """
SELECT ticket_id, metric, state, stopped_at, breached_at
FROM tickets_slaclock WHERE ticket_id = ANY(%s::bigint[]) ORDER BY ticket_id, id
"""
FOCUS = """
SELECT ticket_id, user_id, composing, started_at, coalesce(ended_at, last_seen_at)
FROM tickets_focussegment WHERE ticket_id = ANY(%s::bigint[]) ORDER BY ticket_id, started_at
"""
KEPT_WORK = "SELECT ticket_id, agents, seconds FROM kpi_kept_work WHERE ticket_id = ANY(%s::bigint[])"
TARGETS = "SELECT merged_into_id FROM tickets_ticket WHERE id = ANY(%s::bigint[]) AND merged_into_id IS NOT NULL"
# All answers of a person, under whatever entry: step by step, each by an index, whatever the planner believes.
# Where it takes tables for empty, it would join all answers to a survey with each other and then look who gave them.
THEIR_ANSWERS = """
LATERAL (SELECT id FROM tickets_contact WHERE id = {person}
  UNION ALL SELECT id FROM tickets_contact WHERE merged_into_id = {person}) AS oc,
LATERAL (SELECT id FROM tickets_conversation WHERE contact_id = oc.id OFFSET 0) AS ov,
LATERAL (SELECT id, spam_at, merged_into_id FROM tickets_ticket WHERE conversation_id = ov.id OFFSET 0) AS ot,
LATERAL (SELECT id, survey_id FROM surveys_surveyinvitation WHERE ticket_id = ot.id OFFSET 0) AS oi,
LATERAL (SELECT occurred_at FROM surveys_surveyresponse WHERE invitation_id = oi.id OFFSET 0) AS o
"""
# A recommendation is superseded when the same person gave a newer one within the window.
SURVEYS = f"""
SELECT i.ticket_id, s.kind, i.agent_id, i.team_id, i.decided_at,
  coalesce(m.delivered_at, m.read_at, m.played_at) IS NOT NULL, r.occurred_at, r.score, r.lowest, r.highest,
  s.kind = 'nps' AND r.id IS NOT NULL AND EXISTS (
    SELECT FROM {THEIR_ANSWERS.format(person="coalesce(c.merged_into_id, c.id)")}
    WHERE oi.survey_id = i.survey_id AND ot.spam_at IS NULL AND ot.merged_into_id IS NULL
      AND o.occurred_at > r.occurred_at AND o.occurred_at <= r.occurred_at + interval '{NPS_WINDOW_DAYS} days'
  )
FROM surveys_surveyinvitation i JOIN surveys_survey s ON s.id = i.survey_id
JOIN tickets_message m ON m.id = i.message_id JOIN tickets_ticket t ON t.id = i.ticket_id
JOIN tickets_conversation v ON v.id = t.conversation_id JOIN tickets_contact c ON c.id = v.contact_id
LEFT JOIN LATERAL (SELECT id, occurred_at, score, lowest, highest FROM surveys_surveyresponse
  WHERE invitation_id = i.id OFFSET 0) AS r ON TRUE
WHERE i.ticket_id = ANY(%s::bigint[]) AND i.state = 'sent' ORDER BY i.id
"""  # noqa: S608 - a number of ours
# The tickets whose recommendation a newer one of the same contact, given to one of these, may take the place of.
OLDER_ANSWERS = f"""
WITH given AS MATERIALIZED (
  SELECT DISTINCT i.survey_id, coalesce(c.merged_into_id, c.id) AS person
  FROM surveys_surveyinvitation i JOIN surveys_survey s ON s.id = i.survey_id AND s.kind = 'nps'
  JOIN LATERAL (SELECT FROM surveys_surveyresponse WHERE invitation_id = i.id OFFSET 0) AS r ON TRUE
  JOIN tickets_ticket t ON t.id = i.ticket_id JOIN tickets_conversation v ON v.id = t.conversation_id
  JOIN tickets_contact c ON c.id = v.contact_id
  WHERE i.ticket_id = ANY(%s::bigint[])
)
SELECT DISTINCT ot.id FROM given, {THEIR_ANSWERS.format(person="given.person")}
WHERE oi.survey_id = given.survey_id
"""  # noqa: S608 - words of ours

Rows = Iterable[tuple[Any, ...]]
# Most events say one of a few things, and reading JSON costs more than all else. Nobody changes what is read.
_said: Callable[[str], dict[str, Any]] = lru_cache(maxsize=4096)(json.loads)


def load(ticket_ids: Sequence[int]) -> list[Log]:
    """Read the logs of some tickets, in order of their numbers; those without a history are left out."""
    ids = [list(ticket_ids)]
    logs = {row[0]: Log(*row) for row in fetch(TICKETS, ids)}
    for pk, events in _by_ticket(fetch(EVENTS, ids)):
        logs[pk].events = [*map(_event, events)]
    for pk, messages in _by_ticket(fetch(MESSAGES, ids)):
        logs[pk].messages = [*map(LoggedMessage._make, messages)]
    for pk, tag in fetch(TAGS, ids):
        logs[pk].tags.append(tag)
    _read_partners(logs)
    for pk, clocks in _by_ticket(fetch(CLOCKS, ids)):
        logs[pk].clocks = [*map(LoggedClock._make, clocks)]
    for pk, focus in _by_ticket(fetch(FOCUS, ids)):
        logs[pk].focus = [*map(LoggedFocus._make, focus)]
    for pk, agents, seconds in fetch(KEPT_WORK, ids):
        logs[pk].kept_work = dict(zip(agents, seconds, strict=True))
    _read_focus_of_merged(logs)
    for row in fetch(SURVEYS, ids):
        logs[row[0]].surveys.append(LoggedSurvey._make(row))
    return [log for log in logs.values() if log.events]


def _by_ticket(rows: Rows) -> Iterable[tuple[int, Rows]]:
    return groupby(rows, itemgetter(0))


def _event(row: tuple[Any, ...]) -> LoggedEvent:
    event = LoggedEvent._make(row)
    return event if event.data is None else event._replace(data=_said(row[5]))


def _read_partners(logs: dict[int, Log]) -> None:
    """Give each log the events of tickets that it was ever merged with; no query where there are none."""
    partners = {pk: found for pk, log in logs.items() if (found := _partners(log.events))}
    if not partners:
        return
    events: dict[int, list[LoggedEvent]] = defaultdict(list)
    for row in fetch(EVENTS, [sorted(set().union(*partners.values()))]):
        events[row[0]].append(_event(row))
    for pk, theirs in partners.items():
        logs[pk].others = {partner: events[partner] for partner in sorted(theirs)}


def _partners(events: Sequence[LoggedEvent]) -> set[int]:
    found = set()
    for event in events:
        if event.kind == "merged" and event.data:
            found.add(event.data["into"])
        elif event.kind == "absorbed" and event.data:
            found.add(event.data["source"])
    return found


def _read_focus_of_merged(logs: dict[int, Log]) -> None:
    """Give each log what people had before their eyes of the tickets that are merged into it."""
    into = {source: log for log in logs.values() if log.others for source in log.absorbed()}
    for row in fetch(FOCUS, [sorted(into)]) if into else ():
        into[row[0]].focus.append(LoggedFocus._make(row))
    for log in into.values():
        log.focus.sort(key=lambda one: one.began_at)


def with_dependants(ticket_ids: Sequence[int]) -> list[int]:
    """Add the tickets whose figures these have a part in.

    They are those into which one of them was merged, and those whose recommendation a newer one may take the place of.
    """
    ids = [list(ticket_ids)]
    return sorted({*ticket_ids, *(pk for (pk,) in [*fetch(TARGETS, ids), *fetch(OLDER_ANSWERS, ids)])})
