"""What was already taken in, long after the raw request is gone."""

import datetime as dt
import hashlib

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from tickets.models.inbox import Inbox


class Seen(models.Model):
    """The digest of one provider id; it commits with the effect, so a copy of the request has none."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, help_text=_("SHA-256 of the provider's id."))
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("seen update")
        verbose_name_plural = _("seen updates")
        constraints = [models.UniqueConstraint(fields=["inbox", "kind", "digest"], name="tickets_seen_once")]
        indexes = [models.Index(fields=["seen_at"], name="tickets_seen_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @staticmethod
    def claim(*, inbox_id: int, kind: str, digest: bytes, at: dt.datetime) -> bool:
        """Write the digest and say whether it is new; waits for a transaction that is writing the same one."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_seen (inbox_id, kind, digest, seen_at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [inbox_id, kind, digest, at],
            )
            return int(cursor.rowcount) == 1

    @staticmethod
    def claim_message(*, inbox_id: int, external_id: str, at: dt.datetime) -> bool:
        """Claim an inbound message likewise; one that stands in a conversation is known without its digest."""
        digest = hashlib.sha256(external_id.encode("utf-8", "surrogatepass")).digest()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_seen (inbox_id, kind, digest, seen_at) SELECT %s, 'message', %s, %s"
                " WHERE NOT EXISTS (SELECT FROM tickets_message WHERE inbox_id = %s AND external_id = %s)"
                " ON CONFLICT DO NOTHING",
                [inbox_id, digest, at, inbox_id, external_id],
            )
            return int(cursor.rowcount) == 1
