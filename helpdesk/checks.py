"""System checks: every missing, wrong or unknown setting by name, with what would be right."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connections
from django.db.utils import Error as DatabaseError

from helpdesk.env import env

UNREACHABLE = "helpdesk.E020"
PREFIXES = ("WHATSAPP_", "GRAPH_", "HELPDESK_", "SIMULATOR_", "ENCRYPTION_", "CSRF_", "ALLOWED_")
# Read by the launcher of the embedded services and by `manage.py connect_number`, not by settings.
READ_ELSEWHERE = frozenset({"HELPDESK_PG_BIN", "WHATSAPP_ACCESS_TOKEN"})


@register(Tags.security)
def environment(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Report what `helpdesk.env` could not use, and names that nobody reads."""
    del app_configs, kwargs
    for problem in env.problems:
        yield Error(problem.text, id="helpdesk.E001")
    for name in env.unknown(PREFIXES):
        if name not in READ_ELSEWHERE:
            yield CheckWarning(
                f"{name} is set but nothing reads it.",
                hint="Known names with this beginning: "
                + (", ".join(sorted(k for k in env.known if k.startswith(name.split("_")[0]))) or "none"),
                id="helpdesk.W001",
            )
    if not settings.SECRET_KEY_IS_SET:
        yield Error("SECRET_KEY is missing; allowed: a random text of at least 50 characters.", id="helpdesk.E002")
    if not settings.ENCRYPTION_KEYS:
        yield Error(
            "ENCRYPTION_KEYS is missing; allowed: random texts of at least 32 characters, separated by commas."
            " The first encrypts, all decrypt.",
            id="helpdesk.E003",
        )
    elif any(len(key) < 32 for key in settings.ENCRYPTION_KEYS):
        yield Error("ENCRYPTION_KEYS holds a key of fewer than 32 characters.", id="helpdesk.E004")
    if settings.DEMO and not settings.SIMULATOR_URL:
        yield Error("DEMO is on but SIMULATOR_URL is missing.", id="helpdesk.E006")
    if settings.SIMULATOR_URL and not settings.DEMO:
        yield Error(
            "SIMULATOR_URL is set but DEMO is off; the simulator belongs to the demo only.",
            id="helpdesk.E007",
        )


@register(Tags.security, deploy=True)
def deployment(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Refuse to deploy without what keeps strangers out."""
    del app_configs, kwargs
    if not settings.WHATSAPP_APP_SECRETS:
        yield Error(
            "WHATSAPP_APP_SECRETS is missing: without it every webhook is refused;"
            " allowed: the app secret of your Meta app, several separated by commas during a rotation.",
            id="helpdesk.E010",
        )
    if not settings.WHATSAPP_VERIFY_TOKEN:
        yield Error(
            "WHATSAPP_VERIFY_TOKEN is missing; allowed: a random text of at least 8 characters,"
            " the same as in Meta's dashboard.",
            id="helpdesk.E011",
        )
    if settings.DEMO:
        yield Error("DEMO is on: its log-ins are public knowledge.", id="helpdesk.E012")
    if settings.GRAPH_BASE_URL.startswith("http://"):
        yield Error("GRAPH_BASE_URL must begin with https:// outside the demo.", id="helpdesk.E013")
    if settings.SECURE_SSL_REDIRECT and settings.SECURE_PROXY_SSL_HEADER is None:
        yield CheckWarning(
            "SSL_REDIRECT is on and TRUST_PROXY is off: behind a proxy each page is redirected for ever.",
            hint="Set TRUST_PROXY=1 behind a proxy that sets X-Forwarded-Proto itself; SSL_REDIRECT=0 without any.",
            id="helpdesk.W014",
        )


def refuse_to_start_broken() -> None:
    """End the process with one sentence per mistake in the settings; a server or worker must not guess."""
    from django.core.checks import ERROR, run_checks

    messages = run_checks(tags=[Tags.security, Tags.database], databases=["default"])
    # A database that is away comes back; the process waits for it, answering 503.
    wrong = [message for message in messages if message.level >= ERROR and message.id != UNREACHABLE]
    if wrong:
        raise SystemExit("\n".join(f"{message.id}: {message.msg}" for message in wrong))


@register(Tags.database)
def database(app_configs: Any, databases: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Assert what the server must offer: its collation knows letters, and there are enough connections."""
    del app_configs, kwargs
    if not databases:
        return
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT lower('ÄЖ') = 'äж', current_setting('max_connections')::int")
            row = cursor.fetchone()
    except DatabaseError:
        yield Error(
            "PostgreSQL cannot be reached.",
            hint="DATABASE_URL names the server; `make demo` brings its own.",
            id=UNREACHABLE,
        )
        return
    assert row is not None  # noqa: S101 - SELECT without FROM has one row
    if not row[0]:
        yield Error(
            "The database does not know letters beyond ASCII; create it with the locale C.UTF-8 of libc.",
            id="helpdesk.E021",
        )
    needed = settings.WEB_THREADS + settings.WORKER_THREADS + 10
    if row[1] < needed:
        yield Error(
            f"max_connections is {row[1]}, but threads and reserve need {needed}.",
            hint="Lower WEB_THREADS or WORKER_THREADS, or raise max_connections.",
            id="helpdesk.E022",
        )
