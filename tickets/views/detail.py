"""One ticket: its page, and the fragments a page fetches when it hears of a change."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tickets import presence, timeline
from tickets.views import bubbles
from tickets.views.base import AgentRequest, agents_only, place_of, visible_ticket, wants_fragment
from tickets.views.pages import delta, place_query, ticket_page, ticket_panes


@agents_only
@require_safe
def ticket(request: AgentRequest, view: str, pk: int) -> HttpResponse:
    """Show a ticket beside the list it was chosen from."""
    place = place_of(request, view)
    found = visible_ticket(request.user, pk)
    if wants_fragment(request):
        return ticket_panes(request, found, place)
    return ticket_page(request, found, place)


@agents_only
@require_safe
def thread(request: AgentRequest, pk: int) -> HttpResponse:
    """Return what changed on the page of a ticket; with `before` the stretch of messages above what it shows."""
    found = visible_ticket(request.user, pk)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        lines = timeline.read(request.user, found.conversation, before=int(before))
        query = place_query(place_of(request))
        entries = [bubbles.entry(line, found.conversation, query, may_work=False) for line in lines.entries]
        context = {"ticket": found, "entries": entries, "lines": lines, "query": query, "before": int(before)}
        return render(request, "inbox/fragments/earlier.html", context)
    return delta(request, found)


@agents_only
@require_safe
def viewers(request: AgentRequest, pk: int) -> HttpResponse:
    """Return who else looks at a ticket or writes."""
    found = visible_ticket(request.user, pk)
    return render(request, "inbox/parts/presence.html", {"viewers": presence.others(found.pk, request.user)})
