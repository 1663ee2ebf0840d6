"""Write a year of a busy support desk in bulk, within the constraints of the database.

Tickets follow the hours of the day and the days of the week, answers take a log-normal time, some tickets wait for the
contact, are handed over, reopened, late or never resolved. Everything is drawn in SQL, in parts side by side.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

TEAMS, AGENTS, TOPICS, TAGS = 3, 15, 8, 12
TICKETS_AT_ONCE = 15_000
# Of these tables indexes are made when they are full; constraints hold all along.
FULL = ("tickets_message", "tickets_ticketevent", "tickets_ticket", "tickets_slaclock")

# One conversation for each contact and inbox, one ticket for each conversation; the mean is 10 messages.
TICKETS = """
INSERT INTO tickets_contact (id, name, phone, language, is_test, created_at)
SELECT n, 'Contact ' || n, '', '', false, now() - interval '1 year' FROM generate_series(%(first)s::int,
  %(last)s::int) n;
INSERT INTO tickets_conversation (id, inbox_id, contact_id, last_seq)
SELECT c.id * 3 + i.place, i.id, c.id, 1000000 FROM tickets_contact c
CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM tickets_inbox) i
WHERE c.id BETWEEN %(first)s AND %(last)s;
CREATE TEMPORARY TABLE plot ON COMMIT DROP AS
SELECT v.id, v.inbox_id, i.team_id, u.id AS agent_id, opened_at, 1 + (-8 * ln(1 - r.many))::int AS messages, r.late,
  r.fate, r.way, (r.way * 100)::int %% 15 AS topic
FROM tickets_conversation v JOIN tickets_inbox i ON i.id = v.inbox_id
CROSS JOIN LATERAL (SELECT random() AS day, random() + random() + random() + v.id * 0 AS hour, random() AS many,
  random() AS late, random() AS fate, random() AS way) r
CROSS JOIN LATERAL (SELECT date_trunc('day', now()) - r.day * 360 * interval '1 day' AS at) d
CROSS JOIN LATERAL (SELECT least(now() - interval '1 hour', date_trunc('day', at) + r.hour * interval '8 hours'
  + CASE WHEN extract(isodow FROM at) > 5 AND r.many > 0.3 THEN interval '2 days' ELSE interval '0' END) AS opened_at) o
JOIN LATERAL (SELECT user_id AS id FROM agents_membership m WHERE m.team_id = i.team_id
  ORDER BY hashint8(m.user_id * 7919 + v.id) LIMIT 1) u ON true
WHERE v.contact_id BETWEEN %(first)s AND %(last)s;
CREATE TEMPORARY TABLE spoken ON COMMIT DROP AS
SELECT nextval('tickets_message_id_seq') AS id, p.id AS ticket_id, n, 10 * n AS seq, kind,
  p.opened_at + (sum(pause) OVER (PARTITION BY p.id ORDER BY n)) * interval '1 second' AS at
FROM plot p CROSS JOIN LATERAL (
  SELECT n, CASE WHEN n %% 2 = 1 THEN 'inbound' ELSE 'outbound' END AS kind, CASE WHEN n = 1 THEN 0
    ELSE exp(CASE WHEN n %% 2 = 0 THEN 5.3 ELSE 5.0 END + 1.1 * sqrt(-2 * ln(1 - random())) * cos(6.2832 * random()))
    END AS pause
  FROM generate_series(1, p.messages + 1) n) m;
DELETE FROM spoken WHERE at > now();
CREATE INDEX ON spoken (ticket_id);
ANALYZE spoken;
CREATE TEMPORARY TABLE fates ON COMMIT DROP AS
SELECT p.*, s.at AS ended_at, s.n AS last_n, p.fate < 0.97 AND s.at < now() - interval '1 hour' AS is_solved
FROM plot p JOIN LATERAL (SELECT max(at) AS at, max(n) AS n FROM spoken s WHERE s.ticket_id = p.id) s ON true;
ANALYZE fates;
INSERT INTO tickets_ticket (id, conversation_id, team_id, assignee_id, status, priority, subject, opened_at,
  recorded_at,
  resolved_at, unanswered_count, last_activity_at, version)
SELECT id, id, team_id, agent_id, CASE WHEN is_solved THEN 'closed' ELSE 'open' END, 3, 'A question', opened_at,
  opened_at, CASE WHEN is_solved THEN ended_at + interval '1 minute' END, 0, ended_at, 20 FROM fates;
INSERT INTO tickets_message (id, inbox_id, conversation_id, ticket_id, seq, kind, purpose, author_kind, author_id,
  content_type, text, content, occurred_at, recorded_at, state, sent_at, attempt, seen_seq)
SELECT s.id, f.inbox_id, f.id, f.id, s.seq, kind, CASE kind WHEN 'outbound' THEN 'reply' ELSE '' END,
  CASE kind WHEN 'outbound' THEN 'agent' ELSE 'contact' END, CASE kind WHEN 'outbound' THEN f.agent_id END, 'text',
  'The pole of my tent snapped last night', '{}', s.at, s.at, CASE kind WHEN 'outbound' THEN 'sent' END,
  CASE kind WHEN 'outbound' THEN s.at + interval '1 second' END, CASE kind WHEN 'outbound' THEN 1 ELSE 0 END, s.seq - 5
