"""The work list."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from helpdesk import clock
from tickets import queue
from tickets.models import Ticket
from tickets.views.base import AgentRequest, agents_only, place_of, wants_fragment, work_list

MAX_VERSIONS = 200


@agents_only
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """Go where the work is: to one's own tickets, else to all open ones."""
    has_own = Ticket.objects.visible_to(request.user).filter(assignee=request.user, status__in=["new", "open"]).exists()
    return redirect("inbox:list", queue.View.MINE if has_own else queue.View.ALL)


@agents_only
@require_safe
def list_page(request: AgentRequest, view: str) -> HttpResponse:
    """Show a cut of the work list; htmx gets the list pane, or the next rows of it."""
    place = place_of(request, view)
    context = work_list(request, place, current=_number(request, "current"))
    if wants_fragment(request):
        template = "inbox/fragments/more.html" if context["continued"] else "inbox/fragments/list.html"
        return render(request, template, context)
    return render(request, "inbox/list.html", context)


@agents_only
@require_safe
def versions(request: AgentRequest) -> HttpResponse:
    """Say which version these tickets and the list have now; what the person may not read is not in the answer."""
    ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isdecimal() and len(part) < 19]
    place = place_of(request, request.GET.get("view"))
    stamp = queue.stamp(place.cut(request.user, clock.now()))
    return JsonResponse({"versions": queue.versions_of(request.user, ids[:MAX_VERSIONS]), "list": stamp})


def _number(request: HttpRequest, name: str) -> int | None:
    raw = request.GET.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) < 19 else None
