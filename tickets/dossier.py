"""What stands beside a conversation on the page of a ticket, in one question."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from agents.models import User
from tickets.models import (
    ClockState,
    Draft,
    EventKind,
    Metric,
    SlaClock,
    Tag,
    Ticket,
    TicketEvent,
    visible_in_sql,
)

# So many earlier tickets are listed.
EARLIER = 10
QUESTION = """
SELECT
  (SELECT jsonb_agg(jsonb_build_array(
     k.metric, k.state, k.started_at, k.due_at, k.warn_at, k.stopped_at, k.breached_at)) FROM (
     SELECT DISTINCT ON (c.metric) c.* FROM tickets_slaclock c WHERE c.ticket_id = %(ticket)s
     ORDER BY c.metric, c.started_at DESC, c.id DESC) k),
  (SELECT jsonb_agg(jsonb_build_array(g.id, g.name, g.is_skill) ORDER BY g.name)
   FROM tickets_ticket_tags l JOIN tickets_tag g ON g.id = l.tag_id WHERE l.ticket_id = %(ticket)s),
  (SELECT jsonb_build_array(d.text, d.updated_at) FROM tickets_draft d
   WHERE d.ticket_id = %(ticket)s AND d.user_id = %(user)s),
  (SELECT jsonb_build_array(e.kind, e.data) FROM tickets_ticketevent e
   WHERE e.ticket_id = %(ticket)s AND e.kind IN ('routed', 'transferred') ORDER BY e.seq DESC LIMIT 1),
  (SELECT jsonb_agg(jsonb_build_array(o.id, o.readable, o.subject, o.status, o.spam_at, o.merged_into_id,
     o.opened_at, o.resolved_at, o.assignee) ORDER BY o.id DESC) FROM (
     SELECT t.*, {visible} AS readable,
       (SELECT coalesce(nullif(a.first_name, ''), a.username) FROM agents_user a WHERE a.id = t.assignee_id) AS assignee
     FROM tickets_ticket t WHERE t.conversation_id = %(conversation)s AND t.id <> %(ticket)s
     ORDER BY t.id DESC LIMIT %(earlier)s) o)
"""


class Earlier(NamedTuple):
    """Another ticket of the conversation."""

    pk: int
    readable: bool
    subject: str
    status: str
    spam_at: str | None
    merged_into_id: int | None
    opened_at: str
    resolved_at: str | None
    assignee: str | None

    def shown(self) -> dict[str, Any]:
        """Return what the page shows of it; where the reader may not open it, no more than subject and status."""
        ticket = Ticket(status=self.status, spam_at=_moment(self.spam_at), merged_into_id=self.merged_into_id)
        told: dict[str, Any] = {
            "pk": self.pk if self.readable else None,
            "subject": self.subject,
            "status": ticket.status_text,
            "settled": not ticket.is_open,
        }
        if not self.readable:
            return told
        opened_at = dt.datetime.fromisoformat(self.opened_at)
        if self.resolved_at is None or ticket.is_spam or ticket.merged_into_id is not None:
            return {**told, "at": opened_at}
        resolved_at = dt.datetime.fromisoformat(self.resolved_at)
        seconds = (resolved_at - opened_at).total_seconds()
        return {**told, "at": resolved_at, "seconds": seconds, "by": self.assignee or ""}


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """The newest clock of each promise, the tags, what its reader has typed, what sent it here, and earlier tickets."""

    clocks: list[SlaClock]
    tags: list[Tag]
    draft: Draft | None
    decided: TicketEvent | None
    earlier: list[Earlier]


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _clock(metric: str, state: str, started_at: str, *others: str | None) -> SlaClock:
    names = ("due_at", "warn_at", "stopped_at", "breached_at")
    moments = {name: _moment(text) for name, text in zip(names, others, strict=True)}
    return SlaClock(
        metric=Metric(metric), state=ClockState(state), started_at=dt.datetime.fromisoformat(started_at), **moments
    )


def _draft(text: str, updated_at: str) -> Draft:
    return Draft(text=text, updated_at=dt.datetime.fromisoformat(updated_at))


def of(ticket: Ticket, user: User) -> Dossier:
    """Read what stands beside a ticket that this person may read; one query."""
    values = {"ticket": ticket.pk, "conversation": ticket.conversation_id, "user": user.pk, "earlier": EARLIER}
    with connection.cursor() as cursor:
        cursor.execute(QUESTION.format(visible=visible_in_sql(user)), values)
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM
    clocks, tags, draft, decided, earlier = (json.loads(part or "[]") for part in row)
    newest = {clock.metric: clock for clock in (_clock(*values) for values in clocks)}
    return Dossier(
        clocks=[newest[metric] for metric in Metric if metric in newest],
        tags=[Tag(pk=pk, name=name, is_skill=is_skill) for pk, name, is_skill in tags],
        draft=_draft(*draft) if draft else None,
        decided=TicketEvent(kind=EventKind(decided[0]), data=decided[1]) if decided else None,
        earlier=[Earlier(*values) for values in earlier],
    )
