"""Say what a ticket is about: its priority, subject and tags."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tickets.actions import triage
from tickets.errors import Refused
from tickets.forms import PriorityForm, SubjectForm, TagForm
from tickets.views.base import AgentRequest, agents_only, visible_ticket
from tickets.views.responses import done, invalid, refuse


@agents_only
@require_POST
def priority(request: AgentRequest, pk: int) -> HttpResponse:
    """Change the priority."""
    ticket = visible_ticket(request.user, pk)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    try:
        triage.set_priority(actor=request.user, ticket_id=pk, priority=form.cleaned_data["priority"])
    except Refused as refused:
        return refuse(request, ticket, refused)
    return done(request, pk)


@agents_only
@require_POST
def subject(request: AgentRequest, pk: int) -> HttpResponse:
    """Change the subject."""
    ticket = visible_ticket(request.user, pk)
    form = SubjectForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    try:
        triage.set_subject(actor=request.user, ticket_id=pk, subject=form.cleaned_data["subject"])
    except Refused as refused:
        return refuse(request, ticket, refused)
    return done(request, pk)


@agents_only
@require_POST
def tags(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a tag on the ticket, or take one off."""
    ticket = visible_ticket(request.user, pk)
    form = TagForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form)
    remove = form.cleaned_data["remove"]
    try:
        if remove:
            triage.remove_tag(actor=request.user, ticket_id=pk, tag_id=remove)
        else:
            triage.add_tag(actor=request.user, ticket_id=pk, name=form.cleaned_data["name"])
    except Refused as refused:
        return refuse(request, ticket, refused)
    return done(request, pk)
