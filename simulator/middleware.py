"""Headers on every answer, and refusal of requests that another website makes a browser send."""

from collections.abc import Awaitable, Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware

from simulator import runtime

Handler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
SAFE = {"GET", "HEAD", "OPTIONS"}


def content_security_policy(frame_ancestors: tuple[str, ...]) -> str:
    """Return the policy of the phone pages."""
    ancestors = " ".join(("'self'", *frame_ancestors))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )


@async_only_middleware
def guard(get_response: Handler) -> Handler:
    """Check where a request comes from and set the security headers of its answer."""

    async def respond(request: HttpRequest) -> HttpResponseBase:
        ancestors = runtime.current().config.frame_ancestors
        try:
            own = f"{request.scheme}://{request.get_host()}"
        except DisallowedHost:
            return HttpResponse("The simulator has no such host name.", status=400, content_type="text/plain")
        origin = request.headers.get("Origin")
        if request.method not in SAFE and origin is not None and origin not in {own, *ancestors}:
            return HttpResponse("Requests of other websites are refused.", status=403, content_type="text/plain")
        response = await get_response(request)
        response.headers["Content-Security-Policy"] = content_security_policy(ancestors)
        if not response.streaming and isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return respond
