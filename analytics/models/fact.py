"""The fact of a ticket: one row with one value each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Ticket


class Fact(models.Model):
    """One ticket as figures see it: a pure function of its log."""

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, db_constraint=False, primary_key=True, related_name="fact"
    )
    contact = models.BigIntegerField()
    inbox = models.BigIntegerField()
    channel = models.CharField(max_length=32)
    topic = models.BigIntegerField(null=True, help_text=_("The routing rule that recognised what it is about."))
    tags = ArrayField(models.BigIntegerField(), default=list)
    is_counted = models.BooleanField(
        help_text=_("Not of a test contact, not spam, not merged into another ticket, and the contact has written.")
    )
    is_stock = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Counts among the open tickets while it is one, whatever becomes of it later."),
    )

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

    is_unattended = models.BooleanField(
        default=False, db_default=False, help_text=_("No person wrote, none was asked for, and it stayed resolved.")
    )

    missed_day = models.DateField(null=True)

    handling = models.IntegerField(null=True)
    is_handling_estimated = models.BooleanField(default=False, help_text=_("No browser told; derived from replies."))

    # From the contact's other tickets.
    followed_at = models.DateTimeField(null=True, help_text=_("When the contact opened the next ticket."))
    is_first_contact = models.BooleanField(default=False, help_text=_("One touch, and no other ticket within 7 days."))
    is_deflected = models.BooleanField(
        default=False, db_default=False, help_text=_("Unattended, and no other ticket within 72 hours.")
    )
    is_returning = models.BooleanField(default=False, help_text=_("The contact had a ticket before."))

    class Meta:
        db_table = "kpi_fact"
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            # With whom they were: figures about contacts read many days, and would read most of the table for them.
            models.Index(
                fields=["opened_day", "contact"],
                include=["is_returning"],
                condition=models.Q(is_counted=True),
                name="kpi_fact_opened_with",
            ),
            models.Index(
                fields=["solved_day", "contact"],
                include=["followed_at", "solved_at"],
                condition=models.Q(is_counted=True, solved_day__isnull=False),
                name="kpi_fact_solved_with",
            ),
            models.Index(fields=["replied_day"], name="kpi_fact_replied"),
            models.Index(
                fields=["acknowledged_day"],
                condition=models.Q(acknowledged_day__isnull=False),
                name="kpi_fact_acknowledged",
            ),
            models.Index(fields=["solved_day", "solved_agent"], name="kpi_fact_solved_by"),
            models.Index(fields=["first_solved_day"], name="kpi_fact_first_solved"),
            models.Index(fields=["missed_day"], condition=models.Q(missed_day__isnull=False), name="kpi_fact_missed"),
            models.Index(fields=["contact", "opened_at"], name="kpi_fact_contact"),
            # Who waits for a first answer is among these.
            models.Index(
                fields=["began_at", "ticket"],
                condition=models.Q(is_counted=True, replied_at__isnull=True),
                name="kpi_fact_unanswered",
            ),
            # Open tickets that are in no backlog are among these.
            models.Index(fields=["ticket"], condition=models.Q(is_stock=False), name="kpi_fact_not_stock"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
