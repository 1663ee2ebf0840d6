"""Keys with which programs act as their owners, and what they were answered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models.user import User


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
    is_bot = models.BooleanField(
        _("a bot's"),
        default=False,
        db_default=False,
        help_text=_("Its program answers contacts by itself; no person stands behind what it says."),
    )
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
