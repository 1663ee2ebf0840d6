"""What managers decide about the reports: targets, headlines, and what came of each review."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.definitions import HEADLINES, KPIS, MOST_HEADLINES


def default_headlines() -> list[str]:
    """Return the nine figures that a new workspace begins with."""
    return list(HEADLINES)


class KpiTarget(models.Model):
    """A target that this workspace decided on, in the figure's own unit; two open ends are a figure without a target.

    With `is_default` the definition's target holds again; the row still says who went back to it, and when.
    """

    kpi = models.CharField(_("figure"), max_length=40, unique=True, choices=[(k.id, k.label) for k in KPIS.values()])
    low = models.FloatField(_("at least"), null=True, blank=True)
    high = models.FloatField(_("at most"), null=True, blank=True)
    is_default = models.BooleanField(_("the definition's"), default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kpi_target"
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(condition=Q(kpi__in=list(KPIS)), name="kpi_target_known"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")), name="kpi_target_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.kpi


class ReportSettings(models.Model):
    """What the reports show; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    headlines = ArrayField(models.CharField(max_length=40), default=default_headlines)
    ranks_agents = models.BooleanField(_("agents are ranked"), default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kpi_settings"
        verbose_name = _("settings of the reports")
        verbose_name_plural = _("settings of the reports")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="kpi_settings_one"),
            models.CheckConstraint(
                condition=Q(headlines__len__gte=1, headlines__len__lte=MOST_HEADLINES),
                name="kpi_settings_headlines",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.headlines)


class ReviewKind(models.TextChoices):
    """How much time a review looks back on."""

    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")


class Review(models.Model):
    """The figures of a week or month as they stood when it was over, and what was decided; a due row until written."""

    kind = models.CharField(max_length=8, choices=ReviewKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_at = models.DateTimeField(help_text=_("Eight in the morning of the workspace, on the day after the end."))
    written_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(default=list, help_text=_("One object for each figure, headlines first."))
    remark = models.TextField(_("remark"), blank=True, default="", db_default="")
    remarked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    remarked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "kpi_review"
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_on"], name="kpi_review_once"),
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="kpi_review_kind_known"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="kpi_review_ordered"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(written_at__isnull=True), name="kpi_review_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"
