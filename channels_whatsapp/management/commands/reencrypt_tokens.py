"""Write every access token anew under the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from channels_whatsapp.encryption import Undecryptable
from channels_whatsapp.models import WhatsAppNumber


class Command(BaseCommand):
    """Run it after a new key was put in front; then the old key can go."""

    help = "Encrypt every access token with the first of ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate each token; none is left half done."""
        del args, options
        lost = []
        for number in WhatsAppNumber.objects.all():
            before = number.access_token
            try:
                rotated = before.rotated()
            except Undecryptable:
                lost.append(str(number))
                continue
            # Only if nobody has entered another token meanwhile.
            WhatsAppNumber.objects.filter(pk=number.pk, access_token=before).update(access_token=rotated)
        if lost:
            raise CommandError("None of ENCRYPTION_KEYS opens the token of: " + ", ".join(lost))
        self.stdout.write("Every access token is encrypted with the first key; the others can go.")
