"""A person who writes to us."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A person, known by one or more identities."""

    name = models.CharField(_("name"), max_length=200, blank=True, default="", db_default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    phone = models.CharField(
        _("telephone number"),
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text=_("For people to read; messages go to the identity."),
    )
    is_test = models.BooleanField(_("test contact"), default=False, db_default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_contacts"
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="tickets_contact_not_merged_into_itself"
            ),
        ]
        indexes = [
            # Few; figures leave them out.
            models.Index(fields=["id"], condition=models.Q(is_test=True), name="tickets_contact_test"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Return the name, else the number, else words that say that neither is known."""
        return self.name or self.phone or str(_("Unknown contact"))
