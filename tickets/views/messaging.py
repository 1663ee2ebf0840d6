"""Say something in a ticket, and decide what becomes of a reply that is not there yet."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.actions import decisions, messaging
from tickets.errors import Refused
from tickets.forms import NoteForm, ReplyForm
from tickets.models import AuthorKind, Message, MessageKind
from tickets.views.base import AgentRequest, agents_only, visible_ticket
from tickets.views.pages import Typed
from tickets.views.responses import done, invalid, refuse


def _accepted(composer: str, form: ReplyForm | NoteForm) -> dict[str, dict[str, str]]:
    """Tell the composer which of its texts has been taken, and the id of the next one."""
    sent = str(form.cleaned_data["client_id"])
    return {"composer:accepted": {"form": composer, "sent": sent, "client_id": str(uuid.uuid4())}}


@agents_only
@require_POST
def replies(request: AgentRequest, pk: int) -> HttpResponse:
    """Send a reply."""
    ticket = visible_ticket(request.user, pk)
    typed = Typed(text=request.POST.get("text", ""), client_id=request.POST.get("client_id", ""))
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form, typed=typed, at_composer=True)
    try:
        messaging.reply(actor=request.user, ticket_id=pk, **form.cleaned_data)
    except Refused as refused:
        return refuse(request, ticket, refused, typed=typed, at_composer=True)
    return done(request, pk, **_accepted("reply-form", form))


@agents_only
@require_POST
def notes(request: AgentRequest, pk: int) -> HttpResponse:
    """Write a note for colleagues."""
    ticket = visible_ticket(request.user, pk)
    typed = Typed(note=request.POST.get("text", ""), note_client_id=request.POST.get("client_id", ""), mode="note")
    form = NoteForm(request.POST)
    if not form.is_valid():
        return invalid(request, ticket, form, typed=typed, at_composer=True)
    try:
        messaging.add_note(actor=request.user, ticket_id=pk, **form.cleaned_data)
    except Refused as refused:
        return refuse(request, ticket, refused, typed=typed, at_composer=True)
    return done(request, pk, **_accepted("note-form", form))


def _decide_message(
    request: AgentRequest, pk: int, message_id: int, action: Callable[..., Message]
) -> tuple[HttpResponse | None, Message | None]:
    ticket = visible_ticket(request.user, pk)
    get_object_or_404(Message, pk=message_id, ticket=ticket, kind=MessageKind.OUTBOUND, author_kind=AuthorKind.AGENT)
    try:
        return None, action(actor=request.user, message_id=message_id)
    except Refused as refused:
        return refuse(request, ticket, refused), None


@agents_only
@require_POST
def undo(request: AgentRequest, pk: int, message_id: int) -> HttpResponse:
    """Take back a reply that has not left; its text goes back to where it was typed."""
    refusal, message = _decide_message(request, pk, message_id, decisions.undo_reply)
    if refusal is not None or message is None:
        return refusal or HttpResponse(status=409)
    text = message.text if message.author_id == request.user.pk else ""
    return done(request, pk, toast={"text": _("Taken back")}, **{"composer:restore": {"text": text}})


@agents_only
@require_POST
def retry(request: AgentRequest, pk: int, message_id: int) -> HttpResponse:
    """Send a reply again that did not arrive."""
    refusal, _message = _decide_message(request, pk, message_id, decisions.retry_reply)
    return refusal or done(request, pk)


@agents_only
@require_POST
def discard(request: AgentRequest, pk: int, message_id: int) -> HttpResponse:
    """Give up a reply that did not arrive; its text goes back to where it was typed."""
    refusal, message = _decide_message(request, pk, message_id, decisions.discard_reply)
    if refusal is not None or message is None:
        return refusal or HttpResponse(status=409)
    text = message.text if message.author_id == request.user.pk else ""
    return done(request, pk, toast={"text": _("Discarded")}, **{"composer:restore": {"text": text}})
