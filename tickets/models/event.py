"""What happened to a ticket: append-only rows of ids; sentences are made when somebody reads them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team
from tickets.models.message import Message
from tickets.models.ticket import Status, Ticket


class ActorKind(models.TextChoices):
    """Who did it."""

    CONTACT = "contact", _("Contact")
    AGENT = "agent", _("Agent")
    BOT = "bot", _("Bot")
    SYSTEM = "system", _("System")


class EventKind(models.TextChoices):
    """What can happen to a ticket."""

    OPENED = "opened", _("Opened")
    MESSAGE_RECEIVED = "message_received", _("Message received")
    REPLIED = "replied", _("Replied")
    REPLY_UNDONE = "reply_undone", _("Reply undone")
    REPLY_ACCEPTED = "reply_accepted", _("Reply accepted")
    REPLY_FAILED = "reply_failed", _("Reply failed")
    DELIVERY_UNKNOWN = "delivery_unknown", _("Delivery unknown")
    REPLY_RETRIED = "reply_retried", _("Reply sent again")
    REPLY_DISCARDED = "reply_discarded", _("Reply discarded")
    AUTOMATIC_SENT = "automatic_sent", _("Automatic message sent")
    AUTOMATIC_ACCEPTED = "automatic_accepted", _("Automatic message accepted")
    AUTOMATIC_DROPPED = "automatic_dropped", _("Automatic message dropped")
    AUTOMATIC_WITHHELD = "automatic_withheld", _("Automatic message withheld")
    NOTE_ADDED = "note_added", _("Note added")
    STATUS_CHANGED = "status_changed", _("Status changed")
    ROUTED = "routed", _("Routed")
    HUMAN_WANTED = "human_wanted", _("Asked for a person")
    ASSIGNED = "assigned", _("Assigned")
    TRANSFERRED = "transferred", _("Handed over")
    PRIORITY_CHANGED = "priority_changed", _("Priority changed")
    TAGS_CHANGED = "tags_changed", _("Tags changed")
    SUBJECT_CHANGED = "subject_changed", _("Subject changed")
    RESOLVED = "resolved", _("Resolved")
    RESOLVE_UNDONE = "resolve_undone", _("Resolve undone")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")
    MARKED_SPAM = "marked_spam", _("Marked as spam")
    UNMARKED_SPAM = "unmarked_spam", _("Not spam")
    MERGED = "merged", _("Merged into another ticket")
    ABSORBED = "absorbed", _("Another ticket merged into this one")
    UNMERGED = "unmerged", _("Merge undone")
    RELEASED = "released", _("Merged ticket taken out again")


class TicketEvent(models.Model):
    """One thing that happened to one ticket; never changed, never deleted."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField(help_text=_("Place in the conversation, shared with the messages."))
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ticket_events",
    )
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    data = models.JSONField(default=dict, help_text=_("Ids and states only; no text that a person wrote."))
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    # Where the ticket stood after this: figures are read from the log alone, never from what the ticket is by now.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    status = models.CharField(max_length=8, choices=Status.choices, default="", db_default="")

    class Meta:
        verbose_name = _("ticket event")
        verbose_name_plural = _("ticket events")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "seq"], name="tickets_event_place_once"),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="tickets_event_kind_known"),
            models.CheckConstraint(condition=Q(actor_kind__in=ActorKind.values), name="tickets_event_actor_known"),
            models.CheckConstraint(condition=Q(status__in=["", *Status.values]), name="tickets_event_status_known"),
            models.CheckConstraint(
                condition=Q(actor_kind="agent", actor__isnull=False) | Q(actor__isnull=True) & ~Q(actor_kind="agent"),
                name="tickets_event_agent_named",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="tickets_event_occurred_before_recorded"
            ),
        ]
        indexes = [
            models.Index(fields=["recorded_at"], condition=Q(kind="routed"), name="tickets_routed_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"
