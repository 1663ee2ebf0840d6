"""Who does not want to hear from us by ourselves: an append-only log of what contacts said."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.models.contact import Contact
from tickets.models.message import Message


class Wish(models.TextChoices):
    """What a contact wants."""

    STOP = "stop", _("No automatic messages")
    START = "start", _("Automatic messages are welcome")


class WishSource(models.TextChoices):
    """How we came to know."""

    MESSAGE = "message", _("Message of the contact")
    SETTING = "setting", _("Setting in the contact's app")
    REFUSAL = "refusal", _("Refusal of the channel")


class ConsentChange(models.Model):
    """One word of a contact on whether they want surveys and the like; the newest holds. Never changed."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consent_changes")
    wish = models.CharField(max_length=8, choices=Wish.choices)
    source = models.CharField(max_length=8, choices=WishSource.choices)
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="consent_change"
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of consent")
        verbose_name_plural = _("changes of consent")
        constraints = [
            models.CheckConstraint(condition=Q(wish__in=Wish.values), name="tickets_consent_wish_known"),
            models.CheckConstraint(condition=Q(source__in=WishSource.values), name="tickets_consent_source_known"),
            models.CheckConstraint(
                condition=Q(source="message", message__isnull=False) | ~Q(source="message") & Q(message__isnull=True),
                name="tickets_consent_by_message_has_it",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="tickets_consent_occurred_before_recorded"
            ),
        ]
        indexes = [models.Index(fields=["contact", "-occurred_at", "-id"], name="tickets_consent_newest")]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.wish}"
