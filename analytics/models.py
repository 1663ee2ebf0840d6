"""What figures are counted from: rows that can be thrown away and derived again from the log.

They hold ids without foreign keys, because they are copies: deleting a tag or an agent must not wait for them.
Days are local days of the workspace's time zone, seconds are whole seconds.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.definitions import KPIS
from tickets.models import Ticket


class Fact(models.Model):
    """One ticket as figures see it: a pure function of its log."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="fact")
    contact = models.BigIntegerField()
    inbox = models.BigIntegerField()
    channel = models.CharField(max_length=32)
    tags = ArrayField(models.BigIntegerField(), default=list)
    is_counted = models.BooleanField(help_text=_("Not of a test contact, and the contact has written."))

    opened_at = models.DateTimeField()
    opened_day = models.DateField()
    opened_hour = models.SmallIntegerField()
    opened_team = models.BigIntegerField(null=True)
    began_at = models.DateTimeField(null=True, help_text=_("The contact's first message, by the provider's clock."))

    replied_at = models.DateTimeField(null=True)
    replied_day = models.DateField(null=True)
    replied_agent = models.BigIntegerField(null=True)
    replied_team = models.BigIntegerField(null=True)
    first_response = models.IntegerField(null=True)
    first_response_business = models.IntegerField(null=True)
    assignment_to_reply = models.IntegerField(null=True)

    acknowledged_day = models.DateField(null=True)
    acknowledgement = models.IntegerField(null=True)

    first_solved_at = models.DateTimeField(null=True)
    first_solved_day = models.DateField(null=True)
    first_solved_agent = models.BigIntegerField(null=True)
    first_solved_team = models.BigIntegerField(null=True)
    first_resolution = models.IntegerField(null=True)
    first_resolution_business = models.IntegerField(null=True)
    is_reopened = models.BooleanField(default=False)

    solved_at = models.DateTimeField(null=True)
    solved_day = models.DateField(null=True)
    solved_agent = models.BigIntegerField(null=True)
    solved_team = models.BigIntegerField(null=True)
    resolution = models.IntegerField(null=True)
    resolution_business = models.IntegerField(null=True)
    work = models.IntegerField(null=True)
    work_business = models.IntegerField(null=True)
    is_one_touch = models.BooleanField(default=False, help_text=_("One person, no handing over, no reopening."))

    missed_day = models.DateField(null=True)

    handling = models.IntegerField(null=True)
    is_handling_estimated = models.BooleanField(default=False, help_text=_("No browser told; derived from replies."))

    # From the contact's other tickets.
    followed_at = models.DateTimeField(null=True, help_text=_("When the contact opened the next ticket."))
    is_first_contact = models.BooleanField(default=False, help_text=_("One touch, and no other ticket within 7 days."))
    is_returning = models.BooleanField(default=False, help_text=_("The contact had a ticket before."))

    class Meta:
        db_table = "kpi_fact"
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            models.Index(fields=["opened_day"], name="kpi_fact_opened"),
            models.Index(fields=["replied_day"], name="kpi_fact_replied"),
            models.Index(fields=["solved_day"], name="kpi_fact_solved"),
            models.Index(fields=["first_solved_day"], name="kpi_fact_first_solved"),
            models.Index(fields=["contact", "opened_at"], name="kpi_fact_contact"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Wait(models.Model):
    """One time the contact waited and a person answered."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="waits")
    day = models.DateField()
    agent = models.BigIntegerField(null=True)
    team = models.BigIntegerField(null=True)
    seconds = models.IntegerField()
    business = models.IntegerField()

    class Meta:
        db_table = "kpi_wait"
        verbose_name = _("wait")
        verbose_name_plural = _("waits")
        indexes = [models.Index(fields=["day"], name="kpi_wait_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.seconds}"


class MessageDay(models.Model):
    """How many messages a ticket had on one day."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="message_days")
    day = models.DateField()
    team = models.BigIntegerField(null=True)
    inbound = models.IntegerField()
    replies = models.IntegerField()
    automatic = models.IntegerField()

    class Meta:
        db_table = "kpi_message_day"
        verbose_name = _("messages of a day")
        verbose_name_plural = _("messages of days")
        indexes = [models.Index(fields=["day"], name="kpi_message_day_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.day}"


class Promise(models.Model):
    """One promise that was kept or broken."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="promises")
    day = models.DateField()
    agent = models.BigIntegerField(null=True)
    team = models.BigIntegerField(null=True)
    metric = models.CharField(max_length=16)
    is_met = models.BooleanField()

    class Meta:
        db_table = "kpi_promise"
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        indexes = [models.Index(fields=["day"], name="kpi_promise_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.metric}"


class Step(models.Model):
    """One ticket more (+1) or less (-1) among the open tickets of a team and an agent."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="steps")
    day = models.DateField()
    agent = models.BigIntegerField(null=True)
    team = models.BigIntegerField(null=True)
    delta = models.SmallIntegerField()

    class Meta:
        db_table = "kpi_step"
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        indexes = [models.Index(fields=["day"], name="kpi_step_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.delta}"


class Effort(models.Model):
    """How long one agent worked at a resolved ticket."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="efforts")
    day = models.DateField()
    agent = models.BigIntegerField(null=True)
    team = models.BigIntegerField(null=True)
    seconds = models.IntegerField()

    class Meta:
        db_table = "kpi_effort"
        verbose_name = _("effort")
        verbose_name_plural = _("efforts")
        indexes = [models.Index(fields=["day"], name="kpi_effort_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.seconds}"


class Asked(models.Model):
    """One survey that was delivered."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="asked")
    day = models.DateField(help_text=_("The day on which it was sent."))
    agent = models.BigIntegerField(null=True)
    team = models.BigIntegerField(null=True)
    survey = models.CharField(max_length=4)
    is_answered = models.BooleanField(help_text=_("Within 7 days."))

    class Meta:
        db_table = "kpi_asked"
        verbose_name = _("delivered survey")
        verbose_name_plural = _("delivered surveys")
        indexes = [models.Index(fields=["day"], name="kpi_asked_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.survey}"


class Rated(models.Model):
    """One answer that counts, credited to whoever resolved the ticket."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="rated")
    day = models.DateField()
    agent = models.BigIntegerField(null=True)
    team = models.BigIntegerField(null=True)
    survey = models.CharField(max_length=4)
    score = models.SmallIntegerField()
    lowest = models.SmallIntegerField()
    highest = models.SmallIntegerField()

    class Meta:
        db_table = "kpi_rated"
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        indexes = [models.Index(fields=["day"], name="kpi_rated_day")]

    def __str__(self) -> str:
        return f"#{self.fact_id} {self.score}"


class PresenceDay(models.Model):
    """How long an agent was available on one day, and how long of that worked at tickets."""

    day = models.DateField()
    agent = models.BigIntegerField()
    teams = ArrayField(models.BigIntegerField(), default=list)
    available = models.IntegerField()
    focused = models.IntegerField()

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

    class Meta:
        db_table = "kpi_watermark"
        verbose_name = _("watermark")
        verbose_name_plural = _("watermarks")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="kpi_watermark_one")]

    def __str__(self) -> str:
        return str(self.as_of)


class KpiTarget(models.Model):
    """A target that this workspace set itself, in the KPI's own unit; empty ends are open."""

    kpi = models.CharField(_("figure"), max_length=40, unique=True, choices=[(k.id, k.label) for k in KPIS.values()])
    low = models.FloatField(_("at least"), null=True, blank=True)
    high = models.FloatField(_("at most"), null=True, blank=True)

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