FROM spoken s JOIN fates f ON f.id = s.ticket_id ORDER BY s.id;
INSERT INTO tickets_ticketevent (ticket_id, seq, kind, actor_kind, actor_id, message_id, data, occurred_at, recorded_at,
  team_id, assignee_id, status)
SELECT f.id, e.seq, e.kind, CASE WHEN e.actor IS NULL THEN e.by ELSE 'agent' END, e.actor, e.message, e.data, e.at,
  e.at,
  f.team_id, CASE WHEN e.seq > 2 THEN f.agent_id END, e.status
FROM fates f CROSS JOIN LATERAL (
  SELECT 1 AS seq, 'opened' AS kind, 'contact' AS by, NULL::bigint AS actor, NULL::bigint AS message,
  %(hours)s::jsonb AS data,
    f.opened_at AS at, 'new' AS status
  UNION ALL SELECT 2, 'routed', 'system', NULL, NULL, jsonb_build_object('rule', %(rule)s + f.topic, 'keywords',
  '[0]'::jsonb),
    f.opened_at, 'new' WHERE f.topic < %(topics)s
  UNION ALL SELECT 3, 'assigned', 'system', NULL, NULL, '{}', f.opened_at, 'new'
  UNION ALL SELECT s.seq + e.n, e.kind, e.by, CASE e.by WHEN 'agent' THEN f.agent_id END, s.id, e.data::jsonb,
    s.at + (e.n - 1) * interval '1 second', CASE WHEN s.n > 1 THEN 'open' ELSE 'new' END
    FROM spoken s JOIN (VALUES ('inbound', 1, 'message_received', 'contact', '{}'),
      ('outbound', 1, 'replied', 'agent', '{"seen_seq": 1}'), ('outbound', 2, 'reply_accepted', 'system', '{}')
    ) AS e(of, n, kind, by, data) ON e.of = s.kind WHERE s.ticket_id = f.id
  UNION ALL SELECT 18, 'transferred', 'agent', f.agent_id, NULL, '{}', f.opened_at + interval '1 minute', 'new'
    WHERE f.way < 0.08
  UNION ALL SELECT 10 * f.last_n + 3, 'status_changed', 'agent', f.agent_id, NULL, '{}', f.ended_at, 'pending'
    WHERE f.way > 0.85
  UNION ALL SELECT 10 * f.last_n + 4, 'resolved', 'agent', f.agent_id, NULL, '{"settled_seq": 0}',
    f.ended_at + interval '10 seconds', 'resolved' WHERE f.is_solved
  UNION ALL SELECT 10 * f.last_n + 5, 'reopened', 'agent', f.agent_id, NULL, '{}',
  f.ended_at + interval '30 seconds', 'open'
    WHERE f.is_solved AND f.fate < 0.06
  UNION ALL SELECT 10 * f.last_n + 6, 'resolved', 'agent', f.agent_id, NULL, '{"settled_seq": 0}',
    f.ended_at + interval '1 minute', 'resolved' WHERE f.is_solved AND f.fate < 0.06
  UNION ALL SELECT 10 * f.last_n + 9, 'closed', 'system', NULL, NULL, '{}', f.ended_at + interval '1 minute', 'closed'
    WHERE f.is_solved
) e ORDER BY f.id, e.seq;
INSERT INTO tickets_slaclock (ticket_id, policy_id, metric, state, started_at, seconds, warn_seconds, due_at,
  stopped_at,
  breached_at, hours_version)
SELECT f.id, %(policy)s, metric, 'stopped', f.opened_at, 600, 480, f.opened_at + interval '10 minutes', f.ended_at,
  CASE WHEN f.late < 0.08 THEN f.opened_at + interval '10 minutes' END, 1
FROM fates f CROSS JOIN (VALUES ('first_response'), ('resolution')) AS c(metric) WHERE f.is_solved;
INSERT INTO tickets_ticket_tags (ticket_id, tag_id)
SELECT DISTINCT id, %(tag)s + (late * 1000)::int %% %(tags)s FROM fates WHERE late > 0.2
UNION SELECT id, %(tag)s + (fate * 1000)::int %% %(tags)s FROM fates WHERE fate > 0.7;
INSERT INTO tickets_message (id, inbox_id, conversation_id, ticket_id, seq, kind, purpose, author_kind,
  content_type, text,
  content, occurred_at, recorded_at, state, sent_at, delivered_at, attempt)
SELECT nextval('tickets_message_id_seq'), inbox_id, id, id, 900000, 'outbound', 'survey', 'bot', 'text',
  'How was it?', '{}',
  ended_at + interval '2 minutes', ended_at + interval '2 minutes', 'sent', ended_at + interval '2 minutes',
  ended_at + interval '2 minutes', 1 FROM fates WHERE is_solved AND way BETWEEN 0.2 AND 0.4;
INSERT INTO surveys_surveyinvitation (token, state, due_at, reason, language, created_at, decided_at, agent_id,
  message_id,
  resolution_id, survey_id, team_id, ticket_id)
