"""Numbers, and what Meta sent: the first can be edited, the second is a record."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from channels_whatsapp import numbers
from channels_whatsapp.encryption import MASK
from channels_whatsapp.inbound import replay
from channels_whatsapp.models import InboundUpdate, WebhookRequest, WhatsAppNumber, WhatsAppTemplate
from channels_whatsapp.webhook import TASK
from tickets.wake import wake


class NumberForm(forms.ModelForm[WhatsAppNumber]):
    """Everything about a number; the token can be replaced and never read."""

    new_token = forms.CharField(
        label=_("access token"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "placeholder": MASK}),
        help_text=_("Leave empty to keep the present one. It is stored encrypted and never shown."),
    )

    class Meta:
        model = WhatsAppNumber
        fields = ("inbox", "phone_number_id", "waba_id", "display_number")

    def clean_new_token(self) -> str:
        """A new number needs a token."""
        token: str = self.cleaned_data["new_token"]
        if not token and self.instance.pk is None:
            raise forms.ValidationError(_("Enter the access token."))
        return token


@admin.register(WhatsAppNumber)
class WhatsAppNumberAdmin(admin.ModelAdmin[WhatsAppNumber]):
    """Connect numbers; saving calls the same function as the command."""

    form = NumberForm
    list_display = ("__str__", "inbox", "phone_number_id", "paused_at", "paused_reason")
    readonly_fields = ("paused_at", "paused_reason")
    actions = ("resume",)

    def save_model(self, request: HttpRequest, obj: WhatsAppNumber, form: Any, change: bool) -> None:  # noqa: FBT001
        """Connect the number and take in what came for it before."""
        del request, change
        numbers.save_number(obj, new_token=form.cleaned_data["new_token"])

    @admin.action(description=_("Send through the selected numbers again"))
    def resume(self, request: HttpRequest, queryset: QuerySet[WhatsAppNumber]) -> None:
        """End the pause."""
        count = sum(numbers.resume(number) for number in queryset)
        self.message_user(
            request,
            ngettext("%(count)d number resumed.", "%(count)d numbers resumed.", count) % {"count": count},
            messages.SUCCESS,
        )


class RecordAdmin(admin.ModelAdmin[Any]):
    """A list to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes these by hand."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes what was received."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Old rows go by retention."""
        del request, obj
        return False


@admin.register(WebhookRequest)
class WebhookRequestAdmin(RecordAdmin):
    """Requests, without their bodies: those hold what customers wrote."""

    list_display = ("token", "received_at", "size", "secret_index", "finished_at", "unreadable", "attempts")
    list_filter = ("unreadable", "secret_index")
    fields = ("token", "received_at", "size", "secret_index", "attempts", "finished_at", "unreadable")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave megabytes where they are."""
        return super().get_queryset(request).defer("body")


@admin.register(InboundUpdate)
class InboundUpdateAdmin(RecordAdmin):
    """Updates, without what they say; parked ones can be tried again."""

    list_display = ("__str__", "lane", "state", "outcome", "parked_reason", "received_at", "number", "attempts")
    list_filter = ("state", "parked_reason", "lane", "outcome")
    list_select_related = ("number",)
    fields = (
        "request", "position", "lane", "number", "phone_number_id", "received_at", "provider_time", "state", "due_at",
        "attempts", "outcome", "parked_reason",
    )  # fmt: skip
    actions = ("replay_parked",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the content where it is."""
        return super().get_queryset(request).defer("payload")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Whoever may configure numbers may let updates try again."""
        return request.user.has_perm("channels_whatsapp.change_whatsappnumber")

    @admin.action(description=_("Try the selected parked updates again"), permissions=["replay"])
    def replay_parked(self, request: HttpRequest, queryset: QuerySet[InboundUpdate]) -> None:
        """Set parked updates free."""
        count = replay(list(queryset.values_list("pk", flat=True)))
        wake(TASK)
        self.message_user(
            request,
            ngettext("%(count)d update tries again.", "%(count)d updates try again.", count) % {"count": count},
            messages.SUCCESS,
        )


@admin.register(WhatsAppTemplate)
class WhatsAppTemplateAdmin(admin.ModelAdmin[WhatsAppTemplate]):
    """Templates are written and approved at Meta; here one says what they are used for."""

    list_display = ("name", "language", "status", "category", "purpose")
    list_filter = ("status", "category", "purpose")
    readonly_fields = ("waba_id", "name", "language", "status", "category", "only_body_varies", "body", "buttons")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from Meta."""
        del request
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WhatsAppTemplate | None = None) -> bool:
        """They go with Meta."""
        del request, obj
        return False
