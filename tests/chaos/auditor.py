"""Compare what the simulator saw with what stands in the database, in SQL and nothing of the product's code."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg

from tests.stack import RunningStack

LEFT = """
SELECT (SELECT count(*) FROM channels_whatsapp_webhookrequest WHERE finished_at IS NULL) AS requests,
       (SELECT count(*) FROM channels_whatsapp_inboundupdate WHERE state = 'waiting') AS updates,
       (SELECT count(*) FROM tickets_message WHERE state IN ('held', 'queued', 'sending')) AS outgoing
"""
# Who wrote, found the way the product finds contacts: by any identity that carries the number.
OF_PHONES = """
SELECT i.value AS phone, m.* FROM tickets_contactidentity i
JOIN tickets_conversation c ON c.contact_id = i.contact_id AND c.inbox_id = i.inbox_id
JOIN tickets_message m ON m.conversation_id = c.id
WHERE i.kind = 'phone' AND i.value = ANY(%(phones)s)
"""


class Auditor:
    """Reads the database of one stack on a connection of its own for each question."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.database = stack.env["DATABASE_URL"]

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Return the rows of a question."""
        with psycopg.connect(self.database, autocommit=True, row_factory=psycopg.rows.dict_row) as link:
            return link.execute(sql, values or None).fetchall()

    def number(self, sql: str, **values: Any) -> int:
        """Return the one number that answers a question."""
        return int(next(iter(self.rows(sql, **values)[0].values())))

    def change(self, sql: str, **values: Any) -> int:
        """Let time pass, or something else that a test may do to rows; return how many."""
        with psycopg.connect(self.database, autocommit=True) as link:
            return link.execute(sql, values or None).rowcount

    def end_leases(self) -> None:
        """Let the leases of a dead worker run out now; call it only while no worker lives."""
        for table in ("channels_whatsapp_webhookrequest", "channels_whatsapp_inboundupdate", "tickets_message"):
            self.change(f"UPDATE {table} SET lease_until = now() WHERE lease_until > now()")  # noqa: S608

    # -- Waiting for the dust to settle ------------------------------------------------------------------

    def left(self) -> dict[str, int]:
        """Return what is still to do, ours and the simulator's."""
        todo = {name: int(count) for name, count in self.rows(LEFT)[0].items()}
        todo["webhooks"] = int(self.stack.simulator.control("GET", "health")["pending_webhooks"])
        return todo

    def wait_until_quiet(self, within: float) -> float:
        """Return after how many seconds nothing was left to do; fail when that takes too long."""
        begun = time.monotonic()
        while any((left := self.left()).values()):
            if time.monotonic() - begun > within:
                raise AssertionError(f"after {within:.0f} s there is still work: {left}\n{self.why()}")
            time.sleep(0.25)
        return time.monotonic() - begun

    def wait_for(self, sql: str, within: float, **values: Any) -> float:
        """Return after how many seconds a question was answered with a positive number."""
        begun = time.monotonic()
        while not self.number(sql, **values):
            if time.monotonic() - begun > within:
                raise AssertionError(f"not within {within:.0f} s: {sql} {values}\n{self.why()}")
            time.sleep(0.05)
        return time.monotonic() - begun

    def why(self) -> str:
        """Return the last words of those who should have done the work."""
        return "\n".join(f"--- {name}\n{self.stack.log(name)[-3000:]}" for name in ("web", "worker", "beat"))

    # -- What must hold ----------------------------------------------------------------------------------

    def everything_holds(self) -> None:
        """Check what holds at any moment in which nothing is left to do, whoever wrote."""
        assert not self.rows("SELECT id, parked_reason FROM channels_whatsapp_inboundupdate WHERE state = 'parked'")
        assert not self.rows(
            "SELECT id, state, lease_until FROM tickets_message WHERE state = 'sending' AND lease_until < now()"
        )
        assert not self.rows(
            "SELECT conversation_id, count(*) FROM tickets_ticket"
            " WHERE status IN ('new', 'open', 'pending', 'on_hold') GROUP BY 1 HAVING count(*) > 1"
        )
        assert not self.rows(
            "SELECT external_id, count(*) FROM tickets_message WHERE external_id IS NOT NULL"
            " GROUP BY inbox_id, external_id HAVING count(*) > 1"
        )
        # Messages and events share the places of a conversation: none is missing, none was given twice.
        assert not self.rows(
            "SELECT c.id, c.last_seq, count(p.seq), count(DISTINCT p.seq) FROM tickets_conversation c LEFT JOIN ("
            "  SELECT conversation_id, seq FROM tickets_message UNION ALL"
            "  SELECT t.conversation_id, e.seq FROM tickets_ticketevent e JOIN tickets_ticket t ON t.id = e.ticket_id"
            ") p ON p.conversation_id = c.id GROUP BY c.id, c.last_seq"
            " HAVING count(p.seq) <> c.last_seq OR count(DISTINCT p.seq) <> c.last_seq"
        )
        # Each message of a ticket has its event, and each ticket as many versions as changes at least.
        assert not self.rows(
            "SELECT m.id FROM tickets_message m LEFT JOIN tickets_ticketevent e"
            " ON e.message_id = m.id AND e.kind IN ('message_received', 'replied', 'note_added', 'automatic_sent')"
            " WHERE m.ticket_id IS NOT NULL GROUP BY m.id HAVING count(e.id) <> 1"
        )
        states = self.rows("SELECT state, count(*) FROM tickets_message WHERE kind = 'outbound' GROUP BY 1")
        total = self.number("SELECT count(*) FROM tickets_message WHERE kind = 'outbound'")
        assert sum(row["count"] for row in states) == total

    def confirmed_is_stored(self) -> int:
        """Check that whatever was answered with 200 stands in a stored request; return how many messages that were."""
        confirmed = {
            wamid
            for entry in self.stack.simulator.log("webhook")
            if entry["http_status"] == 200 and entry["what"] == "message"
            for wamid in entry["wamids"]
        }
        stored = {
            message["id"]
            for row in self.rows("SELECT body FROM channels_whatsapp_webhookrequest WHERE unreadable = ''")
            for entry in json.loads(bytes(row["body"]))["entry"]
            for change in entry["changes"]
            for message in change["value"].get("messages", ())
        }
        assert confirmed <= stored, f"{len(confirmed - stored)} messages were confirmed and are not stored"
        return len(confirmed)

    def each_arrived_once(self, wamids: Iterable[str], phones: Iterable[str]) -> None:
        """Check that exactly these messages came from these numbers: each once, in order, in one ticket per number."""
        expected = list(wamids)
        found = self.rows(f"{OF_PHONES} AND m.kind = 'inbound' ORDER BY m.conversation_id, m.seq", phones=list(phones))
        assert Counter(row["external_id"] for row in found) == Counter(expected)
        tickets = defaultdict(set)
        texts = defaultdict(list)
        for row in found:
            tickets[row["phone"]].add(row["ticket_id"])
            texts[row["phone"]].append(row["text"])
        assert {phone: len(ids) for phone, ids in tickets.items()} == dict.fromkeys(tickets, 1)
        for phone, said in texts.items():
            assert said == sorted(said), f"{phone} wrote in another order"

    def replies_left_once(self, texts: Iterable[str], *, unknown: int = 0) -> None:
        """Check that exactly these replies reached the simulator: each once, under a token of ours, and are sent.

        A worker that dies between its claim and the connection leaves a reply of which nobody knows whether it left.
        Such a reply is never sent again by itself: it has to be called unknown. There may be `unknown` of them.
        """
        expected = sorted(texts)
        accepted = [entry for entry in self.stack.simulator.log("accepted_send") if entry["body"] in set(expected)]
        per_token = Counter(entry["biz_opaque_callback_data"] for entry in accepted)
        assert not [token for token, count in per_token.items() if count > 1]
        reached, wanted = Counter(entry["body"] for entry in accepted), Counter(expected)
        assert not reached - wanted, f"more than once: {reached - wanted}"
        states = "SELECT text, state, attempt, error_text FROM tickets_message WHERE text = ANY(%(texts)s)"
        missing = self.rows(states, texts=list(wanted - reached))
        assert {row["state"] for row in missing} <= {"unknown"}, f"missing: {missing}"
        assert (wanted - reached).total() == len(missing) <= unknown, f"missing: {missing}"
        rows = self.rows(
            "SELECT m.text, m.state, m.external_id, a.token::text FROM tickets_message m"
            " LEFT JOIN tickets_deliveryattempt a ON a.message_id = m.id"
            " WHERE m.kind = 'outbound' AND m.text = ANY(%(texts)s)",
            texts=list(reached),
        )
        assert {row["token"] for row in rows} >= set(per_token)
        ours = {(row["text"], row["state"], row["external_id"]) for row in rows}
        assert sorted(ours) == sorted((entry["body"], "sent", entry["wamid"]) for entry in accepted)
