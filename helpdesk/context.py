"""What every page of the shell needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from agents import notify, presence
from agents.models import User
from agents.permissions import may_configure, may_read_reports
from helpdesk import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the page frame reads; no queries here, this runs for every template.

    Only a whole page asks for its person's availability, and that it was opened is a sign of life.
    """
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "system")
    return {
        "DEMO": settings.DEMO,
        "LANGUAGES": settings.LANGUAGES,
        "may_configure": isinstance(user, User) and may_configure(user),
        # Asked by the rail of a whole page, at most once.
        "may_read_reports": SimpleLazyObject(lambda: isinstance(user, User) and may_read_reports(user)),
        "availability": SimpleLazyObject(lambda: presence.arrive(user.pk, clock.now()) if user and user.pk else ""),
        # Asked for by the rail of a whole page only, once.
        "unread_alerts": SimpleLazyObject(lambda: notify.unread(user) if isinstance(user, User) else 0),
        "theme": theme if theme in {"light", "dark"} else "",
    }
