"""The overview of the set-up pages."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from tickets.views.setup.base import AgentRequest, SetupCard, configurers_only


@configurers_only
def index(request: AgentRequest) -> HttpResponse:
    """Show a card for each page; SETUP_CARDS in the settings lists them, those of upper apps too."""
    cards: list[SetupCard] = [import_string(path)() for path in settings.SETUP_CARDS]
    return render(request, "setup/index.html", {"cards": cards})
