"""Small concerns of every request: webhooks go straight in, agents have preferences, pages are private."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from channels_whatsapp.webhook import PATH as WEBHOOK_PATH
from channels_whatsapp.webhook import webhook

GetResponse = Callable[[HttpRequest], HttpResponseBase]
API = "/api/"
UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class WebhookMiddleware:
    """Lead webhooks past everything that is for people and browsers: sessions, log-ins, policies, languages.

    Stands first. Measured: what comes after it costs about as much as checking and storing a webhook.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a webhook here, hand everything else on."""
        if request.path_info == WEBHOOK_PATH:
            return webhook(request)
        return self.get_response(request)


class AgentPreferencesMiddleware:
    """Show each agent pages in their own language and time zone."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate language and zone for this request only; machines are not asked who they are."""
        if request.path.startswith(("/webhooks/", "/healthz/", settings.STATIC_URL)):
            return self.get_response(request)
        user = request.user
        language = getattr(user, "language", "") or translation.get_language_from_request(request)
        zone = getattr(user, "time_zone", "") or settings.TIME_ZONE
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            render_now = getattr(response, "render", None)
            if callable(render_now) and not getattr(response, "is_rendered", True):
                response = render_now()
        response.headers.setdefault("Content-Language", language)
        return response


class StorableTextMiddleware:
    """Let pages read addresses and forms as PostgreSQL can hold them: a NUL becomes the sign for what is unreadable.

    No person types one, and to every view it is a value like any other. The API refuses it, field by field.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on with what can be read. Raises Http404 for a path that no address has."""
        if request.path.startswith(API):
            return self.get_response(request)
        if "\0" in request.path:
            raise Http404
        request.GET = _readable(request.GET)
        request.POST = _readable(request.POST)
        return self.get_response(request)


def _readable(sent: QueryDict) -> Any:
    if not any("\0" in text for name, values in sent.lists() for text in (name, *values)):
        return sent
    read = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        read.setlist(name.replace("\0", UNREADABLE), [text.replace("\0", UNREADABLE) for text in values])
    read._mutable = False
    return read


class PrivatePagesMiddleware:
    """Keep pages of logged-in people out of every cache, the browser's own included."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers unless the view chose its own."""
        response = self.get_response(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response
