"""The figures: facts folded from the log of tickets, rolled up by day, and read by pages and API alike."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    """Name the app."""

    name = "analytics"
    verbose_name = _("Reports")
