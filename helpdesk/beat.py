"""Celery's clock: its own tables, the schedule of the settings, and nothing of the product.

Beat sends names of tasks; it runs none. With the apps of the product, and with the command line of Celery, it takes
half as much memory again. Start it with `python -m helpdesk.beat`.
"""

import os
from typing import Any

import django
from celery import Celery, signals
from django.conf import settings

from helpdesk import broker
from helpdesk import settings as ours

os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # those of Django, which are about the pages
if not settings.configured:
    values = {name: value for name, value in vars(ours).items() if name.isupper()}
    settings.configure(**(values | {"INSTALLED_APPS": ["django.contrib.contenttypes", "django_celery_beat"]}))
    django.setup()

broker.install()
app = Celery("helpdesk")
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")


@signals.beat_init.connect
def refuse_broken_settings(**_: Any) -> None:
    """Do not start with settings that the checks call wrong."""
    from helpdesk.checks import refuse_to_start_broken

    refuse_to_start_broken()


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave logging as the settings have it."""


if __name__ == "__main__":
    app.Beat(loglevel=settings.LOG_LEVEL).run()
