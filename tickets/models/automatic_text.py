"""What the house says by itself: its words, as data."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from agents.models import User

models.TextField.register_lookup(Length)


class TextKind(models.TextChoices):
    """When it is said."""

    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    OUT_OF_HOURS = "out_of_hours", _("Out of hours")
    WELCOME = "welcome", _("Welcome")
    UPDATE = "update", _("Handed over")
    BOT_HINT = "bot_hint", _("Way to a person")
    FEEDBACK = "feedback", _("What came of feedback")


# What has to be said: WhatsApp asks that whoever talks to a machine learns how to reach a person.
ALWAYS_SAID = frozenset({TextKind.BOT_HINT})


def language_choices() -> list[tuple[str, str]]:
    """Return the languages that texts are written in."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class AutomaticText(models.Model):
    """The words of one kind in one language, with placeholders; see `tickets.placeholders`."""

    MAX_LENGTH = 1000

    kind = models.CharField(_("kind"), max_length=16, choices=TextKind.choices)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    text = models.TextField(_("text"))
    is_active = models.BooleanField(_("is sent"), default=True, db_default=True)
    version = models.PositiveIntegerField(
        default=1,
        db_default=1,
        editable=False,
        help_text=_("Rises with every change; a form made from an older one is refused."),
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(
        User,
        verbose_name=_("changed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("automatic text")
        verbose_name_plural = _("automatic texts")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="tickets_text_once"),
            models.CheckConstraint(condition=Q(kind__in=TextKind.values), name="tickets_text_kind_known"),
            models.CheckConstraint(
                condition=Q(text__length__gte=1, text__length__lte=1000), name="tickets_text_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
