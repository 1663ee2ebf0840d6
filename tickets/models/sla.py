"""What was promised, and the clocks that count towards it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User
from tickets.models.business_hours import BusinessHours
from tickets.models.ticket import Priority, Ticket


class Metric(models.TextChoices):
    """What a clock counts."""

    FIRST_RESPONSE = "first_response", _("First reply")
    NEXT_RESPONSE = "next_response", _("Next reply")
    RESOLUTION = "resolution", _("Resolution")


class ClockState(models.TextChoices):
    """Whether a clock counts."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("No longer promised")


COUNTING_STATES = (ClockState.RUNNING, ClockState.PAUSED)


class Step(models.TextChoices):
    """What a clock reports: a breach once, each warning of its policy once, each reminder once."""

    WARNING = "warning", _("Warning")
    BREACH = "breach", _("Breach")
    REMINDER = "reminder", _("Reminder")


class SlaPolicy(models.Model):
    """A promise for some tickets; the first policy by position that fits is the one that holds."""

    MAX_WARNINGS = 5
    # More often than this nobody reads them; less often than once in a week they remind of nothing.
    MIN_REMIND_MINUTES, MAX_REMIND_MINUTES = 5, 7 * 24 * 60

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, null=True, blank=True, help_text=_("Empty for every priority.")
    )
    team = models.ForeignKey(
        Team, verbose_name=_("team"), on_delete=models.CASCADE, null=True, blank=True, related_name="sla_policies"
    )
    channel = models.CharField(_("channel"), max_length=32, blank=True, default="", db_default="")
    warn_percent = models.PositiveSmallIntegerField(
        _("warn when this share of the time is used"), default=80, db_default=80
    )
    further_warn_percents = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("warn again at these shares"),
        default=list,
        db_default=[],
        blank=True,
    )
    remind_minutes = models.PositiveSmallIntegerField(
        _("remind after a breach every so many minutes"),
        null=True,
        blank=True,
        help_text=_("In the time that the promise counts in. Empty for never."),
    )
    pauses_while_pending = models.BooleanField(
        _("the resolution clock pauses while waiting for the contact"), default=True, db_default=True
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
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
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(warn_percent__gte=1, warn_percent__lte=99), name="tickets_sla_warns_before_the_end"
            ),
            models.CheckConstraint(
                condition=Q(
                    # What is not there compares as unknown, and a check lets the unknown pass.
                    further_warn_percents__len__lte=4,
                    further_warn_percents__0__gt=F("warn_percent"),
                    further_warn_percents__1__gt=F("further_warn_percents__0"),
                    further_warn_percents__2__gt=F("further_warn_percents__1"),
                    further_warn_percents__3__gt=F("further_warn_percents__2"),
                    **{f"further_warn_percents__{place}__lte": 99 for place in range(4)},
                ),
                name="tickets_sla_warns_in_order",
            ),
            models.CheckConstraint(
                condition=Q(remind_minutes__isnull=True) | Q(remind_minutes__gte=5, remind_minutes__lte=10_080),
                name="tickets_sla_reminds_now_and_then",
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__in=Priority.values), name="tickets_sla_priority_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def warn_percents(self) -> tuple[int, ...]:
        """All shares of the time at which it warns, in order."""
        return (self.warn_percent, *self.further_warn_percents)


class SlaTarget(models.Model):
    """How long one thing may take under a policy."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(_("metric"), max_length=16, choices=Metric.choices)
    seconds = models.PositiveIntegerField(_("seconds"))
    in_business_hours = models.BooleanField(_("counts business hours only"), default=True, db_default=True)

    class Meta:
        verbose_name = _("SLA target")
        verbose_name_plural = _("SLA targets")
        constraints = [
            models.UniqueConstraint(fields=["policy", "metric"], name="tickets_sla_target_once"),
            models.CheckConstraint(condition=Q(metric__in=Metric.values), name="tickets_sla_target_metric_known"),
            models.CheckConstraint(condition=Q(seconds__gte=1), name="tickets_sla_target_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.seconds} s"


class SlaClock(models.Model):
    """One promise being kept or broken: a due row, with all that is needed to compute it again later."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=16, choices=Metric.choices)
    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="clocks")
    hours = models.ForeignKey(BusinessHours, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hours_version = models.PositiveIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=9, choices=ClockState.choices)
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(help_text=_("The promise, when the clock started or was adjusted."))
    warn_seconds = models.PositiveIntegerField(help_text=_("After how many of them somebody is warned."))
    further_warn_seconds = ArrayField(
        models.PositiveIntegerField(), default=list, db_default=[], help_text=_("After how many they are warned again.")
    )
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty while paused, or when hours never open."))
    warn_at = models.DateTimeField(null=True, blank=True)
    remaining_seconds = models.FloatField(null=True, blank=True, help_text=_("What is left while paused or stopped."))
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True, help_text=_("The due time that passed."))
    warned_at = models.DateTimeField(null=True, blank=True)
    again_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the next further warning is due or, after the breach, a reminder.")
    )

    class Meta:
        verbose_name = _("SLA clock")
        verbose_name_plural = _("SLA clocks")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "started_at"], name="tickets_clock_once"),
            models.UniqueConstraint(
                fields=["ticket", "metric"],
                condition=Q(state__in=["running", "paused"]),
                name="tickets_one_clock_counts",
            ),
            models.CheckConstraint(condition=Q(metric__in=Metric.values), name="tickets_clock_metric_known"),
            models.CheckConstraint(condition=Q(state__in=ClockState.values), name="tickets_clock_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], stopped_at__isnull=True)
                | Q(state__in=["stopped", "cancelled"], stopped_at__isnull=False),
                name="tickets_clock_stopped_at_iff_stopped",
            ),
            models.CheckConstraint(
                condition=~Q(state="paused") | Q(due_at__isnull=True, remaining_seconds__isnull=False),
                name="tickets_paused_clock_keeps_remainder",
            ),
            models.CheckConstraint(condition=Q(warn_seconds__lt=F("seconds")), name="tickets_clock_warns_early"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state="running", breached_at__isnull=True),
                name="tickets_clocks_to_breach",
            ),
            models.Index(
                fields=["warn_at"],
                condition=Q(state="running", warned_at__isnull=True, breached_at__isnull=True),
                name="tickets_clocks_to_warn",
            ),
            models.Index(
                fields=["again_at"],
                condition=Q(state="running", again_at__isnull=False),
                name="tickets_clocks_to_tell_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} #{self.ticket_id}"


class SlaEvent(models.Model):
    """A warning, a breach or a reminder: each once, stamped with the computed time, whenever it was noticed."""

    clock = models.ForeignKey(SlaClock, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=Step.choices)
    step = models.PositiveSmallIntegerField(default=1, db_default=1)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("SLA event")
        verbose_name_plural = _("SLA events")
        constraints = [
            models.UniqueConstraint(fields=["clock", "kind", "step"], name="tickets_sla_event_once"),
            models.CheckConstraint(condition=Q(kind__in=Step.values), name="tickets_sla_event_kind_known"),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="tickets_sla_event_after_its_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.clock_id}"
