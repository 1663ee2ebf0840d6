"""What only the demo has to say."""

from django import template
from django.conf import settings

from helpdesk.services.environment import PAST_TO_WRITE

register = template.Library()


@register.simple_tag
def past_is_being_written() -> bool:
    """Say whether the demo is still writing its invented history; asks the disk, not the database."""
    return bool(settings.DEMO) and (settings.DATA_DIR / PAST_TO_WRITE).exists()
