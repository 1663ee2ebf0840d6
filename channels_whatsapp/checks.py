"""System checks of the WhatsApp channel."""

from collections.abc import Iterable
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.utils import Error as DatabaseError

from channels_whatsapp.encryption import Undecryptable


@register(Tags.database)
def numbers(app_configs: Any, databases: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Open every access token, so that a lost key is noticed at start and not by a customer; name paused numbers."""
    del app_configs, kwargs
    if not databases:
        return
    from channels_whatsapp.models import WhatsAppNumber

    try:
        for number in WhatsAppNumber.objects.all():
            try:
                number.access_token.reveal()
            except Undecryptable:
                yield Error(
                    f"The access token of the number {number} cannot be opened with any of ENCRYPTION_KEYS.",
                    hint="Put the earlier key back behind the new one, or enter the token again.",
                    id="channels_whatsapp.E001",
                )
            if number.paused_at is not None:
                yield checks.Warning(
                    f"The number {number} is paused: WhatsApp answered with error {number.paused_reason}.",
                    id="channels_whatsapp.W001",
                )
    except DatabaseError:
        # Before the first migration there is no table; that the database can be reached is checked elsewhere.
        return
