"""People who log in, the teams they work in, and the role each has."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA database."""
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone; write it like Europe/Berlin."), params={"name": name})


class Role(models.TextChoices):
    """What a person may do in the whole workspace; leading a team is a matter of the membership."""

    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")


class Theme(models.TextChoices):
    """How pages look to this person."""

    SYSTEM = "system", _("Like the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(DjangoUserManager["User"]):
    """Make the first administrator with one command."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        """Create an administrator; `manage.py createsuperuser` ends here."""
        return super().create_superuser(username, email, password, **{"role": Role.ADMIN, **extra_fields})


class User(AbstractUser):
    """A person who logs in."""

    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.AGENT, db_default=Role.AGENT)
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", db_default="", validators=[validate_time_zone]
    )
    theme = models.CharField(
        _("theme"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM, db_default=Theme.SYSTEM
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="agents_user_role_known"),
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="agents_user_theme_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the full name, or the log-in name where none is given."""
        return self.get_full_name() or self.username

    @property
    def short_name(self) -> str:
        """Return the first name, or the log-in name where none is given."""
        return self.first_name or self.username

    @property
    def sees_everything(self) -> bool:
        """Whether this person reads the tickets of every team."""
        return self.role in {Role.MANAGER, Role.ADMIN}


class Team(models.Model):
    """A group of agents who share a queue."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    send_delay_seconds = models.PositiveSmallIntegerField(
        _("seconds in which a sent reply can be undone"), default=3, db_default=3
    )
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(send_delay_seconds__lte=5), name="agents_team_send_delay_0_to_5"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(_("leads the team"), default=False, db_default=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="agents_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class Notification(models.Model):
    """Something that needs this person, shown in the app."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=80, help_text=_("The same key never reaches the same person twice."))
    ticket_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="agents_notification_once")]
        indexes = [
            models.Index(
                fields=["user", "-created_at"], condition=Q(read_at__isnull=True), name="agents_unread_notifications"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"
