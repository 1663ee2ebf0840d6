"""A configured address that contacts write to."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Team


def channel_choices() -> list[tuple[str, str]]:
    """Return the channels that are wired in settings."""
    return [(name, name) for name in settings.CHANNELS]


class Inbox(models.Model):
    """One address of one channel, such as a WhatsApp number."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=32, choices=channel_choices)
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="inboxes")
    reopen_window = models.DurationField(
        _("reopen window"),
        default=dt.timedelta(hours=72),
        help_text=_("A message within this time after resolving reopens the ticket; a later one opens a new ticket."),
    )
    max_sending = models.PositiveSmallIntegerField(
        _("messages under way at once"),
        default=4,
        db_default=4,
        help_text=_("A number that hangs cannot take more threads than this."),
    )
    acknowledges = models.BooleanField(
        _("says by itself that a message came in"),
        default=True,
        db_default=True,
        help_text=_("Which texts it sends is decided under Texts."),
    )
    sends_read_receipts = models.BooleanField(
        _("shows contacts what was read"),
        default=True,
        db_default=True,
        help_text=_("Contacts see blue ticks when an agent works at their ticket."),
    )
    bot_replies_at_most = models.PositiveSmallIntegerField(
        _("answers of bots in a row"),
        default=2,
        db_default=2,
        help_text=_("When so many answers of a bot have not helped, the ticket is handed over to people."),
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(max_sending__gte=1), name="tickets_inbox_sends_at_least_one"),
            models.CheckConstraint(
                condition=Q(bot_replies_at_most__gte=1, bot_replies_at_most__lte=10), name="tickets_inbox_bots_end"
            ),
            models.CheckConstraint(
                condition=Q(reopen_window__gte=dt.timedelta(0)), name="tickets_inbox_reopen_window_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name
