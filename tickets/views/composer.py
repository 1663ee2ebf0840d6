"""What the composer needs while somebody types: drafts and quick replies."""

from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from agents.models import User
from agents.permissions import Permission, may
from helpdesk import clock
from tickets.forms import DraftForm
from tickets.models import Draft, QuickReply, Ticket
from tickets.views.base import AgentRequest, agents_only, visible_ticket

MOST = 8


@agents_only
@require_POST
def draft(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep what somebody has typed; an empty text forgets it."""
    ticket = visible_ticket(request.user, pk)
    form = DraftForm(request.POST)
    if not form.is_valid() or not may(request.user, Permission.ANSWER, team_id=ticket.team_id):
        return HttpResponse(_("This draft was not kept."), status=409, content_type="text/plain")
    text = form.cleaned_data["text"]
    if text.strip():
        Draft.objects.update_or_create(
            ticket=ticket, user=request.user, defaults={"text": text, "updated_at": clock.now()}
        )
    else:
        Draft.objects.filter(ticket=ticket, user=request.user).delete()
    return HttpResponse(status=204)


def fill(text: str, *, language: str, ticket: Ticket, agent: User) -> str:
    """Put names into a quick reply; where we know none, a neutral word of the reply's language stands there."""
    name = ticket.conversation.contact.name.split()
    with translation.override(language or translation.get_language()):
        neutral = pgettext("salutation of somebody whose name is unknown", "there")
    values = {
        "{name}": name[0] if name else neutral,
        "{agent}": agent.short_name,
        "{ticket}": str(ticket.pk),
    }
    for variable, value in values.items():
        text = text.replace(variable, value)
    return text


@agents_only
@require_safe
def quick_replies(request: AgentRequest, pk: int) -> HttpResponse:
    """List the quick replies whose shortcut begins with what was typed, the contact's language first."""
    ticket = visible_ticket(request.user, pk)
    typed = request.GET.get("q", "").lstrip("/").lower()[:40]
    language = ticket.conversation.contact.language[:2]
    found = (
        QuickReply.objects.usable_by(request.user)
        .filter(Q(team__isnull=True) | Q(team_id=ticket.team_id))
        .filter(shortcut__istartswith=typed)
    )
    chosen = sorted(found[:100], key=lambda one: (one.language not in {"", language}, -one.used_count, one.shortcut))[
        :MOST
    ]
    replies = [
        {
            "id": one.pk,
            "name": one.shortcut,
            "matched": one.shortcut[: len(typed)],
            "rest": one.shortcut[len(typed) :],
            "languages": one.language.upper(),
            "text": fill(one.text, language=one.language, ticket=ticket, agent=request.user),
        }
        for one in chosen
    ]
    return render(request, "inbox/parts/quick_replies.html", {"replies": replies})


@agents_only
@require_POST
def quick_reply_use(request: AgentRequest, pk: int) -> HttpResponse:
    """Count that a quick reply was inserted."""
    found = get_object_or_404(QuickReply.objects.usable_by(request.user), pk=pk)
    QuickReply.objects.filter(pk=found.pk).update(used_count=F("used_count") + 1)
    return HttpResponse(status=204)
