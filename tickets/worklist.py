"""The questions of the work list, in SQL: bounded, however many tickets are open.

A page is three stretches (overdue, due soon, later), each of which an index gives in its order and ends after one page.
Nothing is counted beyond `MOST`. A line is what the list shows of one ticket, as plain values: two lines that are equal
look the same.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

# As many as are counted one by one.
MOST = 1000
# Stands for "nobody waits" where due times are compared.
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
SETTLED = 3

OPEN = "t.status IN ('new', 'open', 'pending', 'on_hold')"
MINE, UNASSIGNED = "t.assignee_id = %(user)s", "t.assignee_id IS NULL"
OF_VIEW = {"mine": MINE, "unassigned": UNASSIGNED}
TABS = ("mine", "unassigned", "all")
STRETCHES = (
    "t.due_at <= %(at)s",
    "t.due_at > %(at)s AND t.due_at <= %(soon)s",
    "(t.due_at > %(soon)s OR t.due_at IS NULL)",
)
EVERY = tuple(range(len(STRETCHES)))
COUNT = "(SELECT count(*) FROM (SELECT FROM tickets_ticket t WHERE {} LIMIT %(most)s) counted)"
STRETCH = """
(SELECT t.id, {number} AS stretch, t.priority, coalesce(t.due_at, %(never)s) AS due_key, t.opened_at, t.version
FROM tickets_ticket t WHERE {conditions} ORDER BY t.priority, t.due_at, t.opened_at, t.id LIMIT %(size)s)
"""
BEHIND = "(t.priority, coalesce(t.due_at, %(never)s), t.opened_at, t.id) > (%(a)s, %(b)s, %(c)s, %(d)s)"
URGENT_FIRST = "ORDER BY k.stretch, k.priority, k.due_key, k.opened_at, k.id"
FIRST_OF = "SELECT * FROM ({parts}) k {order} LIMIT %(size)s"
VERSIONS = "SELECT k.id, k.version FROM ({keys}) k {order}"
RESOLVED = """
SELECT t.id, 3 AS stretch, t.priority, t.resolved_at AS due_key, t.opened_at, t.version
FROM tickets_ticket t WHERE t.status IN ('resolved', 'closed') AND t.resolved_at IS NOT NULL
  AND t.spam_at IS NULL AND t.merged_into_id IS NULL AND {conditions}
ORDER BY t.resolved_at DESC, t.id DESC LIMIT %(size)s
"""
RESOLVED_BEHIND = "(t.resolved_at, t.id) < (%(a)s, %(b)s)"
SPAM = """
SELECT t.id, 3 AS stretch, t.priority, t.spam_at AS due_key, t.opened_at, t.version
FROM tickets_ticket t WHERE t.spam_at IS NOT NULL AND {conditions} ORDER BY t.spam_at DESC, t.id DESC LIMIT %(size)s
"""
SPAM_BEHIND = "(t.spam_at, t.id) < (%(a)s, %(b)s)"
# The views of what is settled, each with the condition "behind this key".
SETTLED_VIEWS = {"resolved": (RESOLVED, RESOLVED_BEHIND), "spam": (SPAM, SPAM_BEHIND)}
NEWEST_FIRST = "ORDER BY k.due_key DESC, k.id DESC"
LINES = """
SELECT k.*, t.status, t.subject, t.due_at, t.warn_at, t.waiting_since, t.unanswered_count, t.snoozed_until,
  t.spam_at, t.assignee_id, a.first_name, a.last_name, a.username,
  c.contact_id, p.name, p.phone, p.language, (SELECT i.channel FROM tickets_inbox i WHERE i.id = c.inbox_id),
  coalesce(m.occurred_at, t.last_activity_at), m.id, m.kind, m.state, m.content_type, left(m.text, %(preview)s),
  m.language, m.delivered_at, m.read_at, m.played_at, m.author_id, w.first_name, w.username,
  (SELECT d.text FROM tickets_draft d WHERE d.ticket_id = k.id AND d.user_id = %(user)s),
  (SELECT g.name FROM tickets_ticket_tags l JOIN tickets_tag g ON g.id = l.tag_id WHERE l.ticket_id = k.id
   ORDER BY g.name LIMIT 1)
