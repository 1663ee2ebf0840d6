"""People who log in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    """Users, teams, roles and presence."""

    name = "agents"
    verbose_name = _("Agents")
