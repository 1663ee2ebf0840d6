"""The pages of last resort."""

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agents.api import problems

log = structlog.get_logger(__name__)
MACHINES = ("/webhooks/", "/healthz/")
API = "/api/"


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when PostgreSQL is away, so that Meta and browsers come back by themselves; else 500."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    if away:
        log.warning("database_unavailable", path=request.path)
    if request.path.startswith(API):
        code, text = (
            ("unavailable", "The database is away.") if away else ("internal_error", "This failed on our side.")
        )
        response = problems.plain(status, code, text)
    elif request.path.startswith(MACHINES):
        text = "database unavailable" if away else "internal error"
        response = HttpResponse(text, status=status, content_type="text/plain")
    else:
        # Without the request: context processors would ask the very database that is away.
        response = render(None, f"{status}.html", status=status)
    if away:
        response["Retry-After"] = "5"
    return response
