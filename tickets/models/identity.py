"""How a channel names a contact."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.contact import Contact
from tickets.models.inbox import Inbox


class IdentityKind(models.TextChoices):
    """The kinds of names; the business-scoped id decides, the number may change hands."""

    BSUID = "bsuid", _("Business-scoped user id")
    PHONE = "phone", _("Telephone number")


class ContactIdentity(models.Model):
    """One name of a contact in one inbox; it owns the reply window."""

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=8, choices=IdentityKind.choices)
    value = models.CharField(max_length=160)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="identities")
    last_inbound_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Provider time of the newest message; the reply window counts from here."),
    )

    class Meta:
        verbose_name = _("contact identity")
        verbose_name_plural = _("contact identities")
        constraints = [
            models.UniqueConstraint(fields=["inbox", "kind", "value"], name="tickets_identity_once"),
            models.CheckConstraint(condition=Q(kind__in=IdentityKind.values), name="tickets_identity_kind_known"),
            models.CheckConstraint(condition=~Q(value=""), name="tickets_identity_value_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
