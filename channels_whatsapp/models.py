"""The numbers we answer for, and what Meta sent: the raw request first, then one row for each thing in it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels_whatsapp.encryption import SecretField
from tickets.models import Inbox, Purpose


class WhatsAppNumber(models.Model):
    """One business number, and what it takes to speak for it."""

    inbox = models.OneToOneField(
        Inbox, verbose_name=_("inbox"), on_delete=models.PROTECT, related_name="whatsapp_number"
    )
    phone_number_id = models.CharField(
        _("phone number id"), max_length=32, unique=True, help_text=_("From Meta's dashboard; not the number itself.")
    )
    waba_id = models.CharField(_("WhatsApp Business Account id"), max_length=32, blank=True, default="", db_default="")
    display_number = models.CharField(_("number"), max_length=32, blank=True, default="", db_default="")
    access_token = SecretField(_("access token"))
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_reason = models.CharField(
        _("reason of the pause"),
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text=_("The error code with which WhatsApp turned us away."),
    )

    class Meta:
        verbose_name = _("WhatsApp number")
        verbose_name_plural = _("WhatsApp numbers")
        ordering = ["inbox__name"]
        constraints = [
            models.CheckConstraint(condition=~Q(phone_number_id=""), name="whatsapp_number_has_id"),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_reason="")
                | Q(paused_at__isnull=False) & ~Q(paused_reason=""),
                name="whatsapp_pause_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.display_number or self.phone_number_id


class TemplateStatus(models.TextChoices):
    """Meta's states of a template; APPROVED is the only one that can be sent."""

    APPROVED = "APPROVED", _("Approved")
    PENDING = "PENDING", _("In review")
    REJECTED = "REJECTED", _("Rejected")
    PAUSED = "PAUSED", _("Paused")
    DISABLED = "DISABLED", _("Disabled")
    DELETED = "DELETED", _("Deleted")
    OTHER = "OTHER", _("Not sendable")


class TemplateCategory(models.TextChoices):
    """Meta's categories; what is meant to sell needs the contact's consent."""

    UTILITY = "UTILITY", _("Utility")
    MARKETING = "MARKETING", _("Marketing")
    AUTHENTICATION = "AUTHENTICATION", _("Authentication")
    OTHER = "OTHER", _("Other")