SELECT gen_random_uuid(), 'sent', m.sent_at, '', 'en', m.sent_at, m.sent_at, f.agent_id, m.id, e.id, %(survey)s,
  f.team_id, f.id
FROM fates f JOIN tickets_message m ON m.conversation_id = f.id AND m.seq = 900000
JOIN tickets_ticketevent e ON e.ticket_id = f.id AND e.seq = 10 * f.last_n + 4;
INSERT INTO surveys_surveyresponse (invitation_id, score, lowest, highest, occurred_at, recorded_at)
SELECT i.id, CASE WHEN f.late < 0.7 THEN 5 WHEN f.late < 0.85 THEN 4 ELSE 1 + (f.late * 1000)::int %% 3 END, 1, 5,
  i.decided_at + interval '5 minutes', i.decided_at + interval '5 minutes'
FROM surveys_surveyinvitation i JOIN fates f ON f.id = i.ticket_id WHERE f.fate > 0.6
"""
PRESENCE = """
INSERT INTO agents_presenceinterval (user_id, state, started_at, last_seen_at, ended_at)
SELECT m.user_id, 'online', day + interval '8 hours', day + interval '16 hours', day + interval '16 hours'
FROM agents_membership m
CROSS JOIN generate_series(date_trunc('day', now()) - interval '360 days', now() - interval '1 day', '1 day') day
WHERE extract(isodow FROM day) <= 5
"""


def furnish() -> Any:
    """Create teams, people, inboxes, rules, tags, a survey; return somebody who reads all reports."""
    from agents.models import Membership, Role, Team, User
    from surveys.models import Survey
    from tickets.defaults import install
    from tickets.models import BusinessHours, Inbox, RoutingRule, Tag

    if not BusinessHours.objects.exists():
        install(time_zone="Europe/Berlin")
    for number in range(TEAMS):
        team = Team.objects.create(name=f"Team {number}")
        Inbox.objects.create(name=f"Number {number}", channel="whatsapp", team=team)
        for place in range(AGENTS // TEAMS):
            user = User.objects.create(username=f"agent{number}{place}")
            Membership.objects.create(user=user, team=team)
    for number in range(TOPICS):
        RoutingRule.objects.create(
            name=f"Topic {number}", position=100 + number, keywords=[f"word{number}"], priority=3
        )
    Tag.objects.bulk_create(Tag(name=f"tag {number}") for number in range(TAGS))
    Survey.objects.get_or_create(kind="csat", defaults={"highest": 5})
    return User.objects.create(username="jonas", role=Role.MANAGER)


def _connect() -> psycopg.Connection[Any]:
    """Return a connection of our own: the product's gives up statements that take so long."""
    link = psycopg.connect(os.environ["DATABASE_URL"], cursor_factory=psycopg.ClientCursor)
    link.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
    link.execute(
        "SET session_replication_role = replica"
    )  # the rows are made to fit; a lookup for each would cost more
    link.commit()
    return link


def _part(values: dict[str, Any]) -> None:
    with _connect() as link:
        for statement in TICKETS.split(";\n"):
            link.execute(statement.encode(), values)


def fill(tickets: int) -> None:
    """Write about so many tickets, on two connections."""
    from surveys.models import Survey
    from tickets.models import BusinessHours, RoutingRule, SlaPolicy, Tag

    hours = BusinessHours.objects.order_by("pk").values_list("pk", "version")[0]
    values = {
        "hours": f'{{"hours": [{hours[0]}, {hours[1]}]}}',
        "rule": RoutingRule.objects.order_by("pk").filter(name__startswith="Topic").values_list("pk", flat=True)[0],
        "tag": Tag.objects.order_by("pk").filter(name__startswith="tag ").values_list("pk", flat=True)[0],
        "policy": SlaPolicy.objects.values_list("pk", flat=True)[0],
        "survey": Survey.objects.filter(kind="csat").values_list("pk", flat=True)[0],
        "topics": TOPICS,
        "tags": TAGS,
    }
    contacts = max(1, tickets // 3)
    with _connect() as link:
        later = list(_without_indexes(link))
    parts = [
        {**values, "first": first, "last": min(first + TICKETS_AT_ONCE // 3 - 1, contacts)}
        for first in range(1, contacts + 1, TICKETS_AT_ONCE // 3)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_part, parts))
        list(pool.map(_run, [*later, PRESENCE]))
    for table in ("contact", "conversation", "ticket"):
        _run(f"SELECT setval('tickets_{table}_id_seq', (SELECT max(id) FROM tickets_{table}))")  # noqa: S608
    with _connect() as link:
        link.commit()
        link.autocommit = True
        link.execute("VACUUM ANALYZE")


def _without_indexes(link: psycopg.Connection[Any]) -> Iterator[str]:
    rows = link.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
        " WHERE indrelid = ANY(%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [list(FULL)],
    ).fetchall()
    for name, definition in rows:
        link.execute(f"DROP INDEX {name}".encode())
        yield definition


def _run(statement: str) -> None:
    with _connect() as link:
        link.execute(statement.encode())
