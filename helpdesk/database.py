"""Turn a database URL into Django's settings."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# Seconds for one statement of a command: an index over everything that ever happened takes its time.
LONG = 3600


def database_settings(url: str, *, statement_seconds: int = 15) -> dict[str, Any]:
    """Return Django's DATABASES entry for a `postgresql://` URL; a `host` in its query names a socket folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", parts.hostname or "")
    return {
        "ENGINE": "helpdesk.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # A slow statement ends on the server; a server that says nothing at all is given up by `helpdesk.postgresql`.
        "OPTIONS": {
            "connect_timeout": 2,
            "tcp_user_timeout": 2000,
            "options": f"-c statement_timeout={statement_seconds * 1000} -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=30000"
            # What is asked for lies in memory and is found by indexes; a planner that takes these for dear, as if they
            # were on turning disks, reads whole days or tables instead, and compiling costs more than it saves.
            " -c random_page_cost=1.1 -c jit=off",
            **query,
        },
    }
