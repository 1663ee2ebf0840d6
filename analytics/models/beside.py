"""Rows beside a fact: what one ticket may have several of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.models.fact import Fact


class Wait(models.Model):
    """One time the contact waited and a person answered."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="waits")
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

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="message_days")
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

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="promises")
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

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="steps")
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

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="efforts")
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

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="asked")
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

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, db_constraint=False, related_name="rated")
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
