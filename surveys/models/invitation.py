"""One survey that is due, was sent, or was not sent and why."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team
from surveys.models.survey import Survey, TextLanguage
from surveys.parsing import Scale
from tickets.models import Message, Ticket, TicketEvent


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    DUE = "due", _("Due")
    SENT = "sent", _("Sent")
    NOT_SENT = "not_sent", _("Not sent")


class NotSent(models.TextChoices):
    """Why nothing was sent; the wording is for agents."""

    REOPENED = "reopened", _("the ticket was reopened")
    UNDONE = "undone", _("resolving was taken back")
    RESOLVED_AGAIN = "resolved_again", _("the ticket was resolved once more")
    CANCELLED = "cancelled", _("somebody cancelled it")
    SPAM = "spam", _("the ticket was marked as spam")
    MERGED = "merged", _("the ticket was merged into another one")
    CAPPED = "capped", _("this contact was asked not long ago")
    OPTED_OUT = "opted_out", _("this contact does not want surveys")
    NO_HUMAN_REPLY = "no_human_reply", _("no agent had replied")
    TOO_SHORT = "too_short", _("the conversation was too short")
    SAMPLING = "sampling", _("only some tickets are asked about")
    TOO_OLD = "too_old", _("it would have been more than a day late")
    WINDOW_CLOSED = "window_closed", _("the contact wrote more than 24 hours ago and there is no approved template")
    CHANNEL_REFUSED = "channel_refused", _("the channel could not take it")
    BROKEN = "broken", _("something went wrong on our side")
    SWITCHED_OFF = "switched_off", _("the survey was switched off")


class SurveyInvitation(models.Model):
    """One question to one contact about one resolution; who resolved it is kept, whoever takes the ticket later."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("What answers to tap carry outside."))
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="survey_invitations")
    resolution = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="survey_invitations")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="survey_invitations"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="survey_invitations")
    state = models.CharField(
        max_length=8, choices=InvitationState.choices, default=InvitationState.DUE, db_default=InvitationState.DUE
    )
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=NotSent.choices, blank=True, default="", db_default="")
    language = models.CharField(max_length=2, choices=TextLanguage.choices, blank=True, default="", db_default="")
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="survey_invitation"
    )
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was sent, or given up."))

    class Meta:
        verbose_name = _("survey invitation")
        verbose_name_plural = _("survey invitations")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "resolution", "survey"], name="surveys_one_per_resolution"),
            models.CheckConstraint(
                condition=Q(state__in=InvitationState.values), name="surveys_invitation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="not_sent", reason__in=NotSent.values) | ~Q(state="not_sent") & Q(reason=""),
                name="surveys_not_sent_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", message__isnull=False) & ~Q(language="")
                | ~Q(state="sent") & Q(message__isnull=True),
                name="surveys_sent_has_message",
            ),
            models.CheckConstraint(
                condition=Q(state="due", decided_at__isnull=True) | ~Q(state="due") & Q(decided_at__isnull=False),
                name="surveys_decided_at_iff_decided",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["", *TextLanguage.values]), name="surveys_invitation_language_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="surveys_invitations_due"),
            models.Index(fields=["ticket", "-id"], name="surveys_invitations_of_ticket"),
            models.Index(fields=["decided_at"], condition=Q(state="sent"), name="surveys_invitations_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} #{self.ticket_id}"

    @property
    def scale(self) -> Scale:
        """Return the scores that were offered: a survey may have got another scale since it was asked."""
        offered = (self.message.content.get("choices") or {}).get("options") if self.message else None
        if not offered:
            return self.survey.scale
        return Scale(1, len(offered))
