"""A person who logs in, and what they may do in the whole workspace."""

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
