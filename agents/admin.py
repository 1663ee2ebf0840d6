"""People and teams in Django's admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

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

    def has_delete_permission(self, request: object, obj: User | None = None) -> bool:
        """Refuse: tickets and history name this person."""
        del request, obj
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    """Teams."""

    list_display = ("name", "assignment", "capacity", "send_delay_seconds")
