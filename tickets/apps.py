"""The core: tickets, conversations and the messages in them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Register the checks of the core."""

    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        """Import the checks; importing registers them."""
        from tickets import checks

        del checks
