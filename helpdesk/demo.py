"""The demo page: the customer's phone and the agent's inbox side by side."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe


@login_required
@require_safe
def stage(request: HttpRequest) -> HttpResponse:
    """Show the simulator's phone beside the inbox."""
    return render(request, "demo/stage.html", {"phone_url": f"{settings.SIMULATOR_URL}/phone/"})


urlpatterns: list[URLPattern] = [path("", stage, name="stage")]
