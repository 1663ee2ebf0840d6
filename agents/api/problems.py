"""Errors as RFC 9457 problem details: the status for clients, a code for programs, a sentence for people."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """An answer that is no success; `data` says more to programs."""

    def __init__(self, status: int, code: str, text: str, **data: Any) -> None:
        super().__init__(text, code)
        self.status_code = status
        self.code = code
        self.data = data


def details(status: int, code: str, text: str, **data: Any) -> dict[str, Any]:
    """Return the members of a problem."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": text,
        **data,
    }


def plain(status: int, code: str, text: str, **data: Any) -> HttpResponse:
    """Return a problem outside of any view, such as for an address that does not exist."""
    return JsonResponse(details(status, code, text, **data), status=status, content_type=CONTENT_TYPE)


def _translated(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    return error if isinstance(error, exceptions.APIException) else None


def _members(error: exceptions.APIException) -> dict[str, Any]:
    status = error.status_code
    if isinstance(error, Problem):
        return details(status, error.code, str(error.detail), **error.data)
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return details(status, "invalid", _("Some fields are not valid; “errors” names them."), errors=fields)
    code = error.get_codes()
    return details(status, code if isinstance(code, str) else "error", str(error.detail))


def respond(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer with a problem; None for a fault of the program, which becomes a 500."""
    del context
    known = _translated(error)
    if known is None:
        return None
    headers = {}
    challenge = getattr(known, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    wait = getattr(known, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait))
    return Response(_members(known), status=known.status_code, headers=headers, content_type=CONTENT_TYPE)
