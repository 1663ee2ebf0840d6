"""What contacts answered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.invitation import SurveyInvitation
from tickets.models import Message


class AnswerKind(models.TextChoices):
    """How an answer was given."""

    TAP = "tap", _("Tapped")
    TYPED = "typed", _("Typed")
    QUOTED = "quoted", _("Typed as a reply to the question")


class SurveyResponse(models.Model):
    """The answer that counts: the last one within seven days. It exists only if there was one."""

    invitation = models.OneToOneField(SurveyInvitation, on_delete=models.PROTECT, related_name="response")
    score = models.PositiveSmallIntegerField()
    lowest = models.PositiveSmallIntegerField(help_text=_("The scale at the time of asking."))
    highest = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField(help_text=_("Provider's time of the answer that counts."))
    recorded_at = models.DateTimeField()
    comment = models.TextField(blank=True, default="", db_default="")
    comment_message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="survey_comment"
    )
    thanked_with = models.OneToOneField(
        Message,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="survey_thanks",
        help_text=_("The thanks, said once; a comment is asked for in it."),
    )
    asks_comment = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("survey response")
        verbose_name_plural = _("survey responses")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=F("lowest"), score__lte=F("highest")), name="surveys_score_within_scale"
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="surveys_response_occurred_before_recorded"
            ),
            models.CheckConstraint(
                condition=Q(comment_message__isnull=False) | Q(comment=""), name="surveys_comment_has_message"
            ),
        ]
        indexes = [models.Index(fields=["occurred_at"], name="surveys_responses_by_time")]

    def __str__(self) -> str:
        return f"{self.score}/{self.highest}"


class SurveyAnswer(models.Model):
    """One answer of a contact; the newest gives the response its score. Never changed."""

    response = models.ForeignKey(SurveyResponse, on_delete=models.PROTECT, related_name="answers")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="survey_answer")
    kind = models.CharField(max_length=8, choices=AnswerKind.choices)
    score = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="surveys_answer_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"
