"""Forms of the account pages."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from agents.models import Theme


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
