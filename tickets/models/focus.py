"""Which ticket an agent had before their eyes: what handling time and utilisation are counted from."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import TimeRange
from tickets.models.ticket import Ticket


class FocusSegment(models.Model):
    """A stretch of time in which one agent worked at one ticket, as far as the browser can tell.

    Never two at once for one agent. What kind of work it was is derived from the ticket's history.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="focus_segments")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="focus_segments")
    composing = models.BooleanField(default=False, help_text=_("Whether the agent was writing a reply or a note."))
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("focus segment")
        verbose_name_plural = _("focus segments")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("started_at"))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))),
                name="tickets_focus_ends_after_it_began",
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="tickets_focus_one_open"),
            ExclusionConstraint(
                name="tickets_focus_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TimeRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="tickets_focus_by_start")]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.ticket_id}"
