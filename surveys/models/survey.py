"""What is asked, in which words, and how often."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import User
from surveys.parsing import Scale

QUESTION_LENGTH = 160
THANKS_LENGTH = 300
MAX_DELAY = dt.timedelta(hours=24)


class SurveyKind(models.TextChoices):
    """The two questions: satisfaction with this help, and recommendation in general."""

    CSAT = "csat", _("Satisfaction")
    NPS = "nps", _("Recommendation")


class TextLanguage(models.TextChoices):
    """The languages in which questions are asked and typed answers are read."""

    EN = "en", _("English")
    DE = "de", _("German")
    FR = "fr", _("French")
    ES = "es", _("Spanish")
    IT = "it", _("Italian")


class Survey(models.Model):
    """One question and when it may be asked. There is one of each kind."""

    kind = models.CharField(_("kind"), max_length=4, choices=SurveyKind.choices, unique=True)
    highest = models.PositiveSmallIntegerField(
        _("scale"),
        choices=[(5, _("1 to 5")), (10, _("1 to 10"))],
        default=5,
        db_default=5,
        help_text=_("Satisfaction from 1 to 5 or 1 to 10; recommendation always from 0 to 10."),
    )
    active_since = models.DateTimeField(
        _("on since"), null=True, blank=True, help_text=_("What was resolved before is not asked about.")
    )
    delay = models.DurationField(_("delay"), default=dt.timedelta(seconds=60))
    cap_days = models.PositiveSmallIntegerField(
        _("days between two surveys to one contact"),
        default=7,
        db_default=7,
        validators=[MaxValueValidator(365)],
    )
    sampling_percent = models.PositiveSmallIntegerField(
        _("share of tickets that are asked about, in percent"),
        default=100,
        db_default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    min_messages = models.PositiveSmallIntegerField(
        _("least number of messages from the contact"), default=1, db_default=1, validators=[MinValueValidator(1)]
    )

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
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="csat", highest__in=[5, 10]) | Q(kind="nps", highest=10), name="surveys_scale_of_kind"
            ),
            models.CheckConstraint(
                condition=Q(delay__gte=dt.timedelta(0), delay__lte=MAX_DELAY), name="surveys_delay_within_a_day"
            ),
            models.CheckConstraint(condition=Q(cap_days__lte=365), name="surveys_cap_within_a_year"),
            models.CheckConstraint(
                condition=Q(sampling_percent__gte=1, sampling_percent__lte=100), name="surveys_sampling_is_percent"
            ),
            models.CheckConstraint(condition=Q(min_messages__gte=1), name="surveys_min_messages_positive"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def scale(self) -> Scale:
        """Return the scores that may be given."""
        return Scale(0 if self.kind == SurveyKind.NPS else 1, self.highest)

    def low_score(self, highest: int) -> int:
        """Return the highest score, on a scale up to `highest`, that calls for a person: a detractor, two of five."""
        return 6 if self.kind == SurveyKind.NPS else highest * 2 // 5


class SurveyText(models.Model):
    """The words of a survey in one language."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=TextLanguage.choices)
    question = models.CharField(_("question"), max_length=QUESTION_LENGTH)
    thanks = models.CharField(_("thanks"), max_length=THANKS_LENGTH)
    comment_prompt = models.CharField(
        _("request for a comment"),
        max_length=QUESTION_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("Leave it empty to ask for none."),
    )

    class Meta:
        verbose_name = _("survey text")
        verbose_name_plural = _("survey texts")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "language"], name="surveys_text_once"),
            models.CheckConstraint(condition=Q(language__in=TextLanguage.values), name="surveys_text_language_known"),
            models.CheckConstraint(condition=~Q(question="") & ~Q(thanks=""), name="surveys_text_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.language}"
