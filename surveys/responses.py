"""What follows when a contact answers: the score, the thanks, a comment, the second question, somebody to follow up.

Every function runs in intake's transaction, under the locks of contact and conversation, for a message that is stored.
"""

import datetime as dt

from agents import notify
from surveys import invitations, words
from surveys.models import (
    AnswerKind,
    FollowUp,
    FollowUpState,
    InvitationState,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyKind,
    SurveyResponse,
    SurveyText,
    TextLanguage,
)
from tickets import consent
from tickets.actions import automatic
from tickets.actions.base import touch
from tickets.models import Change, Message, Purpose, Ticket, Wish, WishSource

LOW_SCORE = "low_score"


def record(*, invitation: SurveyInvitation, message: Message, kind: AnswerKind, score: int) -> None:
    """Take an answer: one response however many there are, and the last one counts."""
    ticket = _lock(invitation)
    leave_to_readers(message, ticket)
    scale = invitation.scale
    response, first = SurveyResponse.objects.get_or_create(
        invitation=invitation,
        defaults={
            "score": score,
            "lowest": scale.lowest,
            "highest": scale.highest,
            "occurred_at": message.occurred_at,
            "recorded_at": message.recorded_at,
        },
    )
    SurveyAnswer.objects.create(
        response=response,
        message=message,
        kind=kind,
        score=score,
        occurred_at=message.occurred_at,
        recorded_at=message.recorded_at,
    )
    # A late copy of an earlier tap is history; it takes nothing back.
    if message.occurred_at >= response.occurred_at:
        response.score = score
        response.occurred_at, response.recorded_at = message.occurred_at, message.recorded_at
    if first:
        _thank(response, invitation, message)
        _ask_next(invitation, ticket, message.recorded_at)
    response.save()
    _follow_up(response, invitation, message.recorded_at)
    _tell(ticket)


def _lock(invitation: SurveyInvitation) -> Ticket:
    """Lock the ticket of an invitation; its conversation is locked by intake."""
    return (
        Ticket.objects.select_for_update(no_key=True, of=("self",))
        .select_related("conversation__contact", "conversation__inbox")
        .get(pk=invitation.ticket_id)
    )


def leave_to_readers(message: Message, ticket: Ticket) -> None:
    """Leave what was said to those who may read the ticket that it speaks of."""
    message.about = ticket
    message.save(update_fields=["about"])


def _tell(ticket: Ticket) -> None:
    """Let pages and figures know that something about a ticket changed that is no event of it."""
    Change.objects.create(ticket=ticket)
    touch(ticket)


def _text(invitation: SurveyInvitation) -> SurveyText:
    text = invitation.survey.texts.filter(language=invitation.language).first()
    return text or invitations.text_for(invitation.survey, invitation.ticket.conversation.contact)


def _thank(response: SurveyResponse, invitation: SurveyInvitation, answer: Message) -> None:
    """Say thanks, once, and ask for a comment in the same breath."""
    text = _text(invitation)
    response.asks_comment = bool(text.comment_prompt)
    response.thanked_with = automatic.post(
        conversation=answer.conversation,
        ticket=None,
        purpose=Purpose.SURVEY_THANKS,
        text="\n".join(filter(None, [text.thanks, text.comment_prompt])),
        language=text.language,
        at=answer.recorded_at,
    )


def _ask_next(invitation: SurveyInvitation, ticket: Ticket, at: dt.datetime) -> None:
    """After satisfaction, ask for recommendation: at most these two questions."""
    if invitation.survey.kind != SurveyKind.CSAT:
        return
    survey = Survey.objects.filter(kind=SurveyKind.NPS, active_since__isnull=False).first()
    if survey is not None:
        invitations.invite(survey, ticket, invitation.resolution, due_at=at + survey.delay, at=at)


def _follow_up(response: SurveyResponse, invitation: SurveyInvitation, at: dt.datetime) -> None:
    """Give a low score to the leads of the team that resolved; withdraw it when the contact raises the score."""
    if response.score > invitation.survey.low_score(response.highest):
        FollowUp.objects.filter(response=response, state=FollowUpState.OPEN).update(state=FollowUpState.WITHDRAWN)
        return
    follow_up, created = FollowUp.objects.get_or_create(
        response=response,
        defaults={"ticket_id": invitation.ticket_id, "team_id": invitation.team_id, "created_at": at},
    )
    if follow_up.state == FollowUpState.WITHDRAWN:
        follow_up.state = FollowUpState.OPEN
        follow_up.save(update_fields=["state"])
    if created:
        notify.notify(
            notify.supervisors(invitation.team_id),
            kind=LOW_SCORE,
            key=f"survey:{response.pk}",
            ticket_id=invitation.ticket_id,
            at=at,
        )


def record_comment(*, response: SurveyResponse, message: Message) -> None:
    """Keep the first free text after the thanks as the comment, and go on to the next question at once."""
    ticket = _lock(response.invitation)
    response.comment = message.text
    response.comment_message = message
    leave_to_readers(message, ticket)
    response.save(update_fields=["comment", "comment_message"])
    SurveyInvitation.objects.filter(
        ticket=ticket, resolution_id=response.invitation.resolution_id, state=InvitationState.DUE
    ).update(due_at=message.recorded_at)
    _tell(ticket)


def record_wish(*, message: Message, wish: Wish, confirm: bool) -> None:
    """Write down STOP or START and confirm it once, in the contact's language."""
    contact = message.conversation.contact
    consent.note(
        contact=contact,
        wish=wish,
        source=WishSource.MESSAGE,
        occurred_at=message.occurred_at,
        at=message.recorded_at,
        message=message,
    )
    if not confirm:
        return
    language = words.language_for(contact.language, set(TextLanguage.values))
    automatic.post(
        conversation=message.conversation,
        ticket=None,
        purpose=Purpose.CONSENT,
        text=words.CONFIRMED[wish][language],
        language=language,
        at=message.recorded_at,
    )
