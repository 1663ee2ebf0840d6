"""One request with an end."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User
from tickets.models.conversation import Conversation
from tickets.models.tag import Tag


class Status(models.TextChoices):
    """Where a ticket stands; snoozing is a time on it, not a status."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


OPEN_STATUSES = (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD)
SETTLED_STATUSES = (Status.RESOLVED, Status.CLOSED)


class Priority(models.IntegerChoices):
    """How urgent it is; the smaller number comes first."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class TagSource(models.TextChoices):
    """Who put a tag on a ticket."""

    AGENT = "agent", _("Agent")
    RULE = "rule", _("Routing rule")


def visible_in_sql(user: User) -> str:
    """Return what `visible_to` asks of a ticket `t`, for questions in SQL; they get the person's key as `user`."""
    if not user.is_active:
        return "FALSE"
    if user.sees_everything:
        return "TRUE"
    return "EXISTS (SELECT FROM agents_membership o WHERE o.team_id = t.team_id AND o.user_id = %(user)s)"


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Permission begins here."""

    def visible_to(self, user: User) -> "TicketQuerySet":
        """Keep the tickets that this person may read: all of them, or those of own teams."""
        if not user.is_active:
            return self.none()
        if user.sees_everything:
            return self
        return self.filter(team__memberships__user=user)

    def unfinished(self) -> "TicketQuerySet":
        """Keep the tickets that somebody still has to do something about."""
        return self.filter(status__in=OPEN_STATUSES)

    def standing(self) -> "TicketQuerySet":
        """Keep the tickets that are neither spam nor merged into another one."""
        return self.filter(spam_at__isnull=True, merged_into__isnull=True)


class Ticket(models.Model):
    """One request of one contact, from the first message to its end. The primary key is the ticket number."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="tickets")
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assignee"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Who had it before it went back into the queue; it is not given to them again automatically."),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    subject = models.CharField(_("subject"), max_length=80, blank=True, default="", db_default="")
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), through="TicketTag", blank=True, related_name="tickets")
    needs_human = models.BooleanField(
        _("asked for a person"), default=False, db_default=False, help_text=_("No bot may answer any more.")
    )
    opened_at = models.DateTimeField(_("opened"), help_text=_("When the contact wrote, by the provider's clock."))
    recorded_at = models.DateTimeField(_("recorded"), help_text=_("When we came to know of it."))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closes_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the reopen window ends and the ticket closes for good.")
    )
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    follow_up_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups")
    spam_at = models.DateTimeField(_("marked as spam"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_tickets",
        db_index=False,
    )

    # What the work list shows, kept by the actions so that the list is one query.
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Time of the oldest message that nobody has answered.")
    )
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("When the answer is due."))
    warn_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the clock of that answer warns, by its policy.")
    )
    settled_seq = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text=_("Resolving answers all messages up to this place.")
    )
    unanswered_count = models.PositiveIntegerField(default=0, db_default=0)
    last_message = models.ForeignKey(
        "tickets.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_activity_at = models.DateTimeField(_("last activity"))
    version = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text=_("Rises with every change; pages compare it.")
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="tickets_one_open_ticket",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tickets_ticket_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="tickets_ticket_priority_known"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=False, status__in=["resolved", "closed"])
                | Q(resolved_at__isnull=True, status__in=["new", "open", "pending", "on_hold"]),
                name="tickets_resolved_at_iff_settled",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=False, status="resolved") | ~Q(status="resolved"),
                name="tickets_resolved_ticket_closes",
            ),
            models.CheckConstraint(
                condition=~Q(follow_up_of=models.F("id")), name="tickets_ticket_does_not_follow_itself"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__lte=models.F("recorded_at")),
                name="tickets_ticket_opened_before_recorded",
            ),
            models.CheckConstraint(
                condition=Q(spam_at__isnull=True) | Q(status="closed", merged_into__isnull=True),
                name="tickets_spam_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(status="closed"), name="tickets_merged_ticket_is_closed"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="tickets_ticket_not_merged_into_itself"
            ),
        ]
        indexes = [
            # The work list in its order: of everybody, of one team, of one person or nobody.
            models.Index(
                fields=["priority", "due_at", "opened_at", "id"],
                include=["team", "assignee"],
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="tickets_open_in_order",
            ),
            models.Index(
                fields=["team", "priority", "due_at", "opened_at", "id"],
                include=["assignee"],
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="tickets_open_of_team",
            ),
            models.Index(
                fields=["assignee", "priority", "due_at", "opened_at", "id"],
                include=["team", "status", "snoozed_until"],
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="tickets_open_of_person",
            ),
            models.Index(
                fields=["-resolved_at"], condition=Q(resolved_at__isnull=False), name="tickets_by_resolved_at"
            ),
            models.Index(fields=["closes_at"], condition=Q(status="resolved"), name="tickets_due_to_close"),
            models.Index(fields=["conversation", "-id"], name="tickets_of_conversation"),
            models.Index(fields=["-spam_at", "-id"], condition=Q(spam_at__isnull=False), name="tickets_spam"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="tickets_merged_into_another"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status in OPEN_STATUSES

    @property
    def is_spam(self) -> bool:
        """Whether somebody marked it as spam."""
        return self.spam_at is not None

    @property
    def status_text(self) -> str:
        """Return where it stands, in words; of what was put aside, why."""
        if self.is_spam:
            return gettext("Spam")
        if self.merged_into_id is not None:
            return gettext("Merged into #%(number)d") % {"number": self.merged_into_id}
        return self.get_status_display()


class TicketTag(models.Model):
    """One tag on one ticket, and who put it there."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ticket_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="ticket_tags")
    source = models.CharField(
        max_length=8, choices=TagSource.choices, default=TagSource.AGENT, db_default=TagSource.AGENT
    )

    class Meta:
        verbose_name = _("tag of a ticket")
        verbose_name_plural = _("tags of tickets")
        db_table = "tickets_ticket_tags"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "tag"], name="tickets_ticket_tag_once"),
            models.CheckConstraint(condition=Q(source__in=TagSource.values), name="tickets_ticket_tag_source_known"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.tag_id}"
