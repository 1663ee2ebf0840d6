"""What whole days come to, and which of them must be counted again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PresenceDay(models.Model):
    """How long an agent was available on one day, and how long of that worked at tickets."""

    day = models.DateField()
    agent = models.BigIntegerField()
    teams = ArrayField(models.BigIntegerField(), default=list)
    available = models.IntegerField()
    focused = models.IntegerField()
    in_hand = models.IntegerField(
        default=0, db_default=0, help_text=_("Seconds in which tickets were in hand; two at once count twice.")
    )
    engaged = models.IntegerField(
        default=0, db_default=0, help_text=_("Seconds in which any ticket was in hand, each once.")
    )

    class Meta:
        db_table = "kpi_presence"
        verbose_name = _("presence of a day")
        verbose_name_plural = _("presence of days")
        constraints = [models.UniqueConstraint(fields=["day", "agent"], name="kpi_presence_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.agent}"


class Dirty(models.Model):
    """A day whose rollups must be counted again. Only appended to: writers never wait for each other."""

    day = models.DateField()
    # Set where the day could not be counted: the same would befall it in two seconds, and be told of in the log again.
    not_before = models.DateTimeField(null=True)

    class Meta:
        db_table = "kpi_dirty"
        verbose_name = _("day to count again")
        verbose_name_plural = _("days to count again")

    def __str__(self) -> str:
        return str(self.day)


class Rollup(models.Model):
    """What one measure comes to on one day for one value of one dimension; values packed, four bytes each."""

    day = models.DateField()
    dimension = models.CharField(max_length=8)
    key = models.CharField(max_length=32, blank=True)
    measure = models.CharField(max_length=48)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    packed = models.BinaryField()

    class Meta:
        db_table = "kpi_rollup"
        verbose_name = _("rollup")
        verbose_name_plural = _("rollups")
        constraints = [
            models.UniqueConstraint(fields=["dimension", "measure", "key", "day"], name="kpi_rollup_once"),
        ]
        indexes = [models.Index(fields=["day"], name="kpi_rollup_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.dimension} {self.key} {self.measure}"


class HourRollup(models.Model):
    """Tickets opened in one local hour of one day; an hour that the clock shows twice is one row."""

    day = models.DateField()
    hour = models.SmallIntegerField()
    dimension = models.CharField(max_length=8)
    key = models.CharField(max_length=32, blank=True)
    opened = models.IntegerField()

    class Meta:
        db_table = "kpi_hour"
        verbose_name = _("hour")
        verbose_name_plural = _("hours")
        constraints = [
            models.UniqueConstraint(fields=["dimension", "key", "day", "hour"], name="kpi_hour_once"),
            models.CheckConstraint(condition=Q(hour__gte=0, hour__lte=23), name="kpi_hour_of_a_day"),
        ]
        indexes = [models.Index(fields=["day"], name="kpi_hour_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.hour}"
