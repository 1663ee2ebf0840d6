"""The wiring app: system checks and commands that look at the whole."""

import django_stubs_ext
from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

# Django's generic classes take type parameters at run time too. Here, in the first app, before any model is read.
django_stubs_ext.monkeypatch()


class HelpdeskConfig(AppConfig):
    """Register the checks of the whole installation."""

    # Two configurations live in this module; without the mark Django would choose neither.
    default = True
    name = "helpdesk"
    verbose_name = "Helpdesk"

    def ready(self) -> None:
        """Import the checks, which registers them, and our Celery app, so that every process publishes through it."""
        from helpdesk import celery, checks

        del celery, checks


class StaticFiles(StaticFilesConfig):
    """Leave out what no page loads and what cannot be hashed, because its own addresses lead nowhere.

    The sources of the joined style sheet speak from its place, not from theirs; django_htmx brings other versions
    of htmx than the one we ship; nothing shows the browsable API of the REST framework, nor Redoc.
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "css/components/*",
        "css/layouts/*",
        "django_htmx",
        "rest_framework",
        "redoc",
    ]
