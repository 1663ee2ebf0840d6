"""A channel that ends on paper, to prove that the core needs none in particular."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tickets.channels import Capabilities, Draft, Refusal, ReplyWindow, TemplateChoice
from tickets.models import Conversation, Message


@dataclass
class Paper:
    """What left the house, and how the next letters shall fare."""

    sent: list[tuple[int, str, uuid.UUID]] = field(default_factory=list)
    plan: list[Callable[[Message], str] | Exception] = field(default_factory=list)
    refuse: Refusal | None = None
    approved: list[TemplateChoice] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Begin with an empty desk."""
        self.sent.clear()
        self.plan.clear()
        self.refuse = None
        self.approved.clear()

    @property
    def texts(self) -> list[str]:
        """Return what was sent, in order."""
        return [text for _message, text, _token in self.sent]


paper = Paper()


class PaperChannel:
    """Implements `tickets.channels.Channel`."""

    label = "Paper"
    capabilities = Capabilities(max_text_length=1000)
    composer_template = "inbox/composers/plain.html"

    def refusal(self, conversation: Conversation, draft: Draft, at: dt.datetime) -> Refusal | None:
        """Refuse what the test wants refused."""
        return paper.refuse

    def explain(self, code: str) -> str:
        """Paper has no codes."""
        return ""

    def reply_window(self, conversation: Conversation, at: dt.datetime) -> ReplyWindow:
        """Letters have no window."""
        return ReplyWindow(limited=False, refusal=paper.refuse)

    def templates(self, conversation: Conversation) -> list[TemplateChoice]:
        """Paper needs nobody's approval; the test may want some all the same."""
        return list(paper.approved)

    def send(self, message: Message, *, token: uuid.UUID) -> str:
        """Follow the plan, else take the letter."""
        with paper.lock:
            step = paper.plan.pop(0) if paper.plan else None
        if isinstance(step, Exception):
            raise step
        external_id = step(message) if step else f"paper-{token}"
        with paper.lock:
            paper.sent.append((message.pk, message.text, token))
        return external_id

    def show_read(self, message: Message) -> None:
        """Nobody sees who reads a letter."""
