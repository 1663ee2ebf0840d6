"""The simulator itself: what follows when the business calls or a customer writes, and what is reported."""

import asyncio
import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from simulator import records, wire
from simulator.auditlog import AuditLog
from simulator.config import Config
from simulator.faults import FailNext, Faults
from simulator.graph import validation
from simulator.graph.errors import (
    INVALID_VALUE,
    OVERLOADED,
    RE_ENGAGEMENT,
    UNDELIVERABLE,
    GraphError,
)
from simulator.journal import COMPACT_ABOVE, Journal, JournalError, Record
from simulator.live import Hub
from simulator.media import MediaStore
from simulator.receipts import Receipts
from simulator.reports import Reports
from simulator.state import Medium, Message, Phone, World

Json = dict[str, Any]
TYPING_SECONDS = 25


class Overloaded(Exception):
    """Too many webhooks are unconfirmed."""


class Simulator:
    """One business number with its customers."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.faults = Faults()
        self.hub = Hub()
        self.journal = Journal(config.data_dir / "journal.jsonl")
        self.media = MediaStore(config.data_dir / "media")
        self.world = World(config.waba_id, self.hub.wake)
        self.log = AuditLog(self.journal)
        self.reports = Reports(config, self.journal, self.log, self.world, self.faults)
        self.receipts = Receipts(self.reports.status, self._reads_at_once, self._reads_alone)

    # Start and end

    def start(self) -> None:
        """Rebuild everything from the journal and go on with what was unfinished."""
        unconfirmed: dict[int, Record] = {}
        if self.journal.path.stat().st_size > COMPACT_ABOVE:
            self.journal.rewrite(self._worth_keeping())
        for offset, record in self.journal.replay():
            kind = record.get("k", "")
            try:
                if kind == "webhook_queued":
                    unconfirmed[record["id"]] = record
                    self.reports.reserve(record["id"])
                elif kind == "webhook" and record["done"]:
                    if queued := unconfirmed.pop(record["id"], None):
                        self.reports.confirmed(queued["kind"], queued["wamids"])
                elif kind == "media":
                    self.media.restore(record)
                elif kind == "media_deleted":
                    self.media.delete(record["id"])
                else:
                    records.apply(self.world, record)
            except (KeyError, TypeError, ValueError):
                continue
            self.log.note(kind, offset)
        self.reports.restore(unconfirmed.values())
        for message in list(self.world.messages.values()):
            self.receipts.resume(message)

    def _worth_keeping(self) -> Iterator[Record]:
        """Yield the journal without the traces of webhooks that have been confirmed."""
        done = {r["id"] for _, r in self.journal.replay() if r.get("k") == "webhook" and r.get("done")}
        for _, record in self.journal.replay():
            kind = record.get("k")
            if kind == "webhook" and record.get("done") and record["what"] == "message":
                for wamid in record["wamids"]:
                    yield {"k": "status", "wamid": wamid, "status": "delivered", "at": record["at"]}
            elif kind != "webhook" and not (kind == "webhook_queued" and record.get("id") in done):
                yield record

    async def close(self) -> None:
        """Stop; whatever is unfinished is taken up at the next start."""
        self.hub.close()
        self.receipts.clear()
        await self.reports.courier.close()
        await self.journal.close()

    async def reset(self) -> None:
        """Forget all phones, media, logs, faults and unconfirmed webhooks."""
        self.receipts.clear()
        self.reports.courier.clear()
        await self.journal.clear()
        self.media.clear()
        self.faults.become(Faults())
        self.log.clear()
        self.world.clear()

    # The business calls

    async def accept_send(self, payload: Json) -> Json:
        """Accept a message for a customer and return Meta's answer. Raises GraphError."""
        kind = validation.common(payload)
        digits, user_id = validation.recipient(payload)
        shown = validation.content(payload, kind)
        phone = self.world.by_user_id.get(user_id) if user_id else self.world.phones.get(digits)
        if user_id and phone is None:
            raise GraphError(UNDELIVERABLE, "No customer of this business has that business-scoped user id.")
        wa_id = phone.wa_id if phone else digits
        if wa_id == self.config.display_number:
            raise GraphError(131021, "Sender and recipient are the same number.", title="Recipient cannot be sender")
        self._check_media(shown, kind)
        now = time.time()
        open_window = not self.config.enforce_window or (phone is not None and phone.window_open(now))
        if kind != "template" and not open_window:
            raise GraphError(RE_ENGAGEMENT, "More than 24 hours have passed since the customer last wrote.")
        if self.reports.courier.full:
            raise GraphError(OVERLOADED, "Too many webhooks wait for confirmation.")
        failure = self.faults.take_failure()
        self.hub.wake(wa_id)
        if failure is not None and not failure.deferred:
            raise GraphError(failure.code, failure.title, title=failure.title, status=failure.http_status)

        record = self._sent_record(payload, kind, shown, wa_id, user_id, now)
        offset = self.journal.append({"k": "accepted_send", **record})
        await self._commit()
        self.log.note("accepted_send", offset)
        records.apply(self.world, {"k": "accepted_send", **record})
        message = self.world.messages[record["wamid"]]
        await self._begin_receipts(message, failure)
        recipient: Json = {"input": user_id, "user_id": user_id}
        if not user_id:
            recipient = {"input": str(payload["to"]), "wa_id": wa_id}
        accepted: Json = {"id": message.wamid}
        if kind == "template":
            accepted["message_status"] = "accepted"
        return {"messaging_product": "whatsapp", "contacts": [recipient], "messages": [accepted]}

    def _sent_record(self, payload: Json, kind: str, shown: Json, wa_id: str, user_id: str, now: float) -> Json:
        context = payload.get("context") or {}
        if context.get("message_id") and kind != "reaction":
            shown["quotes"] = context["message_id"]
        return {
            "wamid": wire.new_wamid(wa_id),
            "to": wa_id,
            "type": kind,
            "body": shown.get("text", ""),
            "biz_opaque_callback_data": payload.get("biz_opaque_callback_data"),
            "at": now,
            "by_user_id": bool(user_id),
            "silent": self.faults.statuses == "none",
            "shown": shown,
            "payload": payload,
        }

    async def _begin_receipts(self, message: Message, failure: FailNext | None) -> None:
        if self.faults.status_before_answer and failure is None and not message.silent:
            self.receipts.sent(message)
            await self.reports.courier.idle(message.wa_id, 2.0)
        else:
            self.receipts.start(message, failure, shuffled=self.faults.statuses == "shuffled")

    def _check_media(self, shown: Json, kind: str) -> None:
        media_id = shown.get("media_id")
        if not media_id:
            return
        medium = self.media.get(media_id)
        if medium is None:
            raise GraphError(INVALID_VALUE, f"There is no media with the id {media_id}.")
        if kind in {"image", "audio", "video"} and not medium.mime_type.startswith(kind):
            raise GraphError(131053, f"{medium.mime_type} cannot be sent as {kind}.", title="Media upload error")

    async def mark_read(self, wamid: str, *, typing: bool) -> None:
        """Show the customer that the message was read and, if wanted, that an answer is being written."""
        message = self.world.messages.get(wamid)
        if message is None or not message.mine:
            raise GraphError(INVALID_VALUE, "message_id is not the id of a message from a customer.")
        now = time.time()
        entry = {"wamid": wamid, "wa_id": message.wa_id, "at": now}
        self.log.write("read", entry)
        self.world.read_up_to(wamid)
        if typing:
            self.log.write("typing", entry)
            self.world.phones[message.wa_id].typing_until = now + TYPING_SECONDS
            self.hub.wake(message.wa_id)

    # A customer writes

    async def receive(
        self,
        wa_id: str,
        name: str,
        block: Json,
        at: float,
        *,
        language: str = "",
        hide_number: bool | None = None,
    ) -> str:
        """Store and report what a customer writes; return its id. Raises Overloaded, JournalError."""
        if self.reports.courier.full:
            raise Overloaded
        phone = self.world.phone(wa_id, name)
        hidden = phone.hide_number if hide_number is None else hide_number
        block = {
            **({} if hidden else {"from": wa_id}),
            "from_user_id": phone.user_id,
            "id": wire.new_wamid(wa_id),
            "timestamp": str(int(at)),
            **block,
        }
        record = {"k": "inbound", "wa_id": wa_id, "name": phone.name, "at": at, "message": block}
        if language:
            record["language"] = language
        record["hide_number"] = hidden
        offset = self.journal.append(record)
        delivery = self.reports.message(phone, block, hidden=hidden)
        await self.journal.commit()
        self.log.note("inbound", offset)
        records.apply(self.world, record)
        self.reports.courier.send(delivery)
        return str(block["id"])

    async def name_phone(self, wa_id: str, name: str, language: str) -> Phone:
        """Create a customer who has not written yet."""
        record = {"k": "phone", "wa_id": wa_id, "name": name, "language": language, "at": time.time()}
        self.journal.append(record)
        await self.journal.commit()
        records.apply(self.world, record)
        self.hub.wake(wa_id)
        return self.world.phones[wa_id]

    async def import_history(self, entries: Sequence[Record]) -> None:
        """Add messages of the past; nothing is reported."""
        for record in entries:
            self.journal.append({"k": "history", **record})
            records.apply(self.world, {"k": "history", **record})
        await self.journal.commit()

    def opened(self, wa_id: str) -> None:
        """Note that a person looks at this phone: what waits there is read now."""
        phone = self.world.phones[wa_id]
        if not phone.handheld:
            phone.handheld = True
            self.journal.append({"k": "handheld", "wa_id": wa_id})
        self.receipts.read(list(self.world.unread(phone)))

    async def store_medium(self, chunks: Iterable[bytes], mime_type: str, filename: str) -> Medium:
        """Keep a file. Raises MediaFull, OSError, JournalError."""
        medium = await asyncio.to_thread(self.media.write, chunks, mime_type, filename)
        self.journal.append({"k": "media", **dataclasses.asdict(medium)})
        await self.journal.commit()
        self.media.restore(dataclasses.asdict(medium))
        return medium

    def delete_medium(self, media_id: str) -> bool:
        """Delete a file and say whether it was there."""
        there = self.media.delete(media_id)
        if there:
            self.journal.append({"k": "media_deleted", "id": media_id})
        return there

    # Small print

    def _reads_at_once(self, message: Message) -> bool:
        return self.hub.watched(message.wa_id)

    def _reads_alone(self, message: Message) -> bool:
        return self.config.auto_read and not self.world.phone(message.wa_id).handheld

    async def _commit(self) -> None:
        try:
            await self.journal.commit()
        except JournalError as error:
            raise GraphError(OVERLOADED, str(error)) from error
