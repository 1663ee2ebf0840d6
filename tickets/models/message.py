"""What was said, by whom, and what became of it on its way out."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.models.conversation import Conversation
from tickets.models.inbox import Inbox

if TYPE_CHECKING:
    from tickets.models.ticket import Ticket


def readable(tickets: models.QuerySet["Ticket"], of: str = "") -> Q:
    """Return the condition on messages (or on what has one as `of`) that readers of these tickets may read them.

    What belongs to no ticket stands in the conversation; what an answer speaks of, only its readers read.
    """

    def has(**key: models.OuterRef) -> models.Exists:
        # Not "in": that reads all these tickets for one message, and for each message where memory does not hold them.
        return models.Exists(tickets.filter(**key))

    ticketless = {f"{of}ticket__isnull": True}
    return (
        Q(has(pk=models.OuterRef(f"{of}ticket")))
        | Q(has(pk=models.OuterRef(f"{of}about")), **ticketless)
        | Q(has(conversation=models.OuterRef(f"{of}conversation")), **ticketless, **{f"{of}about__isnull": True})
    )


class MessageKind(models.TextChoices):
    """Which way a message goes; a note goes nowhere."""

    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")
    NOTE = "note", _("Note")


class Purpose(models.TextChoices):
    """Why we send something."""

    REPLY = "reply", _("Reply")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    UPDATE = "update", _("Update")
    SURVEY = "survey", _("Survey")
    SURVEY_THANKS = "survey_thanks", _("Thanks for an answer")
    CONSENT = "consent", _("Confirmation of STOP or START")


class AuthorKind(models.TextChoices):
    """Who speaks; only an agent's word counts as an answer."""

    CONTACT = "contact", _("Contact")
    AGENT = "agent", _("Agent")
    BOT = "bot", _("Bot")
    SYSTEM = "system", _("System")


class ContentType(models.TextChoices):
    """What kind of thing a message is, in words that hold for every channel."""

    TEXT = "text", _("Text")
    IMAGE = "image", _("Photo")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    DOCUMENT = "document", _("Document")
    STICKER = "sticker", _("Sticker")
    LOCATION = "location", _("Location")
    CONTACTS = "contacts", _("Contact card")
    CHOICE = "choice", _("Choice")
    TEMPLATE = "template", _("Template")
    UNSUPPORTED = "unsupported", _("Unsupported message")


class MessageState(models.TextChoices):
    """Where an outbound message stands on its way; the row itself is the outbox."""

    HELD = "held", _("Can still be undone")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
    UNKNOWN = "unknown", _("Delivery unknown")
    CANCELLED = "cancelled", _("Cancelled")


UNDER_WAY = (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING)


