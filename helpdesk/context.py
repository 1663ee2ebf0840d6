"""What every page of the shell needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the switches that the page frame reads; no queries here, this runs for every template."""
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "system")
    return {
        "DEMO": settings.DEMO,
        "LANGUAGES": settings.LANGUAGES,
        "theme": theme if theme in {"light", "dark"} else "",
    }
