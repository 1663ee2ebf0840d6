"""The app's name and its checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Surveys(AppConfig):
    """What contacts think of the help they got."""

    name = "surveys"
    verbose_name = _("Surveys")