class Message(models.Model):
    """One message of a conversation; it may belong to no ticket."""

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="messages")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    moved_from = models.ForeignKey(
        "tickets.Ticket",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_messages",
        db_index=False,
        help_text=_("The merged ticket that it came with."),
    )
    about = models.ForeignKey(
        "tickets.Ticket",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Of what belongs to no ticket: the one that it speaks of, whose readers read it."),
    )
    is_settled = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Answered in the ticket that it came with: nobody waits for it in this one."),
    )
    seq = models.PositiveBigIntegerField(help_text=_("Place in the conversation, shared with the events."))
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    purpose = models.CharField(max_length=16, choices=Purpose.choices, blank=True, default="", db_default="")
    author_kind = models.CharField(max_length=8, choices=AuthorKind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    content_type = models.CharField(max_length=16, choices=ContentType.choices, default=ContentType.TEXT)
    text = models.TextField(blank=True, default="", db_default="")
    content = models.JSONField(default=dict, blank=True, help_text=_("Choices, coordinates, cards: neutral content."))
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    quoted = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    external_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - unique only where present
    client_id = models.UUIDField(null=True, blank=True, unique=True)
    seen_seq = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text=_("What the author had seen; a reply answers nothing newer.")
    )
    occurred_at = models.DateTimeField(help_text=_("Provider's or author's time."))
    recorded_at = models.DateTimeField(help_text=_("Our time."))

    # The outbox. Null on inbound messages and notes, by constraint.
    state = models.CharField(max_length=9, choices=MessageState.choices, null=True, blank=True)  # noqa: DJ001
    send_priority = models.PositiveSmallIntegerField(default=1, db_default=1)
    due_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0, db_default=0)
    retried_after = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("How many attempts there had been when a person last sent it again.")
    )
    retried_at = models.DateTimeField(null=True, blank=True, help_text=_("When a person last sent it again."))
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    played_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    unknown_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the agent was asked what to do about an unknown delivery.")
    )
    error_code = models.CharField(max_length=32, blank=True, default="", db_default="")
    error_text = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="tickets_message_place_once"),
            models.UniqueConstraint(
                fields=["inbox", "external_id"],
                condition=Q(external_id__isnull=False),
                name="tickets_message_external_id_once",
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state="sending"),
                name="tickets_one_sending_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(purpose="acknowledgement"),
                name="tickets_one_acknowledgement_per_ticket",
            ),
            models.CheckConstraint(
                condition=Q(moved_from__isnull=True, is_settled=False)
                | Q(moved_from__isnull=False, ticket__isnull=False) & ~Q(moved_from=F("ticket")),
                name="tickets_moved_message_left_a_ticket",
            ),
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="tickets_message_kind_known"),
            models.CheckConstraint(
                condition=Q(purpose__in=["", *Purpose.values]), name="tickets_message_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(author_kind__in=AuthorKind.values), name="tickets_message_author_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=ContentType.values), name="tickets_message_content_type_known"
            ),
            models.CheckConstraint(
                condition=Q(state__isnull=True) | Q(state__in=MessageState.values),
                name="tickets_message_state_known",
            ),
            # A note cannot leave: it has no delivery state to be claimed by and no id of a provider.
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(state__isnull=True, external_id__isnull=True, purpose=""),
                name="tickets_note_never_leaves",
            ),
            models.CheckConstraint(
                condition=~Q(kind="inbound") | Q(state__isnull=True, purpose=""),
                name="tickets_inbound_has_no_delivery",
            ),
            models.CheckConstraint(
                condition=~Q(kind="outbound") | (Q(state__isnull=False) & ~Q(purpose="")),
                name="tickets_outbound_has_delivery",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False, attempt__gte=1),
                name="tickets_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "queued"]) | Q(due_at__isnull=False),
                name="tickets_queued_has_due",
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="tickets_sent_has_time"),
            models.CheckConstraint(
                condition=~Q(state="failed") | Q(failed_at__isnull=False), name="tickets_failed_has_time"
            ),
            models.CheckConstraint(
                condition=Q(author_kind="agent", author__isnull=False)
                | Q(author__isnull=True) & ~Q(author_kind="agent"),
                name="tickets_agent_message_has_author",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")),
                name="tickets_message_occurred_before_recorded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["inbox", "send_priority", "due_at", "id"],
                condition=Q(state__in=["held", "queued"]),
                name="tickets_outbox_due",
            ),
            models.Index(
                fields=["conversation", "seq"],
                condition=Q(state__in=["held", "queued", "sending"]),
                name="tickets_outbox_of_conversation",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="tickets_outbox_leases"),
            models.Index(fields=["unknown_at"], condition=Q(state="unknown"), name="tickets_outbox_unknown"),
            models.Index(fields=["ticket", "seq"], name="tickets_message_of_ticket"),
            models.Index(fields=["moved_from"], condition=Q(moved_from__isnull=False), name="tickets_moved_messages"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def tries(self) -> int:
        """How often it was tried since a person sent it: what bounds the automatic tries."""
        return self.attempt - self.retried_after

    @property
    def tried_since(self) -> dt.datetime:
        """Since when it is tried."""
        return self.retried_at or self.occurred_at


class DeliveryAttempt(models.Model):
    """One call to the provider; its random token comes back in the provider's status and settles an unknown fate."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    started_at = models.DateTimeField()

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="tickets_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number}"
