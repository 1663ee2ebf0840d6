"""A prepared answer."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User


class QuickReplyQuerySet(models.QuerySet["QuickReply"]):
    """Permission begins here."""

    def usable_by(self, user: User) -> "QuickReplyQuerySet":
        """Keep those of everybody and those of own teams."""
        if user.sees_everything:
            return self
        return self.filter(Q(team__isnull=True) | Q(team__memberships__user=user)).distinct()


class QuickReply(models.Model):
    """A text that an agent inserts by typing a slash and its shortcut."""

    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="quick_replies",
        help_text=_("Leave empty for all teams."),
    )
    shortcut = models.CharField(
        _("shortcut"),
        max_length=40,
        validators=[RegexValidator(r"^[\w-]+$", _("Letters, digits and hyphens only, without the slash."))],
    )
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    text = models.TextField(_("text"), max_length=4096)
    used_count = models.PositiveIntegerField(_("used"), default=0, db_default=0)

    objects = QuickReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("quick reply")
        verbose_name_plural = _("quick replies")
        ordering = ["shortcut", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "shortcut", "language"], name="tickets_quick_reply_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"
