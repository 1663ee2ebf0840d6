"""What every page of the shell needs to know."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from agents import arrival
from agents.models import User
from agents.permissions import may_configure, may_read_reports
from helpdesk import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the page frame reads; no queries here, this runs for every template.

    Only a whole page asks for its person's availability and unread alerts, with one question for both, and that it was
    opened is a sign of life.
    """
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "system")
    arrived = cache(lambda: arrival.of(user, clock.now()) if isinstance(user, User) else arrival.NOBODY)
    return {
        "DEMO": settings.DEMO,
        "may_configure": isinstance(user, User) and may_configure(user),
        # Asked by the rail of a whole page, at most once.
        "may_read_reports": cache(lambda: isinstance(user, User) and may_read_reports(user)),
        "availability": lambda: arrived().state,
        "unread_alerts": lambda: arrived().unread,
        "theme": theme if theme in {"light", "dark"} else "",
    }
