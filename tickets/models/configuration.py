"""Who changed how the helpdesk works, and when: ids and names of fields, never changed afterwards."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConfigurationVerb(models.TextChoices):
    """What was done."""

    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")


class ConfigurationEvent(models.Model):
    """One change of one piece of configuration; a trigger refuses to rewrite it."""

    subject = models.CharField(max_length=32, help_text=_("The name of the model."))
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField(help_text=_("Which version came of it."))
    verb = models.CharField(max_length=8, choices=ConfigurationVerb.choices)
    fields = ArrayField(
        models.CharField(max_length=64), default=list, help_text=_("What changed, where that is known.")
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of the configuration")
        verbose_name_plural = _("changes of the configuration")
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=ConfigurationVerb.values), name="tickets_configuration_verb"),
        ]
        indexes = [models.Index(fields=["subject", "subject_id", "-id"], name="tickets_configuration_of")]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.verb}"
