"""The look, shown piece by piece to staff."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@staff_member_required(login_url="account:login")
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in each of its states."""
    return render(request, "styleguide/index.html")
