"""What the composer needs while somebody writes: drafts, quick replies, and templates in place of free text."""

import json

from django.db.models import F, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.models import User
from agents.permissions import Permission, may
from helpdesk import clock
from tickets.actions import drafts, messaging
from tickets.errors import ChannelRefused, NotAllowed, Refused
from tickets.forms import DraftForm, TemplateForm
from tickets.models import QuickReply, Ticket
from tickets.views.base import AgentRequest, agents_only, place_of, visible_ticket
from tickets.views.pages import Hint, Typed, composer, delta, ticket_page
from tickets.views.template_picker import typed_values

MOST = 8


@agents_only
@require_POST
def draft(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep what somebody has typed; an empty text forgets it."""
    visible_ticket(request.user, pk)
    form = DraftForm(request.POST)
    refused = HttpResponse(_("This draft was not kept."), status=409, content_type="text/plain")
    if not form.is_valid():
        return refused
    try:
        drafts.keep_draft(actor=request.user, ticket_id=pk, **form.cleaned_data)
    except NotAllowed:
        return refused
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


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: AgentRequest, pk: int) -> HttpResponse:
    """Show the fields of an approved template, then send it."""
    ticket = visible_ticket(request.user, pk)
    if request.method != "POST":
        return _template_fields(request, ticket)
    typed = Typed(
        template=request.POST.get("template", ""),
        variables=typed_values(request.POST),
        template_client_id=request.POST.get("client_id", ""),
    )
    form = TemplateForm(request.POST)
    if not form.is_valid():
        typed.template_error = _("Choose a template, then send it.")
        return _template_refused(request, ticket, typed)
    try:
        messaging.send_template(
            actor=request.user,
            ticket_id=pk,
            key=form.cleaned_data["template"],
            variables=typed.variables,
            client_id=form.cleaned_data["client_id"],
            seen_seq=form.cleaned_data["seen_seq"],
        )
    except Refused as refused:
        remedy = refused.refusal.remedy if isinstance(refused, ChannelRefused) else ""
        typed.template_error = " ".join(filter(None, (refused.text, remedy)))
        return _template_refused(request, ticket, typed)
    if request.htmx:
        response = delta(request, visible_ticket(request.user, pk), template=Typed())
        response["HX-Trigger"] = json.dumps({"queue:changed": {}})
        return response
    sent = HttpResponseRedirect(place_of(request).ticket_url(pk))
    sent.status_code = 303
    return sent


def _template_fields(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """Answer with the fields of the chosen template; without scripts with the whole page around them."""
    place, typed = place_of(request), Typed(template=request.GET.get("template", ""))
    if not request.htmx:
        return ticket_page(request, ticket, place, typed=typed)
    if not may(request.user, Permission.ANSWER, team_id=ticket.team_id):
        raise Http404
    seen = request.GET.get("seen_seq", "")
    context = {
        "composer": composer(request, ticket, place, now=clock.now(), kept=None, typed=typed, hint=None),
        "seen_seq": seen if seen.isdecimal() else "0",
    }
    return render(request, "inbox/composers/_template_fields.html", context)


def _template_refused(request: AgentRequest, ticket: Ticket, typed: Typed) -> HttpResponse:
    """Answer 409 with the sentence beside the fields, which keep what was typed."""
    current = visible_ticket(request.user, ticket.pk)
    if request.htmx:
        return delta(request, current, status=409, template=typed)
    hint = Hint(text=typed.template_error)
    return ticket_page(request, current, place_of(request), typed=typed, hint=hint, status=409)
