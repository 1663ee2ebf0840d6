"""What the simulator remembers: phones, their chats, media. Rebuilt from the journal at start."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator import wire

Json = dict[str, Any]
MAX_PHONES = 10_000
MAX_MESSAGES = 20_000
MAX_MESSAGES_PER_PHONE = 300
WINDOW_SECONDS = 24 * 3600
RANKS = {"accepted": 0, "failed": 1, "sent": 1, "delivered": 2, "read": 3, "played": 4}


@dataclass(slots=True)
class Message:
    """One bubble of a chat, seen from the customer's phone."""

    wamid: str
    wa_id: str
    mine: bool  # written by the customer
    type: str
    at: float
    number: int  # position among all messages of this process; orders a chat
    text: str = ""
    header: str = ""
    footer: str = ""
    media_id: str = ""
    link: str = ""
    filename: str = ""
    quotes: str = ""  # wamid
    buttons: tuple[tuple[str, str], ...] = ()  # (id, title)
    list_label: str = ""
    rows: tuple[tuple[str, str, str, str], ...] = ()  # (section, id, title, description)
    chosen: str = ""  # id of the tapped answer
    reaction: str = ""
    status: str = "accepted"
    error: str = ""
    data: str = ""  # biz_opaque_callback_data
    by_user_id: bool = False  # the business addressed a BSUID
    category: str = "utility"
    silent: bool = False  # no receipts will be sent
    hidden: bool = False  # a reaction: shown on its target, not as a bubble of its own
    revision: int = 0

    @property
    def final(self) -> bool:
        """Say whether no further receipt is expected."""
        return self.status in {"failed", "read"}


@dataclass(slots=True)
class Phone:
    """A customer's phone and its one chat with the business."""

    wa_id: str
    user_id: str
    name: str
    language: str = ""
    last_inbound_at: float = 0.0
    last_activity_at: float = 0.0
    handheld: bool = False  # a person has opened it in a browser, so nothing is read automatically
    hide_number: bool = False
    typing_until: float = 0.0
    messages: OrderedDict[str, Message] = field(default_factory=OrderedDict)

    def window_open(self, now: float) -> bool:
        """Say whether the business may write freely: the customer wrote less than 24 hours ago."""
        return self.last_inbound_at > 0 and now - self.last_inbound_at < WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Medium:
    """A stored file."""

    id: str
    mime_type: str
    sha256: str  # hexadecimal
    size: int
    filename: str = ""


class World:
    """All phones and media, and the index of messages by id."""

    def __init__(self, waba_id: str, changed: Callable[[str], None]) -> None:
        self.waba_id = waba_id
        self._changed = changed
        self.phones: OrderedDict[str, Phone] = OrderedDict()  # least recently active first
        self.by_user_id: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}
        self.revision = 0
        self._count = 0

    def phone(self, wa_id: str, name: str = "") -> Phone:
        """Return the phone of this number and create it if needed; a given name replaces the old one."""
        phone = self.phones.get(wa_id)
        if phone is None:
            phone = Phone(wa_id, wire.bsuid(wa_id, self.waba_id), name or f"+{wa_id}")
            self.phones[wa_id] = phone
            self.by_user_id[phone.user_id] = phone
            if len(self.phones) > MAX_PHONES:
                self._forget(next(iter(self.phones)))
        elif name:
            phone.name = name
        return phone

    def clear(self) -> None:
        """Forget every phone."""
        for known in (self.phones, self.by_user_id, self.messages):
            known.clear()

    def _forget(self, wa_id: str) -> None:
        phone = self.phones.pop(wa_id)
        self.by_user_id.pop(phone.user_id, None)
        for wamid in phone.messages:
            self.messages.pop(wamid, None)

    def add(self, message: Message) -> Message:
        """Put a message at the end of its chat; the oldest of a long chat is forgotten."""
        phone = self.phone(message.wa_id)
        self._count += 1
        message.number = self._count
        phone.messages[message.wamid] = message
        self.messages[message.wamid] = message
        if len(phone.messages) > MAX_MESSAGES_PER_PHONE:
            oldest, _ = phone.messages.popitem(last=False)
            self.messages.pop(oldest, None)
        if len(self.messages) > MAX_MESSAGES:
            first = self.messages.pop(next(iter(self.messages)))
            self.phones[first.wa_id].messages.pop(first.wamid, None)
        phone.last_activity_at = max(phone.last_activity_at, message.at)
        if message.mine:
            phone.last_inbound_at = max(phone.last_inbound_at, message.at)
        self.phones.move_to_end(phone.wa_id)
        self.touch(message)
        return message

    def touch(self, message: Message) -> None:
        """Give a changed message a new revision, so that open pages fetch it."""
        self.revision += 1
        message.revision = self.revision
        self._changed(message.wa_id)

    def set_status(self, wamid: str, status: str, error: str = "") -> Message | None:
        """Raise the status of a message; it never falls back."""
        message = self.messages.get(wamid)
        if message is None or message.status == "failed" or RANKS.get(status, 0) < RANKS.get(message.status, 0):
            return None
        message.status, message.error = status, error
        self.touch(message)
        return message

    def read_up_to(self, wamid: str) -> list[Message]:
        """Mark a customer's message and all earlier ones of the chat as read by the business."""
        target = self.messages.get(wamid)
        if target is None:
            return []
        chat = self.phones[target.wa_id].messages.values()
        changed = [m for m in chat if m.mine and m.number <= target.number and m.status != "read"]
        for message in changed:
            message.status = "read"
            self.touch(message)
        return changed

    def unread(self, phone: Phone) -> Iterable[Message]:
        """Return what the business wrote and the customer has not read yet."""
        return [m for m in phone.messages.values() if not m.mine and m.status == "delivered"]
