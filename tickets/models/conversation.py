"""The endless thread of one contact in one inbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.contact import Contact
from tickets.models.inbox import Inbox


class Conversation(models.Model):
    """All messages between one contact and one inbox; its row is the lock of everything that happens in it."""

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="conversations")
    last_seq = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text=_("The newest place given to a message or an event.")
    )

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(fields=["inbox", "contact"], name="tickets_conversation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
