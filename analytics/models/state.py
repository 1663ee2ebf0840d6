"""What the figures stand on: versions of business hours, and the watermark."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarVersion(models.Model):
    """Business hours as they were in one version, so that old tickets are measured as they were promised."""

    hours = models.BigIntegerField()
    version = models.PositiveIntegerField()
    definition = models.JSONField(help_text=_("Time zone, intervals and holidays."))

    class Meta:
        db_table = "kpi_calendar"
        verbose_name = _("version of business hours")
        verbose_name_plural = _("versions of business hours")
        constraints = [models.UniqueConstraint(fields=["hours", "version"], name="kpi_calendar_once")]

    def __str__(self) -> str:
        return f"{self.hours} v{self.version}"


class Watermark(models.Model):
    """Up to when everything that happened is in the figures; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    as_of = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    presence_at = models.DateTimeField(null=True, help_text=_("Up to when presence and focus were looked at."))

    work_from = models.DateField(
        null=True, help_text=_("The first day of which presence and focus are still there to be counted.")
    )

    class Meta:
        db_table = "kpi_watermark"
        verbose_name = _("watermark")
        verbose_name_plural = _("watermarks")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="kpi_watermark_one")]

    def __str__(self) -> str:
        return str(self.as_of)


class KeptWork(models.Model):
    """How long agents worked at a settled ticket, once it is forgotten when they did; no fold can derive it again."""

    ticket_id = models.BigIntegerField(primary_key=True)
    agents = ArrayField(models.BigIntegerField())
    seconds = ArrayField(models.IntegerField())

    class Meta:
        db_table = "kpi_kept_work"
        verbose_name = _("kept work")
        verbose_name_plural = _("kept work")

    def __str__(self) -> str:
        return f"#{self.ticket_id}"
