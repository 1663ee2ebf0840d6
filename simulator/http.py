"""Small pieces that all views share."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, JsonResponse

View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class BadRequest(Exception):
    """A request cannot be understood; the text says why."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def methods(**views: View) -> View:
    """Return a view that hands each HTTP method to its own view."""

    async def dispatch(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        view = views.get(request.method or "")
        if view is None:
            return HttpResponseNotAllowed(list(views))
        try:
            return await view(request, **kwargs)
        except BadRequest as problem:
            return JsonResponse({"error": str(problem)}, status=problem.status)

    return dispatch


def json_object(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object in the body. Raises BadRequest."""
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body must be JSON.") from error
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    return value