class WhatsAppTemplate(models.Model):
    """A text that Meta has approved, in one language, and what we use it for."""

    waba_id = models.CharField(_("WhatsApp Business Account id"), max_length=32)
    name = models.CharField(_("name"), max_length=512)
    language = models.CharField(_("language"), max_length=16)
    status = models.CharField(_("status"), max_length=16, choices=TemplateStatus.choices)
    category = models.CharField(
        _("category"),
        max_length=16,
        choices=TemplateCategory.choices,
        default=TemplateCategory.OTHER,
        db_default=TemplateCategory.OTHER,
    )
    only_body_varies = models.BooleanField(
        _("only the text has variables"),
        default=True,
        db_default=True,
        help_text=_("Without it, a header or a button has to be filled too, and people are not offered the template."),
    )
    body = models.TextField(_("text"), blank=True, default="", db_default="")
    buttons = models.JSONField(_("answers to tap"), default=list, blank=True)
    purpose = models.CharField(
        _("used for"), max_length=16, choices=Purpose.choices, blank=True, default="", db_default=""
    )
    variables = models.JSONField(
        _("variables"),
        default=list,
        blank=True,
        help_text=_("What stands for each variable of the text, in their order, as in: name, ticket_number."),
    )

    class Meta:
        verbose_name = _("WhatsApp template")
        verbose_name_plural = _("WhatsApp templates")
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(fields=["waba_id", "name", "language"], name="whatsapp_template_once"),
            models.CheckConstraint(
                condition=Q(status__in=TemplateStatus.values), name="whatsapp_template_status_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["", *Purpose.values]), name="whatsapp_template_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(category__in=TemplateCategory.values), name="whatsapp_template_category_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class Unreadable(models.TextChoices):
    """Why a correctly signed request holds nothing that we can use."""

    NOT_JSON = "not_json", _("Not JSON")
    TOO_DEEP = "too_deep", _("Nested too deeply")
    NOT_AN_OBJECT = "not_an_object", _("Not an object with entries")
    GAVE_UP = "gave_up", _("Could not be split after several tries")


class WebhookRequest(models.Model):
    """One correctly signed request, byte by byte; a row exists only if its signature was right."""

    token = models.UUIDField(_("name"), default=uuid.uuid4, unique=True, editable=False)
    body = models.BinaryField(_("body"))
    size = models.PositiveIntegerField(_("bytes"))
    secret_index = models.PositiveSmallIntegerField(
        _("app secret"), help_text=_("Which of WHATSAPP_APP_SECRETS matched; 0 is the current one.")
    )
    received_at = models.DateTimeField(_("received"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("split"), null=True, blank=True)
    unreadable = models.CharField(
        _("unreadable because"), max_length=16, choices=Unreadable.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("webhook request")
        verbose_name_plural = _("webhook requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(unreadable="") | Q(finished_at__isnull=False), name="whatsapp_unreadable_is_finished"
            ),
            models.CheckConstraint(
                condition=Q(unreadable__in=["", *Unreadable.values]), name="whatsapp_unreadable_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(lease_until__isnull=True),
                name="whatsapp_finished_request_has_no_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="whatsapp_requests_to_split"),
            models.Index(fields=["received_at"], name="whatsapp_requests_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.token)


class Lane(models.IntegerChoices):
    """What an update is about; the smaller number is worked first, so no message waits behind statuses."""

    MESSAGE = 1, _("Message")
    STATUS = 2, _("Status")
    OTHER = 3, _("Other")


class UpdateState(models.TextChoices):
    """Where an update stands."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked")


class ParkedReason(models.TextChoices):
    """Why an update waits for a person."""

    UNKNOWN_NUMBER = "unknown_number", _("No inbox has this number")
    TOO_OLD = "too_old", _("More than eight days old when it arrived")
    UNUSABLE = "unusable", _("No id, or no sender")
    GAVE_UP = "gave_up", _("Failed several times")


class UpdateOutcome(models.TextChoices):
    """What a finished update led to."""

    APPLIED = "applied", _("Applied")
    DUPLICATE = "duplicate", _("Known already")
    FOREIGN = "foreign", _("About a message that is not ours")
    IGNORED = "ignored", _("Nothing to do")


class InboundUpdate(models.Model):
    """One message, one status, or one other change: the unit of work.

    `payload` holds this element alone with its contact card, cleaned of what PostgreSQL's text cannot hold. Reading
    it again from the raw body would parse a batch of a thousand updates a thousand times, and would tie a parked
    update to a body that is purged earlier.
    """

    request = models.ForeignKey(
        WebhookRequest, verbose_name=_("webhook request"), on_delete=models.PROTECT, related_name="updates"
    )
    position = models.PositiveIntegerField(_("place in the request"))
    lane = models.PositiveSmallIntegerField(_("lane"), choices=Lane.choices)
    identity_key = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Updates that share it are worked one after the other; empty where order does not matter."),
    )
    phone_number_id = models.CharField(_("phone number id"), max_length=64, blank=True, default="", db_default="")
    number = models.ForeignKey(
        WhatsAppNumber,
        verbose_name=_("WhatsApp number"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
    )
    payload = models.JSONField()
    provider_time = models.DateTimeField(_("provider's time"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("state"), max_length=8, choices=UpdateState.choices, default=UpdateState.WAITING)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=UpdateOutcome.choices, blank=True, default="", db_default=""
    )
    parked_reason = models.CharField(
        _("parked because"), max_length=16, choices=ParkedReason.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("inbound update")
        verbose_name_plural = _("inbound updates")
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="whatsapp_update_split_once"),
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="whatsapp_update_lane_known"),
            models.CheckConstraint(condition=Q(state__in=UpdateState.values), name="whatsapp_update_state_known"),
            models.CheckConstraint(
                condition=Q(state="parked", parked_reason__in=ParkedReason.values)
                | ~Q(state="parked") & Q(parked_reason=""),
                name="whatsapp_parked_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="done", outcome__in=UpdateOutcome.values) | ~Q(state="done") & Q(outcome=""),
                name="whatsapp_done_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(lease_until__isnull=True), name="whatsapp_only_waiting_has_lease"
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(number__isnull=False) | Q(lane=Lane.OTHER),
                name="whatsapp_waiting_has_number",
            ),
        ]
        indexes = [
            models.Index(fields=["lane", "id"], condition=Q(state="waiting"), name="whatsapp_updates_waiting"),
            models.Index(
                fields=["lease_until"],
                condition=Q(state="waiting", lease_until__isnull=False),
                name="whatsapp_updates_leased",
            ),
            models.Index(
                fields=["due_at"], condition=Q(state="waiting") & ~Q(identity_key=""), name="whatsapp_updates_put_off"
            ),
            models.Index(
                fields=["parked_reason", "phone_number_id"],
                condition=Q(state="parked"),
                name="whatsapp_updates_parked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.position}"
