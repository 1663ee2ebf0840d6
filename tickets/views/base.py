"""What every view of the inbox shares: who asks, what they may see, and from where in the work list they came."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from agents.models import User
from agents.permissions import reads_reports
from helpdesk import clock
from tickets import queue
from tickets.cursors import Cursor
from tickets.models import Ticket
from tickets.opened import opened
from tickets.views import present
from tickets.views.addresses import list_address
from tickets.views.place import Place

RESPONSE = Callable[..., HttpResponse]


class AgentRequest(HttpRequest):
    """A request of somebody who is logged in, with htmx's headers parsed."""

    user: User
    htmx: HtmxDetails


def agents_only(view: RESPONSE) -> RESPONSE:
    """Send strangers to the log-in page; a fragment asked for by a script answers 401 instead of a log-in form."""
    guarded = login_required(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated and request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        return guarded(request, *args, **kwargs)

    return answer


def wants_fragment(request: AgentRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in the history asks for all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _view(name: str) -> queue.View:
    try:
        return queue.View(name)
    except ValueError as error:
        raise Http404 from error


def place_of(request: AgentRequest, view: str | None = None) -> Place:
    """Read the place from the address, which forms carry it in too; one query."""
    teams = queue.teams_of(request.user)
    raw = request.GET.get("team", "")
    team = None
    if raw:
        team = next((one for one in teams if str(one.pk) == raw), None)
        if team is None:
            raise Http404
    return Place(view=_view(view or request.GET.get("view", "") or queue.View.ALL), team=team, teams=teams)


def visible_ticket(user: User, pk: int) -> Ticket:
    """Return a ticket that this person may read; 404 for everything else, so that nobody learns what exists."""
    ticket = opened(user, pk)
    if ticket is None:
        raise Http404
    return ticket


def _team_links(place: Place) -> list[dict[str, Any]]:
    """Return what the heading's menu offers: all teams, and each; nothing where there is no choice."""
    if len(place.teams) < 2:
        return []
    address = list_address(place.view)
    links = [{"text": _("All teams"), "url": address, "current": place.team is None}]
    return links + [
        {"text": team.name, "url": f"{address}?team={team.pk}", "current": team == place.team} for team in place.teams
    ]


def work_list(request: AgentRequest, place: Place, *, current: int | None = None) -> dict[str, Any]:
    """Return what the list pane shows."""
    at = clock.now()
    cut = place.cut(request.user, at)
    counted = queue.counts(cut)
    cursor = Cursor.decode(request.GET.get("after", ""))
    raw = request.GET.get("rows", "")
    size = min(max(int(raw), queue.PAGE_SIZE), queue.MAX_ROWS) if raw.isdecimal() and len(raw) < 6 else queue.PAGE_SIZE
    page = queue.page(cut, counted=counted, cursor=cursor, size=size)
    tabs = [
        {
            "name": view,
            "text": label,
            "count": queue.in_words(counted.tabs[view]) if view in counted.tabs else None,
            "url": list_address(view) + place.query,
            "current": view == place.view or (view == queue.View.RESOLVED and place.view == queue.View.SPAM),
        }
        for view, label in queue.VIEW_LABELS.items()
        if view != queue.View.SPAM
    ]
    # Who looks at what is settled may look for what was put aside by mistake.
    settled = [
        {
            "text": queue.VIEW_LABELS[view],
            "url": list_address(view) + place.query,
            "checked": view == place.view,
        }
        for view in (queue.SETTLED_VIEWS if place.view in queue.SETTLED_VIEWS else ())
    ]
    return {
        "place": place,
        "tabs": tabs,
        "settled": settled,
        "page": page,
        "groups": [
            {
                "group": group,
                "rows": [
                    present.queue_row(row, place=place, reader=request.user, now=at, current=row.line.pk == current)
                    for row in group.rows
                ],
            }
            for group in page.groups
        ],
        "row_count": len(page.rows),
        "more_url": f"{place.list_url}{'&' if place.query else '?'}after={page.next_cursor}"
        if page.next_cursor
        else "",
        "team_links": _team_links(place),
        "current": current,
        "at": at,
        "continued": cursor is not None,
        # What the rail would have to ask for.
        "may_read_reports": reads_reports(request.user, leads=place.leads_somewhere()),
    }
