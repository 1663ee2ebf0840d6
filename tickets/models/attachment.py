"""A file that came with a message."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.message import Message


def new_token() -> str:
    """Return a random name for a link and a file, unguessable and without meaning."""
    return secrets.token_urlsafe(24)


class AttachmentState(models.TextChoices):
    """Whether we have the file."""

    PENDING = "pending", _("Being fetched")
    STORED = "stored", _("Stored")
    FAILED = "failed", _("Could not be fetched")


class Attachment(models.Model):
    """One file of one message; fetching it is a due row."""

    State = AttachmentState

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    provider_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    media_type = models.CharField(max_length=100, blank=True, default="", db_default="")
    file_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=AttachmentState.choices, default=AttachmentState.PENDING)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error_text = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AttachmentState.values), name="tickets_attachment_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="pending") | Q(due_at__isnull=False),
                name="tickets_attachment_pending_has_due",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="pending"), name="tickets_attachments_due")]

    def __str__(self) -> str:
        return f"{self.media_type} {self.pk}"
