"""People who log in, the teams they work in, and the role each has."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
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


class PresenceState(models.TextChoices):
    """Whether a person who is here takes tickets."""

    ONLINE = "online", _("Available")
    BREAK = "break", _("On a break")
    AWAY = "away", _("Away")


class TimeRange(Func):
    """The half-open range between two moments; without an end it goes on."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class PresenceInterval(models.Model):
    """A stretch of time in which a person was here in one state; they are gone where there is none.

    `last_seen_at` is renewed while a page is open. An interval that is not renewed ends there, however late that is
    noticed.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(_("state"), max_length=8, choices=PresenceState.choices)
    started_at = models.DateTimeField(_("from"))
    last_seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presence")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PresenceState.values), name="agents_presence_state_known"),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("started_at"))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))),
                name="agents_presence_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="agents_presence_one_open"
            ),
            ExclusionConstraint(
                name="agents_presence_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TimeRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="agents_presence_by_start")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class Scope(models.TextChoices):
    """What a token may be used for; its owner's own permissions hold besides."""

    TICKETS_READ = "tickets:read", _("Read tickets, messages, inboxes, teams and agents")
    TICKETS_WRITE = "tickets:write", _("Change, assign, hand over and resolve tickets")
    MESSAGES_WRITE = "messages:write", _("Send replies and write notes")
    CONTACTS_READ = "contacts:read", _("Read contacts")
    CONTACTS_WRITE = "contacts:write", _("Change contacts")
    KPIS_READ = "kpis:read", _("Read figures")
    SURVEYS_READ = "surveys:read", _("Read answers to surveys")


class ApiToken(models.Model):
    """A key with which a program acts as its owner; only a digest of the secret is kept."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the secret."))
    hint = models.CharField(max_length=8, help_text=_("The secret's last characters, to tell tokens apart."))
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope.choices), verbose_name=_("scopes"))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text=_("Written once a minute at most."))
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values) & ~Q(scopes=[]), name="agents_token_scopes_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("created_at")),
                name="agents_token_expires_after_creation",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What a creating request was answered, so that its repetition has no second effect; kept for a day.

    Committed with the effect itself: either both exist or neither.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of method, address and body."))
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.TextField(blank=True, default="", db_default="", help_text=_("The answer, as JSON."))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="agents_idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="agents_idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.token_id}: {self.key}"
