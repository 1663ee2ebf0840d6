"""Forms of the account pages."""

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from agents.models import Scope, Theme


class LoginForm(AuthenticationForm):
    """Name and password, with one sentence for every kind of refusal."""

    error_messages = {
        "invalid_login": _("This name and password do not belong together."),
        "inactive": _("This name and password do not belong together."),
    }


class PreferencesForm(forms.Form):
    """Language and theme; a field that is not sent stays as it is."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=Theme.choices, required=False)


LIFETIMES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Until it is revoked"))]


class TokenForm(forms.Form):
    """A new API token: its name, what it is for, and how long it lasts."""

    name = forms.CharField(max_length=80, error_messages={"required": _("Give the token a name, such as its program.")})
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, error_messages={"required": _("Choose what the token may do.")}
    )
    lifetime = forms.ChoiceField(choices=LIFETIMES, required=False, initial="90")
    is_bot = forms.BooleanField(required=False)

    def expires_at(self, at: dt.datetime) -> dt.datetime | None:
        """Return when the token ends; None when it lasts until it is revoked."""
        days = self.cleaned_data["lifetime"]
        return at + dt.timedelta(days=int(days)) if days else None
