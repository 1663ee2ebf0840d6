"""The yardstick: the least that a webhook can do in Django, on the same server in the same arrangement.

`uvicorn benchmarks.bare:application`: one view, no middleware, no ORM. It checks the HMAC and does one INSERT.
"""

import hmac
import os
from typing import Any

import django
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from helpdesk.database import database_settings

TABLE = "CREATE TABLE bench_bare (id bigserial PRIMARY KEY, body bytea NOT NULL, received_at timestamptz NOT NULL)"
SECRET = os.environ.get("WHATSAPP_APP_SECRETS", "").split(",")[0].encode()


def hook(request: HttpRequest) -> HttpResponse:
    """Check, insert, answer."""
    body = request.body
    expected = "sha256=" + hmac.digest(SECRET, body, "sha256").hex()
    if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
        return HttpResponse(status=401)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (body, received_at) VALUES (%s, now())", [body])
    return HttpResponse("ok")


def make_application() -> Any:
    """Configure Django with the database and nothing else."""
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {**database_settings(os.environ["DATABASE_URL"]), "ENGINE": ENGINE}},
        USE_TZ=True,
    )
    django.setup(set_prefix=False)
    handler: Any = WSGIHandler()
    return WSGIMiddleware(handler, workers=int(os.environ.get("WEB_THREADS", "4")))


ENGINE = "django.db.backends.postgresql"
urlpatterns = [path("webhooks/whatsapp", hook)]
if "DATABASE_URL" in os.environ and not settings.configured:
    application = make_application()