FROM ({keys}) k
JOIN tickets_ticket t ON t.id = k.id
JOIN tickets_conversation c ON c.id = t.conversation_id
JOIN tickets_contact p ON p.id = c.contact_id
LEFT JOIN agents_user a ON a.id = t.assignee_id
LEFT JOIN tickets_message m ON m.id = t.last_message_id
LEFT JOIN agents_user w ON w.id = m.author_id
{order}
"""
# A preview is a line; what comes behind these characters is on none.
PREVIEW = 1000


class Line(NamedTuple):
    """One ticket of the list; `due_key` is the time of settling in the views of settled tickets."""

    pk: int
    stretch: int
    priority: int
    due_key: dt.datetime
    opened_at: dt.datetime
    version: int
    status: str
    subject: str
    due_at: dt.datetime | None
    warn_at: dt.datetime | None
    waiting_since: dt.datetime | None
    unanswered_count: int
    snoozed_until: dt.datetime | None
    spam_at: dt.datetime | None
    assignee_id: int | None
    assignee_first_name: str | None
    assignee_last_name: str | None
    assignee_username: str | None
    contact_id: int
    contact_name: str
    contact_phone: str
    contact_language: str
    channel: str
    at: dt.datetime
    message_id: int | None
    message_kind: str
    message_state: str | None
    message_content_type: str
    message_text: str
    message_language: str
    message_delivered_at: dt.datetime | None
    message_read_at: dt.datetime | None
    message_played_at: dt.datetime | None
    message_author_id: int | None
    message_author_first_name: str
    message_author_username: str
    draft: str | None
    tag: str | None


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Which tickets: of these teams (None for all there are), of one view, and grouped as of one moment."""

    user_id: int
    view: str
    teams: tuple[int, ...] | None
    at: dt.datetime
    soon: dt.datetime

    def conditions(self, *more: str) -> str:
        """Return what every ticket of the cut fulfils, and more."""
        teams = (
            []
            if self.teams is None
            else ["t.team_id = %(team)s" if len(self.teams) == 1 else "t.team_id = ANY(%(teams)s)"]
        )
        return " AND ".join((*teams, *more)) or "TRUE"

    def values(self, **more: Any) -> dict[str, Any]:
        """Return the values for the names in the questions."""
        teams = list(self.teams or ())
        moments = {"at": self.at, "soon": self.soon, "never": NEVER}
        return {"user": self.user_id, "teams": teams, "team": teams[0] if teams else None, **moments, **more}


def _ask(question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def count(cut: Cut) -> tuple[int, ...]:
    """Return how many are mine, unassigned, open at all, and in each stretch of the view; each up to `MOST`."""
    of_view = [OF_VIEW[cut.view]] if cut.view in OF_VIEW else []
    # The view itself is what its stretches add up to.
    others = [tab for tab in TABS if tab != (cut.view if of_view else "all")]
    conditions = [[OF_VIEW[tab]] if tab in OF_VIEW else [] for tab in others]
    conditions += ([*of_view, stretch] for stretch in STRETCHES)
    asked = ", ".join(COUNT.format(cut.conditions(OPEN, *more)) for more in conditions)
    counted = _ask(f"SELECT {asked}", cut.values(most=MOST))[0]
    stretches = counted[len(others) :]
    known = dict(zip(others, counted, strict=False))
    return *(known.get(tab, min(sum(stretches), MOST)) for tab in TABS), *stretches


def _keys(cut: Cut, after: Sequence[Any], stretches: Sequence[int] = EVERY) -> tuple[str, str, dict[str, Any]]:
    """Return the question for the keys of a page, its order, and the values of the key behind which it begins."""
    if cut.view in SETTLED_VIEWS:
        question, is_behind = SETTLED_VIEWS[cut.view]
        behind = dict(zip("ab", after, strict=True)) if after else {}
        more = [is_behind] if after else []
        return question.format(conditions=cut.conditions(*more)), NEWEST_FIRST, behind
    begin, behind = (after[0], dict(zip("abcd", after[1:], strict=True))) if after else (0, {})
    of_view = [OF_VIEW[cut.view]] if cut.view in OF_VIEW else []
    parts = [
        STRETCH.format(
            number=number,
            conditions=cut.conditions(
                OPEN, *of_view, STRETCHES[number], *([BEHIND] if after and number == begin else [])
            ),
        )
        for number in stretches
        if number >= begin
    ]
    return FIRST_OF.format(parts=" UNION ALL ".join(parts), order=URGENT_FIRST), URGENT_FIRST, behind


def lines(cut: Cut, after: Sequence[Any], size: int, stretches: Sequence[int] = EVERY) -> list[Line]:
    """Return the lines behind a key, in these stretches; one query.

    The key is (stretch, priority, due_key, opened_at, pk), or (the time of settling, pk).
    """
    keys, order, behind = _keys(cut, after, stretches)
    values = cut.values(size=size, preview=PREVIEW, **behind)
    return [Line(*row) for row in _ask(LINES.format(keys=keys, order=order), values)]


def versions(cut: Cut, size: int, stretches: Sequence[int] = EVERY) -> Iterable[tuple[int, int]]:
    """Return keys and versions of the first lines in these stretches; one query."""
    keys, order, _behind = _keys(cut, (), stretches)
    question = VERSIONS.format(keys=keys, order=order)
    return [(pk, version) for pk, version in _ask(question, cut.values(size=size))]
