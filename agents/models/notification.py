"""What needs a person, until they have read it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models.user import User


class Notification(models.Model):
    """Something that needs this person, shown in the app."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=80, help_text=_("The same key never reaches the same person twice."))
    ticket_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="agents_notification_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="agents_notifications_in_order"),
            models.Index(
                fields=["user", "-created_at"], condition=Q(read_at__isnull=True), name="agents_unread_notifications"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"
