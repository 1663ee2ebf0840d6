"""What the business is told by webhook: messages of customers and what became of its own."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from simulator import wire
from simulator.auditlog import AuditLog
from simulator.config import Config
from simulator.courier import Attempt, Courier, Delivery, Poster
from simulator.faults import FailNext, Faults
from simulator.journal import Journal, Record
from simulator.state import Message, Phone, World

Json = dict[str, Any]


class Reports:
    """Webhooks, kept in the journal until they are confirmed."""

    def __init__(self, config: Config, journal: Journal, log: AuditLog, world: World, faults: Faults) -> None:
        self.config = config
        self.journal = journal
        self.log = log
        self.world = world
        poster = Poster(config.webhook_url, config.app_secret)
        self.courier = Courier(poster, faults, self._attempted)
        self._next_delivery = 1

    def message(self, phone: Phone, block: Json, *, hidden: bool) -> Delivery:
        """Note the webhook of a customer's message; the caller sends it once the journal is safe."""
        card = wire.contact(phone.name, phone.wa_id, phone.user_id, hide_phone=hidden)
        return self._noted(phone.wa_id, "message", (block["id"],), wire.inbound(self.config, card, block))

    def status(self, messages: Sequence[Message], status: str, failure: FailNext | None) -> None:
        """Report one status of one or several messages of a chat."""
        now = time.time()
        phone = self.world.phone(messages[0].wa_id)
        blocks = []
        for message in messages:
            error = failure.title if failure else ""
            self.world.set_status(message.wamid, status, error)
            self.journal.append({"k": "status", "wamid": message.wamid, "status": status, "at": now, "error": error})
            blocks.append(status_block(message, phone, status, now, failure))
        card = wire.contact(phone.name, phone.wa_id, phone.user_id, hide_phone=phone.hide_number)
        payload = wire.statuses(self.config, [] if failure else [card], blocks)
        self.courier.send(self._noted(phone.wa_id, "status", tuple(m.wamid for m in messages), payload))

    def restore(self, records: Iterable[Record]) -> None:
        """Go on delivering what was unconfirmed when the process ended."""
        for record in records:
            wamids, body = tuple(record["wamids"]), record["body"].encode("ascii")
            self.courier.send(Delivery(record["id"], record["lane"], record["kind"], wamids, body, record["at"]))

    def reserve(self, delivery_id: int) -> None:
        """Never use this id again."""
        self._next_delivery = max(self._next_delivery, delivery_id + 1)

    def confirmed(self, kind: str, wamids: Iterable[str]) -> None:
        """Give the customer's own message its second tick once the business has it."""
        if kind == "message":
            for wamid in wamids:
                self.world.set_status(wamid, "delivered")

    def _noted(self, lane: str, kind: str, wamids: tuple[str, ...], payload: Json) -> Delivery:
        delivery = Delivery(self._next_delivery, lane, kind, wamids, wire.encode(payload), time.time())
        self._next_delivery += 1
        self.journal.append(
            {
                "k": "webhook_queued",
                "id": delivery.id,
                "lane": lane,
                "kind": kind,
                "wamids": wamids,
                "at": delivery.queued_at,
                "body": delivery.body.decode("ascii"),
            }
        )
        return delivery

    def _attempted(self, attempt: Attempt) -> None:
        delivery = attempt.delivery
        self.log.write(
            "webhook",
            {
                "id": delivery.id,
                "lane": delivery.lane,
                "what": delivery.kind,
                "wamids": delivery.wamids,
                "copy": attempt.copy,
                "attempt": attempt.number,
                "http_status": attempt.http_status,
                "error": attempt.error,
                "at": attempt.at,
                "duration_ms": attempt.duration_ms,
                "done": attempt.done,
            },
        )
        if attempt.http_status == 200:
            self.confirmed(delivery.kind, delivery.wamids)


def status_block(message: Message, phone: Phone, status: str, now: float, failure: FailNext | None) -> Json:
    """Return one element of `statuses`."""
    block: Json = {"id": message.wamid, "status": status, "timestamp": str(int(now))}
    if not (message.by_user_id and phone.hide_number):
        block["recipient_id"] = phone.wa_id
    if failure is None or message.by_user_id:
        block["recipient_user_id"] = phone.user_id
    if message.data:
        block["biz_opaque_callback_data"] = message.data
    if failure is not None:
        block["errors"] = [wire.error_block(failure.code, failure.title, failure.title)]
    elif status in {"sent", "delivered"}:
        block["pricing"] = wire.pricing(message.type)
    return block
