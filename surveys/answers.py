"""Whether an inbound message answers a survey; intake asks under the conversation's lock, before it chooses a ticket.

A message is read once, by one of two readers. What this one takes stands in the conversation, belongs to no ticket
and opens none; everything else goes on to intake unchanged. In doubt it is a message for a person:

- a tap, or a reply that quotes the question, counts for seven days; a tap later than that is kept and changes nothing;
- a typed score counts for 24 hours, while no agent has written since the question;
- the first free text after the thanks is the comment, for 24 hours, unless an agent has written since, the contact has
  an open ticket, asks something, asks for a person, or is only polite.
"""

import datetime as dt
import uuid
from collections.abc import Callable

from surveys import parsing, responses, words
from surveys.models import AnswerKind, InvitationState, SurveyInvitation, SurveyResponse
from tickets import consent
from tickets.courtesy import is_courtesy
from tickets.inbound import InboundMessage
from tickets.matching import wants_human
from tickets.models import (
    OPEN_STATUSES,
    AuthorKind,
    ContentType,
    Conversation,
    Message,
    MessageKind,
    MessageState,
    Wish,
)

Taker = Callable[[Message], None]
TAP_COUNTS = dt.timedelta(days=7)
TYPING_COUNTS = dt.timedelta(hours=24)
# Whoever has seen a question may answer it, also before we know that it arrived.
MAY_HAVE_ARRIVED = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)
QUESTION_MARKS = "?？؟"
# Providers count whole seconds, and two clocks never agree.
SKEW = dt.timedelta(seconds=30)
SCALES = (parsing.Scale(0, 10), parsing.Scale(1, 5))


def take(inbound: InboundMessage, conversation: Conversation, at: dt.datetime) -> Taker | None:
    """Return what to do with the stored message if it answers a survey or is STOP or START; else None."""
    if inbound.content_type == ContentType.CHOICE:
        return _tapped(inbound, conversation)
    if inbound.content_type != ContentType.TEXT or not inbound.text.strip():
        return None
    return _wish(inbound, conversation) or _typed(inbound, conversation) or _commented(inbound, conversation, at)


def _since_asked(inbound: InboundMessage, invitation: SurveyInvitation) -> dt.timedelta:
    """Return how long after the question something was written, by the provider's clock."""
    message = invitation.message
    assert message is not None  # noqa: S101 - a constraint: what was sent has its message
    return inbound.occurred_at - message.recorded_at


def _sent_in(conversation: Conversation) -> list[SurveyInvitation]:
    """Return the surveys that may have arrived in this conversation, the newest first."""
    return list(
        SurveyInvitation.objects.filter(
            ticket__conversation=conversation,
            state=InvitationState.SENT,
            message__state__in=MAY_HAVE_ARRIVED,
        )
        .select_related("survey", "message", "ticket")
        .order_by("-message__seq")[:10]
    )


def _agent_wrote_since(conversation: Conversation, seq: int) -> bool:
    said = conversation.messages.filter(kind=MessageKind.OUTBOUND, author_kind=AuthorKind.AGENT, seq__gt=seq)
    return said.exclude(state=MessageState.CANCELLED).exists()


def _tapped(inbound: InboundMessage, conversation: Conversation) -> Taker | None:
    choice = inbound.content.get("choice")
    carried = words.score_of(str(choice.get("id", ""))) if isinstance(choice, dict) else None
    if carried is None or not _is_token(carried[0]):
        return None
    invitation = (
        SurveyInvitation.objects.filter(token=carried[0], ticket__conversation=conversation, state=InvitationState.SENT)
        .select_related("survey", "message", "ticket")
        .first()
    )
    if invitation is None or not _on_scale(carried[1], invitation):
        return None
    if _since_asked(inbound, invitation) > TAP_COUNTS:
        return lambda message: responses.leave_to_readers(message, invitation.ticket)
    return _answer(invitation, AnswerKind.TAP, carried[1])


def _is_token(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _on_scale(score: int, invitation: SurveyInvitation) -> bool:
    scale = invitation.scale
    return scale.lowest <= score <= scale.highest


def _answer(invitation: SurveyInvitation, kind: AnswerKind, score: int) -> Taker:
    return lambda message: responses.record(invitation=invitation, message=message, kind=kind, score=score)


def _wish(inbound: InboundMessage, conversation: Conversation) -> Taker | None:
    wish = consent.wish_in(inbound.text)
    refuses = wish is not None and consent.refuses(conversation.contact_id)
    if wish is None or (wish == Wish.START and not refuses):
        return None
    return lambda message: responses.record_wish(message=message, wish=wish, confirm=(wish == Wish.STOP) != refuses)


def _typed(inbound: InboundMessage, conversation: Conversation) -> Taker | None:
    # Most messages are no number on any scale, and cost no query.
    if not _is_score(inbound.text):
        return None
    sent = _sent_in(conversation)
    for invitation in sent:
        message = invitation.message
        if message is not None and message.external_id and message.external_id == inbound.quoted_external_id:
            return _read(inbound, invitation, AnswerKind.QUOTED, TAP_COUNTS)
    if not sent or inbound.quoted_external_id:
        return None
    newest = sent[0]
    if newest.message is None or _agent_wrote_since(conversation, newest.message.seq):
        return None
    return _read(inbound, newest, AnswerKind.TYPED, TYPING_COUNTS)


def _read(
    inbound: InboundMessage, invitation: SurveyInvitation, kind: AnswerKind, counts: dt.timedelta
) -> Taker | None:
    score = parsing.score(inbound.text, invitation.scale)
    # Written before it was asked, and late on its way: no answer.
    if score is None or not -SKEW <= _since_asked(inbound, invitation) <= counts:
        return None
    return _answer(invitation, kind, score)


def _commented(inbound: InboundMessage, conversation: Conversation, at: dt.datetime) -> Taker | None:
    # Where nothing was said before, nothing was asked.
    if not conversation.last_seq or _is_for_a_person(inbound.text):
        return None
    waiting = SurveyResponse.objects.filter(
        invitation__ticket__conversation=conversation,
        asks_comment=True,
        comment_message__isnull=True,
        recorded_at__gt=at - TYPING_COUNTS,
    )
    # Nearly always there is none, and that costs least to know by the key alone.
    newest = waiting.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return None
    response = SurveyResponse.objects.select_related("invitation__survey", "invitation__ticket", "thanked_with").get(
        pk=newest
    )
    if response.thanked_with is None:
        return None
    if inbound.occurred_at < response.thanked_with.recorded_at - SKEW:
        return None
    if inbound.quoted_external_id not in {"", response.thanked_with.external_id}:
        return None
    if _agent_wrote_since(conversation, response.thanked_with.seq):
        return None
    if conversation.tickets.filter(status__in=OPEN_STATUSES).exists():
        return None
    return lambda message: responses.record_comment(response=response, message=message)


def _is_score(text: str) -> bool:
    return any(parsing.score(text, scale) is not None for scale in SCALES)


def _is_for_a_person(text: str) -> bool:
    """Whether a text is no comment: it wants an answer, is a score that came too late, or only polite."""
    asks = any(mark in text for mark in QUESTION_MARKS)
    return asks or _is_score(text) or is_courtesy(text, ContentType.TEXT) or wants_human(text)
