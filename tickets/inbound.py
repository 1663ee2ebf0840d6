"""What channels hand to the core: frozen, neutral, already parsed."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tickets.models import ContentType, IdentityKind


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One name of the sender."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, kw_only=True)
class InboundAttachment:
    """A file that the provider keeps for us."""

    provider_id: str
    media_type: str = ""
    file_name: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """One message from a contact.

    `occurred_at` is the provider's time; `opens_ticket` is False for what concerns nobody (a reaction, a system
    notice): such a message stands in the conversation and opens, reopens and answers nothing.
    `content` is neutral and small; `text` is what an agent reads.
    """

    inbox_id: int
    external_id: str
    identities: tuple[Identity, ...]
    occurred_at: dt.datetime
    content_type: ContentType
    text: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    attachments: tuple[InboundAttachment, ...] = ()
    contact_name: str = ""
    contact_phone: str = ""
    quoted_external_id: str = ""
    opens_ticket: bool = True
    opens_window: bool = True


class DeliveryStatus(StrEnum):
    """What a provider reports about a message of ours."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class DeliveryReport:
    """One status of one outbound message; `token` is what `Channel.send` was given, if it came back."""

    inbox_id: int
    external_id: str
    status: DeliveryStatus
    occurred_at: dt.datetime
    token: str = ""
    error_code: str = ""
    error_text: str = ""


class Outcome(StrEnum):
    """What intake did with a message."""

    OPENED = "opened"
    JOINED = "joined"
    REOPENED = "reopened"
    RECORDED = "recorded"
    DUPLICATE = "duplicate"
