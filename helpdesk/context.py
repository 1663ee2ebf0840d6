"""What every page of the shell needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from agents.models import User
from agents.permissions import may_configure


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the switches that the page frame reads; no queries here, this runs for every template."""
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "system")
    return {
        "DEMO": settings.DEMO,
        "LANGUAGES": settings.LANGUAGES,
        "may_configure": isinstance(user, User) and may_configure(user),
        "theme": theme if theme in {"light", "dark"} else "",
    }
