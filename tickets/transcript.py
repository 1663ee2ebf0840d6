"""The questions of a conversation, in SQL: what was said and what happened, as far as somebody may read it.

A message is plain values: two that are equal look the same on the page.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from agents.models import User
from tickets.models import Attachment, Conversation, Inbox, Message, TicketEvent, visible_in_sql

# More lines than these a page is never given at once.
MOST = 200
# Of what a message quotes, one line is shown.
QUOTED = 1000

READABLE = "(SELECT t.id FROM tickets_ticket t WHERE t.conversation_id = %(conversation)s AND {visible})"
BETWEEN = "l.seq > %(after)s AND l.seq < %(before)s ORDER BY l.seq DESC LIMIT %(size)s"
FROM_HERE = "l.seq >= %(start)s ORDER BY l.seq LIMIT %(size)s"
ONE_BEFORE = "l.seq < %(start)s ORDER BY l.seq DESC LIMIT 1"
BOTH = "({}) UNION ALL ({})"
SPOKEN = """
SELECT l.id, l.inbox_id, l.seq, l.kind, l.purpose, l.author_kind, l.content_type, l.text, l.language, l.occurred_at,
  l.state, l.error_code, l.error_text, l.delivered_at, l.read_at, l.played_at, l.asked_at, l.ticket_id,
  l.author_id, a.first_name, a.last_name, a.username,
  CASE WHEN l.quoted_id IS NOT NULL THEN coalesce((
    SELECT jsonb_build_array(q.id, q.content_type, left(q.text, %(quoted)s), w.id, w.first_name, w.username)::text
    FROM tickets_message q LEFT JOIN agents_user w ON w.id = q.author_id WHERE q.id = l.quoted_id
      AND (coalesce(q.ticket_id, q.about_id) IS NULL OR EXISTS (
        SELECT FROM tickets_ticket t WHERE t.id = coalesce(q.ticket_id, q.about_id) AND {visible}))), '[]') END,
  (SELECT jsonb_agg(jsonb_build_array(f.token, f.state, f.file_name, f.media_type, f.error_text) ORDER BY f.id)::text
   FROM tickets_attachment f WHERE f.message_id = l.id)
FROM tickets_message l LEFT JOIN agents_user a ON a.id = l.author_id
WHERE l.conversation_id = %(conversation)s AND l.state IS DISTINCT FROM 'cancelled'
  AND (coalesce(l.ticket_id, l.about_id) IS NULL OR coalesce(l.ticket_id, l.about_id) IN {readable}) AND {stretch}
"""
HAPPENED = """
SELECT l.id, l.ticket_id, l.seq, l.kind, l.actor_kind, l.actor_id, l.data, l.occurred_at, l.recorded_at
FROM tickets_ticketevent l
WHERE l.ticket_id IN {readable} AND l.kind = ANY(%(kinds)s) AND {stretch}
"""


class Spoken(NamedTuple):
    """One message; what it quotes and its files are JSON, because most have neither."""

    pk: int
    inbox_id: int
    seq: int
    kind: str
    purpose: str
    author_kind: str
    content_type: str
    text: str
    language: str
    occurred_at: dt.datetime
    state: str | None
    error_code: str
    error_text: str
    delivered_at: dt.datetime | None
    read_at: dt.datetime | None
    played_at: dt.datetime | None
    asked_at: dt.datetime | None
    ticket_id: int | None
    author_id: int | None
    author_first_name: str | None
    author_last_name: str | None
    author_username: str | None
    quoted: str | None
    files: str | None

    @property
    def quotes_the_unreadable(self) -> bool:
        """Whether it quotes something of a ticket that the reader may not open."""
        return self.quoted == "[]"

    @property
    def attachments(self) -> list[Attachment]:
        """Return its files, with as much as is shown of them."""
        return [
            Attachment(token=token, state=state, file_name=name, media_type=kind, error_text=error)
            for token, state, name, kind, error in json.loads(self.files or "[]")
        ]

    def message(self, inbox: Inbox) -> Message:
        """Return the message with as much as is shown of it, for those who make words of it.

        `inbox` is that of its conversation.
        """
        author = None
        if self.author_id is not None:
            author = User(
                pk=self.author_id,
                first_name=self.author_first_name or "",
                last_name=self.author_last_name or "",
                username=self.author_username or "",
            )
        # A merge may have brought it here from another inbox.
        inboxes: dict[str, Any] = {"inbox": inbox} if inbox.pk == self.inbox_id else {"inbox_id": self.inbox_id}
        return Message(
            pk=self.pk,
            **inboxes,
            ticket_id=self.ticket_id,
            seq=self.seq,
            kind=self.kind,
            purpose=self.purpose,
            author_kind=self.author_kind,
            author=author,
            content_type=self.content_type,
            text=self.text,
            language=self.language,
            quoted=self._quoted(),
            occurred_at=self.occurred_at,
            state=self.state,
            error_code=self.error_code,
            error_text=self.error_text,
            delivered_at=self.delivered_at,
            read_at=self.read_at,
            played_at=self.played_at,
            asked_at=self.asked_at,
        )

    def _quoted(self) -> Message | None:
        if self.quoted is None or self.quotes_the_unreadable:
            return None
        pk, content_type, text, author_id, first_name, username = json.loads(self.quoted)
        author = None if author_id is None else User(pk=author_id, first_name=first_name, username=username)
        return Message(pk=pk, content_type=content_type, text=text, author=author)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one person may read of one conversation."""

    user: User
    conversation: Conversation

    def _question(self, question: str, stretch: str) -> str:
        visible = visible_in_sql(self.user)
        return question.format(readable=READABLE.format(visible=visible), visible=visible, stretch=stretch)

    def _values(self, **more: Any) -> dict[str, Any]:
        return {"user": self.user.pk, "conversation": self.conversation.pk, "quoted": QUOTED, "size": MOST, **more}

    def _spoken(self, question: str, **values: Any) -> list[Spoken]:
        with connection.cursor() as cursor:
            cursor.execute(question, self._values(**values))
            return [Spoken(*row) for row in cursor.fetchall()]

    def _happened(self, question: str, **values: Any) -> list[TicketEvent]:
        return list(TicketEvent.objects.raw(question, self._values(**values)))

    def spoken(self, *, before: int, size: int) -> list[Spoken]:
        """Return the messages before a place, the newest first; one query."""
        return self._spoken(self._question(SPOKEN, BETWEEN), after=-1, before=before, size=size)

    def happened(self, kinds: Iterable[str], *, after: int, before: int) -> list[TicketEvent]:
        """Return the events between two places, the newest first; one query."""
        question = self._question(HAPPENED, BETWEEN)
        return self._happened(question, kinds=list(kinds), after=after, before=before)

    def spoken_from(self, start: int, size: int) -> list[Spoken]:
        """Return so many messages from a place on, and the one before it, in no order; one query."""
        parts = (self._question(SPOKEN, stretch) for stretch in (FROM_HERE, ONE_BEFORE))
        return self._spoken(BOTH.format(*parts), start=start, size=size)

    def happened_from(self, kinds: Iterable[str], start: int, size: int) -> list[TicketEvent]:
        """Return so many events from a place on, and the one before it, in no order; one query."""
        parts = (self._question(HAPPENED, stretch) for stretch in (FROM_HERE, ONE_BEFORE))
        return self._happened(BOTH.format(*parts), kinds=list(kinds), start=start, size=size)
