"""Who was here, when, and whether they took tickets."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from agents.models.user import User


class PresenceState(models.TextChoices):
    """Whether a person who is here takes tickets."""

    ONLINE = "online", _("Available")
    BREAK = "break", _("On a break")
    AWAY = "away", _("Away")


class TimeRange(Func):
    """The half-open range between two moments; without an end it goes on."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class PresenceInterval(models.Model):
    """A stretch of time in which a person was here in one state; they are gone where there is none.

    `last_seen_at` is renewed while a page is open. An interval that is not renewed ends there, however late that is
    noticed.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(_("state"), max_length=8, choices=PresenceState.choices)
    started_at = models.DateTimeField(_("from"))
    last_seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presence")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PresenceState.values), name="agents_presence_state_known"),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("started_at"))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))),
                name="agents_presence_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="agents_presence_one_open"
            ),
            ExclusionConstraint(
                name="agents_presence_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TimeRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="agents_presence_by_start")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
