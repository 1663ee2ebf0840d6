"""Teams and who works in them; leading a team is a matter of the membership."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models.user import User


class Assignment(models.TextChoices):
    """How the tickets of a team find their person."""

    MANUAL = "manual", _("People take them from the queue")
    LEAST_LOAD = "least_load", _("To the available person with the least load")


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams of today and of the past."""

    def in_use(self) -> "TeamQuerySet":
        """Keep the teams that something may be sent to."""
        return self.filter(archived_at__isnull=True)


class Team(models.Model):
    """A group of agents who share a queue."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    send_delay_seconds = models.PositiveSmallIntegerField(
        _("seconds in which a sent reply can be undone"), default=3, db_default=3
    )
    assignment = models.CharField(
        _("assignment"),
        max_length=16,
        choices=Assignment.choices,
        default=Assignment.LEAST_LOAD,
        db_default=Assignment.LEAST_LOAD,
    )
    capacity = models.PositiveSmallIntegerField(
        _("tickets per person"),
        default=15,
        db_default=15,
        help_text=_("Whoever has this many new and open tickets is given no more automatically."),
    )
    members = models.ManyToManyField(User, through="Membership", related_name="teams")
    archived_at = models.DateTimeField(
        _("archived at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Nothing is sent to it any more; its people keep its tickets."),
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

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(send_delay_seconds__lte=5), name="agents_team_send_delay_0_to_5"),
            models.CheckConstraint(condition=Q(assignment__in=Assignment.values), name="agents_team_assignment_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(_("leads the team"), default=False, db_default=False)
    capacity = models.PositiveSmallIntegerField(
        _("tickets at most"), null=True, blank=True, help_text=_("Empty: as many as the team says.")
    )
    last_assigned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Decides between people with the same load.")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="agents_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"
