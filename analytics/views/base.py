"""What every report page shares: who may read it, what was asked, and the frame around it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.models import User
from agents.permissions import may_read_reports, may_set_targets
from analytics.models import Watermark
from analytics.views.asked import Asked, read


class ReportRequest(HttpRequest):
    """A request of somebody who may read reports; `asked` is what they ask for."""

    user: User
    asked: Asked


View = Callable[..., HttpResponse]


def _knows_all(request: HttpRequest) -> bool:
    """Say whether an open page asks for news, and has all that is counted."""
    known = request.headers.get("X-Known-As-Of")
    if not known:
        return False
    as_of = Watermark.objects.values_list("as_of", flat=True).first()
    return as_of is not None and as_of.isoformat() == known


def report(view: Callable[..., HttpResponse]) -> View:
    """Let in who reads figures: managers, administrators, and leads for their teams; nobody else learns of the page."""

    @wraps(view)
    def guarded(request: ReportRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read_reports(request.user):
            return render(request, "reports/refused.html", status=403)
        if _knows_all(request):
            return HttpResponse(status=204)
        request.asked = read(request.user, request.GET)
        return view(request, *args, **kwargs)

    return require_GET(login_required(guarded))


def decision(view: Callable[..., HttpResponse]) -> View:
    """Let in who decides about the reports: managers and administrators; others are refused."""

    @wraps(view)
    def guarded(request: ReportRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_set_targets(request.user):
            return render(request, "reports/refused.html", status=403)
        request.asked = read(request.user, request.GET)
        return view(request, *args, **kwargs)

    return login_required(guarded)


def frame(request: ReportRequest, template: str, /, status: int = 200, **context: Any) -> HttpResponse:
    """Render a report page around its content."""
    return render(
        request,
        f"reports/{template}.html",
        {
            "asked": request.asked,
            "zone": settings.TIME_ZONE,
            "may_set_targets": may_set_targets(request.user),
            **context,
        },
        status=status,
    )
