"""How far an agent has read, and whether the contact was told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.conversation import Conversation
from tickets.models.message import Message


class ReadReceipt(models.Model):
    """The newest message of a conversation that an agent had before their eyes; a row to work on until it is told."""

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, primary_key=True, related_name="read_receipt"
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    is_told = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("read receipt")
        verbose_name_plural = _("read receipts")
        indexes = [
            models.Index(fields=["conversation"], condition=Q(is_told=False), name="tickets_readreceipt_due"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.message_id}"
