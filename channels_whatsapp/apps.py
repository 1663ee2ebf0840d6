"""The WhatsApp channel: webhooks in, calls to the Graph API out."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WhatsAppConfig(AppConfig):
    """Register the checks of the channel."""

    name = "channels_whatsapp"
    verbose_name = _("WhatsApp")

    def ready(self) -> None:
        """Import the checks; importing registers them."""
        from channels_whatsapp import checks

        del checks
