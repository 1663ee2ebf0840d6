"""Fill a database with conversations, in SQL and within its constraints: `python -m benchmarks.fill 20000`."""

import os
import sys

import psycopg

# Half of the tickets are open; of those a third belongs to Lena and a third waits for an answer.
PEOPLE = """
INSERT INTO tickets_contact (name, phone, created_at)
SELECT 'Contact ' || n, '+4917' || lpad(n::text, 9, '0'), now() - interval '1 day'
FROM generate_series(%(first)s::int, %(last)s::int) n;
INSERT INTO tickets_contactidentity (inbox_id, kind, value, contact_id, last_inbound_at)
SELECT (SELECT min(id) FROM tickets_inbox), 'phone', substr(phone, 2), id, now() - interval '1 hour'
FROM tickets_contact WHERE id > %(contact)s;
INSERT INTO tickets_conversation (inbox_id, contact_id, last_seq)
SELECT (SELECT min(id) FROM tickets_inbox), id, %(messages)s::int * 2 FROM tickets_contact WHERE id > %(contact)s;
"""
TICKETS = """
INSERT INTO tickets_ticket (conversation_id, team_id, assignee_id, status, priority, subject, opened_at, recorded_at,
  resolved_at, waiting_since, due_at, unanswered_count, last_activity_at, version)
SELECT c.id, (SELECT team_id FROM tickets_inbox ORDER BY id LIMIT 1),
  CASE WHEN c.id %% 3 = 0 THEN (SELECT id FROM agents_user WHERE username = 'lena') END,
  CASE WHEN c.id %% 2 = 0 THEN 'closed' WHEN c.id %% 3 = 0 THEN 'open' ELSE 'new' END,
  1 + c.id %% 4, 'The zip of my tent is broken, number ' || c.id, at, at,
  CASE WHEN c.id %% 2 = 0 THEN at + interval '1 hour' END,
  CASE WHEN c.id %% 2 = 1 AND c.id %% 3 = 1 THEN at END,
  CASE WHEN c.id %% 2 = 1 AND c.id %% 3 = 1 THEN at + interval '10 minutes' END,
  CASE WHEN c.id %% 2 = 1 AND c.id %% 3 = 1 THEN 1 ELSE 0 END, at, %(messages)s::int
FROM tickets_conversation c CROSS JOIN LATERAL (SELECT now() - (c.id %% 10000) * interval '7 seconds'
  - interval '2 hours' AS at) t
WHERE c.id > %(conversation)s;
"""
MESSAGES = """
INSERT INTO tickets_message (inbox_id, conversation_id, ticket_id, seq, kind, purpose, author_kind, author_id,
  content_type, text, content, external_id, occurred_at, recorded_at, state, sent_at, delivered_at, attempt)
SELECT c.inbox_id, c.id, t.id, n * 2 - 1, kind, CASE kind WHEN 'outbound' THEN 'reply' ELSE '' END,
  CASE kind WHEN 'outbound' THEN 'agent' ELSE 'contact' END,
  CASE kind WHEN 'outbound' THEN (SELECT id FROM agents_user WHERE username = 'lena') END, 'text',
  'Message ' || n || ': the pole of my tent snapped last night, can you send me a new one before Friday?', '{}',
  'wamid.fill.' || c.id || '.' || n, t.opened_at + n * interval '1 minute', t.opened_at + n * interval '1 minute',
  CASE kind WHEN 'outbound' THEN 'sent' END, CASE kind WHEN 'outbound' THEN t.opened_at + n * interval '1 minute' END,
  CASE kind WHEN 'outbound' THEN t.opened_at + n * interval '1 minute' END, CASE kind WHEN 'outbound' THEN 1 ELSE 0 END
FROM tickets_conversation c JOIN tickets_ticket t ON t.conversation_id = c.id
CROSS JOIN LATERAL generate_series(1, CASE WHEN c.id = %(longest)s THEN 200 ELSE %(messages)s::int END) n
CROSS JOIN LATERAL (SELECT CASE WHEN n %% 2 = 1 THEN 'inbound' ELSE 'outbound' END AS kind) k
WHERE c.id > %(conversation)s;
INSERT INTO tickets_ticketevent (ticket_id, seq, kind, actor_kind, actor_id, message_id, data, occurred_at, recorded_at)
SELECT m.ticket_id, m.seq + 1, CASE m.kind WHEN 'inbound' THEN 'message_received' ELSE 'replied' END,
  CASE m.kind WHEN 'inbound' THEN 'contact' ELSE 'agent' END, m.author_id, m.id, '{}', m.occurred_at, m.recorded_at
FROM tickets_message m WHERE m.conversation_id > %(conversation)s;
UPDATE tickets_conversation SET last_seq = 400 WHERE id = %(longest)s;
UPDATE tickets_ticket t SET last_message_id = m.id FROM (
  SELECT DISTINCT ON (ticket_id) ticket_id, id FROM tickets_message WHERE conversation_id > %(conversation)s
  ORDER BY ticket_id, seq DESC) m WHERE m.ticket_id = t.id;
"""
EACH = 4


def fill(total: int) -> None:
    """Add conversations until there are as many as wanted; one of the first has 200 messages."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as link:
        values = {"messages": EACH}
        for name in ("contact", "conversation"):
            row = link.execute(f"SELECT coalesce(max(id), 0) FROM tickets_{name}").fetchone()  # noqa: S608
            values[name] = int(row[0]) if row else 0
        row = link.execute("SELECT count(*) FROM tickets_conversation").fetchone()
        present = int(row[0]) if row else 0
        values |= {"first": present + 1, "last": total}
        longest = values["conversation"] + 1
        values["longest"] = longest + 1 - longest % 2 if present == 0 else 0
        for script in (PEOPLE, TICKETS, MESSAGES):
            for statement in script.split(";\n"):
                if statement.strip():
                    link.execute(statement, values)
        link.commit()
        link.autocommit = True
        link.execute("ANALYZE")


if __name__ == "__main__":
    fill(int(sys.argv[1]))
