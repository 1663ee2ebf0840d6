"""The cursor's table: which ticket changed in which transaction."""

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class CurrentTransactionId(Func):
    """PostgreSQL's own 64-bit id of the running transaction."""

    template = "((pg_current_xact_id())::text)::bigint"
    output_field = models.BigIntegerField()


class Change(models.Model):
    """One change of one ticket. Readers stop below the oldest running transaction: no late commit is skipped."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="changes")
    transaction_id = models.BigIntegerField(db_default=CurrentTransactionId())

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["transaction_id", "id"], name="tickets_change_cursor")]

    def __str__(self) -> str:
        return f"#{self.ticket_id}@{self.transaction_id}"


class ChangeCursor(models.Model):
    """How far one reader has come; its row is the reader's lock."""

    name = models.CharField(max_length=40, unique=True)
    transaction_id = models.BigIntegerField(default=0, db_default=0)
    change_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("change cursor")
        verbose_name_plural = _("change cursors")

    def __str__(self) -> str:
        return self.name
