"""People and teams in Django's admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from agents.live import announce_access
from agents.models import Membership, Team, User


class MembershipInline(admin.TabularInline[Membership, User]):
    """The teams of a person."""

    model = Membership
    extra = 0


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """People; nobody is deleted, a person who leaves is deactivated."""

    list_display = ("username", "name", "role", "is_active")
    list_filter = ("role", "is_active")
    inlines = (MembershipInline,)
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        (_("Helpdesk"), {"fields": ("role", "language", "time_zone", "theme")}),
    )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Let open pages notice at once whose role, account or teams changed."""
        super().save_related(request, form, formsets, change)
        announce_access([form.instance.pk])

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Let open pages notice at once that their session has ended."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and id.isdecimal():
            announce_access([int(id)])
        return response

    def has_delete_permission(self, request: object, obj: User | None = None) -> bool:
        """Refuse: tickets and history name this person."""
        del request, obj
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    """Teams."""

    list_display = ("name", "assignment", "capacity", "send_delay_seconds")
