"""The wiring app: system checks and commands that look at the whole."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """Register the checks of the whole installation."""

    name = "helpdesk"
    verbose_name = "Helpdesk"

    def ready(self) -> None:
        """Import the checks, which registers them, and our Celery app, so that every process publishes through it."""
        from helpdesk import celery, checks

        del celery, checks
