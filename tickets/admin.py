"""Django's admin: configuration can be edited, what happened can only be read."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from tickets.calendars import keep_version
from tickets.models import (
    Attachment,
    BusinessHours,
    BusinessInterval,
    Contact,
    ContactIdentity,
    Conversation,
    DeliveryAttempt,
    Holiday,
    Inbox,
    Message,
    QuickReply,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    Tag,
    TeamHours,
    Ticket,
    TicketEvent,
)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that only the actions write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        del request, obj
        return False


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    """Tickets."""

    list_display = ("id", "subject", "status", "priority", "team", "assignee", "due_at")
    list_filter = ("status", "priority", "team")
    list_select_related = ("team", "assignee")
    search_fields = ("=id", "subject")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Messages, and the outbox: filter by state."""

    list_display = ("id", "kind", "state", "ticket", "attempt", "due_at", "error_code", "occurred_at")
    list_filter = ("kind", "state", "purpose", "inbox")
    list_select_related = ("ticket",)
    search_fields = ("=id", "=external_id")


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ("ticket", "seq", "kind", "actor_kind", "actor", "occurred_at")
    list_filter = ("kind", "actor_kind")
    list_select_related = ("ticket", "actor")


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """People who write to us."""

    list_display = ("id", "name", "phone", "language", "is_test")
    search_fields = ("name", "phone")


@admin.register(ContactIdentity)
class ContactIdentityAdmin(ReadOnlyAdmin):
    """Names of contacts in their channels."""

    list_display = ("kind", "value", "contact", "inbox", "last_inbound_at")
    list_select_related = ("contact", "inbox")
    search_fields = ("=value",)


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Threads."""

    list_display = ("id", "contact", "inbox", "last_seq")
    list_select_related = ("contact", "inbox")


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(ReadOnlyAdmin):
    """Calls to providers."""

    list_display = ("message", "number", "started_at", "token")
    list_select_related = ("message",)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files of messages."""

    list_display = ("id", "message", "media_type", "state", "size", "attempts", "error_text")
    list_filter = ("state",)
    list_select_related = ("message",)


@admin.register(QuickReply)
class QuickReplyAdmin(admin.ModelAdmin[QuickReply]):
    """Prepared answers."""

    list_display = ("shortcut", "language", "team", "used_count")
    list_filter = ("team", "language")
    readonly_fields = ("used_count",)
    search_fields = ("shortcut", "text")


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    """Tags, and which of them are skills."""

    list_display = ("name", "is_skill")
    list_filter = ("is_skill",)
    search_fields = ("name",)


@admin.register(Inbox)
class InboxAdmin(admin.ModelAdmin[Inbox]):
    """Addresses that contacts write to."""

    list_display = ("name", "channel", "team", "is_active")
    list_select_related = ("team",)

    def has_delete_permission(self, request: HttpRequest, obj: Inbox | None = None) -> bool:
        """Refuse: conversations hang on it; an inbox that is no longer used is set inactive."""
        del request, obj
        return False


class IntervalInline(admin.TabularInline[BusinessInterval, BusinessHours]):
    """The week."""

    model = BusinessInterval
    extra = 1


class HolidayInline(admin.TabularInline[Holiday, BusinessHours]):
    """Days on which everything is closed."""

    model = Holiday
    extra = 1


@admin.register(BusinessHours)
class BusinessHoursAdmin(admin.ModelAdmin[BusinessHours]):
    """Business hours; every saving is a new version, so that no process computes with the old week."""

    list_display = ("name", "time_zone", "is_default", "version")
    readonly_fields = ("version",)
    inlines = (IntervalInline, HolidayInline)

    def save_model(self, request: HttpRequest, obj: BusinessHours, form: Any, change: bool) -> None:  # noqa: FBT001
        """Keep what the clocks were promised in before anything is written."""
        if change:
            # What somebody else changed since this page read it was a version of its own, and stays one.
            locked = BusinessHours.objects.select_for_update(no_key=True)
            obj.version = locked.values_list("version", flat=True).get(pk=obj.pk)
            keep_version(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Raise the version once the intervals are saved."""
        super().save_related(request, form, formsets, change)
        BusinessHours.objects.filter(pk=form.instance.pk).update(version=models.F("version") + 1)


@admin.register(TeamHours)
class TeamHoursAdmin(admin.ModelAdmin[TeamHours]):
    """Which team keeps other hours than the default ones."""

    list_display = ("team", "hours")
    list_select_related = ("team", "hours")


class TargetInline(admin.TabularInline[SlaTarget, SlaPolicy]):
    """What is promised."""

    model = SlaTarget
    extra = 0


@admin.register(SlaPolicy)
class SlaPolicyAdmin(admin.ModelAdmin[SlaPolicy]):
    """Promises; the first that fits a ticket holds, also for clocks that start from now on."""

    list_display = ("name", "position", "priority", "team", "channel", "warn_percent", "remind_minutes", "is_active")
    list_select_related = ("team",)
    inlines = (TargetInline,)

    def has_delete_permission(self, request: HttpRequest, obj: SlaPolicy | None = None) -> bool:
        """Refuse: clocks name it; a promise that no longer holds is set inactive."""
        del request, obj
        return False


@admin.register(SlaClock)
class SlaClockAdmin(ReadOnlyAdmin):
    """Clocks."""

    list_display = ("id", "ticket", "metric", "state", "started_at", "due_at", "stopped_at", "breached_at")
    list_filter = ("metric", "state")
    list_select_related = ("ticket",)
