"""A low score calls for a person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User
from surveys.models.response import SurveyResponse
from tickets.models import Ticket


class FollowUpState(models.TextChoices):
    """Where a follow-up stands."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn: the contact raised the score")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Permission begins here."""

    def visible_to(self, user: User) -> "FollowUpQuerySet":
        """Keep what belongs to tickets that this person may read."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))


class FollowUp(models.Model):
    """Somebody shall look at a low score and write down what came of it; the ticket stays as it is."""

    response = models.OneToOneField(SurveyResponse, on_delete=models.PROTECT, related_name="follow_up")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="survey_follow_ups")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="survey_follow_ups")
    state = models.CharField(
        max_length=9, choices=FollowUpState.choices, default=FollowUpState.OPEN, db_default=FollowUpState.OPEN
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="survey_follow_ups"
    )
    note = models.TextField(_("what came of it"), blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FollowUpState.values), name="surveys_follow_up_state_known"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False, assignee__isnull=False) & ~Q(note="")
                | ~Q(state="done") & Q(done_at__isnull=True),
                name="surveys_done_follow_up_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "created_at"], condition=Q(state="open"), name="surveys_follow_ups_open")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"
