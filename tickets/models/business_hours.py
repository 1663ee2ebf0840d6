"""When a team works."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User, validate_time_zone


class BusinessHours(models.Model):
    """A week of open intervals in one time zone, and the days on which it does not hold."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    is_default = models.BooleanField(_("for all teams without hours of their own"), default=False, db_default=False)
    version = models.PositiveIntegerField(
        default=1, db_default=1, help_text=_("Rises with every change; clocks and events remember it.")
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
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="tickets_one_default_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BusinessHoursVersion(models.Model):
    """Business hours as they were before a change, for the clocks that were promised in them."""

    hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    definition = models.JSONField(help_text=_("Time zone, intervals and holidays."))

    class Meta:
        verbose_name = _("version of business hours")
        verbose_name_plural = _("versions of business hours")
        constraints = [models.UniqueConstraint(fields=["hours", "version"], name="tickets_hours_version_once")]

    def __str__(self) -> str:
        return f"{self.hours_id} v{self.version}"


class BusinessInterval(models.Model):
    """One open interval of a weekday, in minutes after midnight; an end before the beginning is the next morning."""

    hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="intervals")
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("0 is Monday."))
    begins = models.PositiveSmallIntegerField(_("begins"))
    ends = models.PositiveSmallIntegerField(_("ends"))

    class Meta:
        verbose_name = _("business interval")
        verbose_name_plural = _("business intervals")
        ordering = ["weekday", "begins"]
        constraints = [
            models.UniqueConstraint(fields=["hours", "weekday", "begins"], name="tickets_interval_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="tickets_interval_weekday"),
            models.CheckConstraint(condition=Q(begins__lt=1440, ends__lte=1440), name="tickets_interval_in_day"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.begins}-{self.ends}"


class Holiday(models.Model):
    """A local date on which everything is closed."""

    hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=80, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["hours", "date"], name="tickets_holiday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class TeamHours(models.Model):
    """Which hours a team keeps when not the default ones."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="hours")
    hours = models.ForeignKey(BusinessHours, on_delete=models.PROTECT, related_name="teams")

    class Meta:
        verbose_name = _("hours of a team")
        verbose_name_plural = _("hours of teams")

    def __str__(self) -> str:
        return f"{self.team}: {self.hours}"
