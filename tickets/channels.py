"""How the core sends without knowing a channel: a registry in settings, as Django does with STORAGES."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from tickets.models import Conversation, Inbox, Message


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to send, before it is a message.

    Outside the reply window a channel may have an approved template for an automatic `purpose` in a `language`;
    `variables` are what its text can be filled with, `choices` how many answers to tap it must offer.
    `template` is the key of the one that a person chose.
    """

    text: str = ""
    template: str = ""
    purpose: str = ""
    language: str = ""
    variables: frozenset[str] = frozenset()
    choices: int = 0

    @classmethod
    def of(cls, message: Message) -> "Draft":
        """Return what a message was before it was one."""
        return cls(
            text=message.text,
            template=message.content.get("template", {}).get("key", ""),
            purpose=message.purpose,
            language=message.language,
            variables=frozenset(message.content.get("variables", ())),
            choices=len(message.content.get("choices", {}).get("options", ())),
        )


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a channel will not take something now, and what would help, in words for the agent.

    `takes_templates` says that it would take an approved template at this moment.
    """

    code: str
    text: str
    remedy: str = ""
    takes_templates: bool = False


@dataclass(frozen=True, kw_only=True)
class TemplateVariable:
    """One place to fill in a template; `name` is empty where nobody said what stands there."""

    key: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class TemplateChoice:
    """An approved template that a person may send; `pieces` are words and keys of variables by turns, words first."""

    key: str
    name: str
    language: str
    pieces: tuple[str, ...]
    variables: tuple[TemplateVariable, ...] = ()

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with a value in each place. Raises KeyError when one is missing."""
        return "".join(values[piece] if index % 2 else piece for index, piece in enumerate(self.pieces))


@dataclass(frozen=True, kw_only=True)
class ReplyWindow:
    """Until when free text may be sent; `ends_at` is None for a channel without such a limit or before any message.

    `refusal` says why it may not be sent at the moment that was asked about, for whatever reason.
    """

    limited: bool
    ends_at: dt.datetime | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a channel can carry."""

    max_text_length: int
    media: bool = False
    templates: bool = False
    receipts: bool = False


class SendError(Exception):
    """The provider definitely did not take the message.

    `permanent` says that trying again is useless; `retry_after` (seconds) is the provider's own wish.
    `text` is a sentence for the agent, `code` the provider's number.
    """

    def __init__(
        self,
        text: str,
        *,
        permanent: bool,
        retry_after: float | None = None,
        code: str = "",
        pause_inbox: bool = False,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.permanent = permanent
        self.retry_after = retry_after
        self.code = code
        self.pause_inbox = pause_inbox


class DeliveryUnknown(Exception):
    """Nobody knows whether the provider took the message; it is never sent again by the machine."""


class Channel(Protocol):
    """What the core asks of a channel."""

    label: str
    capabilities: Capabilities
    composer_template: str

    def refusal(self, conversation: Conversation, draft: Draft, at: dt.datetime) -> Refusal | None:
        """Say why this may not be sent at this moment; None when it may."""

    def explain(self, code: str) -> str:
        """Return the sentence for one of the channel's error codes in the reader's language; empty if it has none."""

    def reply_window(self, conversation: Conversation, at: dt.datetime) -> ReplyWindow:
        """Say whether free text may be sent at this moment, and until when; one query at most."""

    def templates(self, conversation: Conversation) -> list[TemplateChoice]:
        """Return the approved templates that a person may send in this conversation; at most one query."""

    def send(self, message: Message, *, token: uuid.UUID) -> str:
        """Hand the message to the provider and return its external id.

        `token` must travel with the message and come back in its status reports. The whole call has a deadline
        well below the lease. Raises SendError (definitely not taken) or DeliveryUnknown (nobody knows).
        """

    def show_read(self, message: Message) -> None:
        """Show the contact that this message and all before it were read, if `capabilities.receipts`; never raises."""


@cache
def _load(path: str) -> Channel:
    channel: Channel = import_string(path)()
    return channel


def get_channel(inbox: Inbox) -> Channel:
    """Return the channel of an inbox. Raises KeyError when settings wire no such channel."""
    return _load(settings.CHANNELS[inbox.channel])


def channel_labels() -> dict[str, str]:
    """Return how people call the channels that settings wire, by key."""
    return {key: str(_load(path).label) for key, path in settings.CHANNELS.items()}
