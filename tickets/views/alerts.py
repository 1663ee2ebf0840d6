"""What needs a person, and only that person's: the page, the bell's news, and reading."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agents import notify
from agents.models import Notification
from helpdesk import clock
from tickets import alerts
from tickets.models import Ticket
from tickets.views.base import AgentRequest, agents_only

MOST_NEWS = 3
MAX_ID = 2**62


def _number(raw: str) -> int | None:
    return int(raw) if raw.isdecimal() and len(raw) < 19 else None


@agents_only
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """List a person's alerts, newest first."""
    unread_only = request.GET.get("show") == "unread"
    before = _number(request.GET.get("before", ""))
    found = alerts.read(request.user, unread_only=unread_only, before=before, size=alerts.PAGE_SIZE + 1)
    shown = found[: alerts.PAGE_SIZE]
    query = "show=unread&" if unread_only else ""
    context = {
        "alerts": shown,
        "now": clock.now(),
        "unread_only": unread_only,
        "newest": max((one.pk for one in shown), default=0),
        "older_url": f"?{query}before={shown[-1].pk}" if len(found) > len(shown) else "",
        "newer_url": f"?{query}".rstrip("&") if before is not None else "",
        "tabs": [
            {"text": _("All alerts"), "url": reverse("alerts:index"), "current": not unread_only},
            {"text": _("Unread"), "url": reverse("alerts:index") + "?show=unread", "current": unread_only},
        ],
    }
    return render(request, "alerts/index.html", context)


@agents_only
@require_safe
def alert(request: AgentRequest, pk: int) -> HttpResponse:
    """Lead to what an alert is about; whoever follows it has read it."""
    found = get_object_or_404(Notification, pk=pk, user=request.user)
    notify.mark_read(request.user, clock.now(), up_to=pk, only=pk)
    if found.kind in alerts.PAGES:
        return HttpResponseRedirect(reverse(alerts.PAGES[found.kind][2]))
    if found.ticket_id and Ticket.objects.visible_to(request.user).filter(pk=found.ticket_id).exists():
        return HttpResponseRedirect(reverse("inbox:ticket", args=["all", found.ticket_id]))
    return HttpResponseRedirect(reverse("alerts:index"))


@agents_only
@require_POST
def readings(request: AgentRequest) -> HttpResponse:
    """Mark everything as read that the page showed; what came since stays unread."""
    up_to = _number(request.POST.get("up_to", "")) or 0
    count = notify.mark_read(request.user, clock.now(), up_to=min(up_to, MAX_ID))
    text = ngettext("%(count)d alert marked as read", "%(count)d alerts marked as read", count) % {"count": count}
    messages.success(request, text)
    return HttpResponseRedirect(reverse("alerts:index"))


@agents_only
@require_safe
def news(request: AgentRequest) -> HttpResponse:
    """Tell a page's bell how many are unread, and what came since the newest it knows; a page asks when told to."""
    after = _number(request.GET.get("after", ""))
    newest = Notification.objects.filter(user=request.user).order_by("-pk").values_list("pk", flat=True).first() or 0
    fresh = (
        [] if after is None else alerts.read(request.user, unread_only=True, after=min(after, MAX_ID), size=MOST_NEWS)
    )
    return JsonResponse(
        {
            "unread": notify.unread(request.user),
            "newest": newest,
            "alerts": [{"text": one.text, "url": reverse("alerts:alert", args=[one.pk])} for one in reversed(fresh)],
        }
    )
