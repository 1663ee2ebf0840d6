"""Where new tickets go: ordered rules, and how each read when it was used."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from agents.models import Team, User
from tickets.models.inbox import Inbox
from tickets.models.tag import Tag
from tickets.models.ticket import Priority

MAX_KEYWORDS = 50


class Matching(models.TextChoices):
    """How a keyword must stand in a message; the values are those of `tickets.matching.MatchMode`."""

    WORD = "word", _("Whole word")
    CONTAINS = "contains", _("Part of a word")
    EXACT = "exact", _("The whole message")


class Needed(models.TextChoices):
    """How many of the keywords a message must have."""

    ANY = "any", _("Any keyword")
    ALL = "all", _("All keywords")


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    """Permission begins here."""

    def kept(self) -> "RoutingRuleQuerySet":
        """Leave out what was deleted."""
        return self.filter(deleted_at__isnull=True)

    def editable_by(self, user: User) -> "RoutingRuleQuerySet":
        """Keep the rules this person may change: all of them, or those that send to a team they lead."""
        if not user.is_active:
            return self.none()
        if user.role == "admin":
            return self
        return self.filter(team__memberships__user=user, team__memberships__is_lead=True)


class RoutingRule(models.Model):
    """A sentence such as: who writes "invoice" goes to Finance. The first active rule by position that fits wins."""

    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveIntegerField(_("position"), null=True, help_text=_("Empty when deleted."))
    version = models.PositiveIntegerField(
        default=1, db_default=1, help_text=_("Rises with every change; tickets remember it.")
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    keywords = ArrayField(models.CharField(max_length=80), verbose_name=_("keywords"), default=list, blank=True)
    matching = models.CharField(_("how they match"), max_length=8, choices=Matching.choices, default=Matching.WORD)
    needed = models.CharField(_("how many of them"), max_length=3, choices=Needed.choices, default=Needed.ANY)
    inbox = models.ForeignKey(
        Inbox, verbose_name=_("inbox"), on_delete=models.PROTECT, null=True, blank=True, related_name="routing_rules"
    )
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    out_of_hours = models.BooleanField(_("only outside business hours"), default=False, db_default=False)

    team = models.ForeignKey(
        Team, verbose_name=_("team"), on_delete=models.PROTECT, null=True, blank=True, related_name="routing_rules"
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True, blank=True)
    tags = models.ManyToManyField(
        Tag, verbose_name=_("tags"), through="RoutingRuleTag", blank=True, related_name="routing_rules"
    )
    has_tags = models.BooleanField(
        default=False, db_default=False, help_text=_("Kept with the tags, so that one CHECK sees the whole outcome.")
    )

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = [F("position").asc(nulls_last=True), "pk"]
        constraints = [
            # Checked at the end of a transaction, so that rules can change places.
            models.UniqueConstraint(
                fields=["position"], name="tickets_rule_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(Lower("name"), condition=Q(deleted_at__isnull=True), name="tickets_rule_name_once"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True, position__isnull=False)
                | Q(deleted_at__isnull=False, position__isnull=True),
                name="tickets_rule_has_a_position_until_deleted",
            ),
            models.CheckConstraint(
                condition=~Q(keywords=[]) | Q(inbox__isnull=False) | ~Q(language="") | Q(out_of_hours=True),
                name="tickets_rule_asks_for_something",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(priority__isnull=False) | Q(has_tags=True),
                name="tickets_rule_does_something",
            ),
            models.CheckConstraint(
                condition=~Q(keywords__contains=[""]) & Q(keywords__len__lte=MAX_KEYWORDS),
                name="tickets_rule_keywords_not_empty",
            ),
            models.CheckConstraint(condition=Q(matching__in=Matching.values), name="tickets_rule_matching_known"),
            models.CheckConstraint(condition=Q(needed__in=Needed.values), name="tickets_rule_needed_known"),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__in=Priority.values), name="tickets_rule_priority_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoutingRuleTag(models.Model):
    """One tag that a rule puts on tickets."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="rule_tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("tag of a routing rule")
        verbose_name_plural = _("tags of routing rules")
        constraints = [models.UniqueConstraint(fields=["rule", "tag"], name="tickets_rule_tag_once")]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.tag_id}"


class RoutingRuleVersion(models.Model):
    """How a rule read at one time, so that a ticket can say for ever why it went where it went."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    keywords = ArrayField(models.CharField(max_length=80), default=list)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("version of a routing rule")
        verbose_name_plural = _("versions of routing rules")
        constraints = [models.UniqueConstraint(fields=["rule", "version"], name="tickets_rule_version_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"
