"""What surveys leave in the tables: questions, taps, typed scores and thanks of the past."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from helpdesk.seed.ledger import ACCEPTED_AFTER, DELIVERED_AFTER, Ledger
from helpdesk.seed.plot import Story
from helpdesk.seed.stories import SURVEY_LANGUAGES
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
)
from surveys.words import WORDS, options
from tickets.actions.automatic import SEND_PRIORITY
from tickets.models import (
    ActorKind,
    AuthorKind,
    ContentType,
    DeliveryAttempt,
    EventKind,
    Message,
    MessageKind,
    MessageState,
    Purpose,
    TicketEvent,
)

INVITED_AFTER = dt.timedelta(seconds=2)
READ_AFTER = dt.timedelta(seconds=20)


@dataclass
class Ratings:
    """The rows that surveys add to a ticket."""

    surveys: dict[str, Survey]
    invitations: list[SurveyInvitation] = field(default_factory=list)
    responses: list[SurveyResponse] = field(default_factory=list)
    answers: list[SurveyAnswer] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)


def rate(story: Story, ledger: Ledger, ratings: Ratings, name: str) -> None:
    """Ask after the last resolution, and let the contact answer as the story says."""
    asked_at = story.steps[-1].at + ratings.surveys[SurveyKind.CSAT].delay
    resolution = next(one for one in reversed(ledger.events) if one.kind == EventKind.RESOLVED)
    created = story.steps[-1].at + INVITED_AFTER
    first = _ask(story, ledger, ratings, resolution, SurveyKind.CSAT, created, asked_at, f"{name}.csat")
    if story.score is None:
        return
    answered_at = asked_at + dt.timedelta(seconds=story.answer_after)
    tapped = _hear(ledger, answered_at, "⭐" * story.score, f"{name}.tap")
    tapped.content_type = ContentType.CHOICE
    tapped.content = {"choice": {"id": f"survey:{first.token}:{story.score}", "title": "⭐" * story.score}}
    _take(ledger, ratings, first, tapped, AnswerKind.TAP, story.score)
    due = answered_at + ratings.surveys[SurveyKind.NPS].delay
    second = _ask(story, ledger, ratings, resolution, SurveyKind.NPS, answered_at, due, f"{name}.nps")
    if story.recommends is not None:
        at = due + dt.timedelta(seconds=story.answer_after)
        typed = _hear(ledger, at, str(story.recommends), f"{name}.typed")
        _take(ledger, ratings, second, typed, AnswerKind.TYPED, story.recommends)


def _language(story: Story) -> str:
    return story.person.language if story.person.language in SURVEY_LANGUAGES else "en"


def _ask(
    story: Story,
    ledger: Ledger,
    ratings: Ratings,
    resolution: TicketEvent,
    kind: SurveyKind,
    created_at: dt.datetime,
    at: dt.datetime,
    name: str,
) -> SurveyInvitation:
    language, token = _language(story), uuid.uuid4()
    message = _say(ledger, at, WORDS[kind][language].question, Purpose.SURVEY, language, name)
    message.ticket = ledger.ticket
    if kind == SurveyKind.CSAT:
        message.content_type = ContentType.CHOICE
        message.content = options(str(token), 5, language)
    sent = ledger.event(EventKind.AUTOMATIC_SENT, at, message=message, purpose=str(Purpose.SURVEY))
    sent.actor_kind = ActorKind.BOT
    ledger.commit([sent], at)
    accepted = at + ACCEPTED_AFTER
    ledger.commit([ledger.event(EventKind.AUTOMATIC_ACCEPTED, accepted, message=message, attempt=1)], accepted)
    ledger.ticket.version += 2
    invitation = SurveyInvitation(
        token=token,
        survey=ratings.surveys[kind],
        ticket=ledger.ticket,
        resolution=resolution,
        agent_id=resolution.actor_id,
        team_id=ledger.ticket.team_id,
        state=InvitationState.SENT,
        due_at=at,
        language=language,
        message=message,
        created_at=created_at,
        decided_at=at,
    )
    ratings.invitations.append(invitation)
    return invitation


def _say(ledger: Ledger, at: dt.datetime, text: str, purpose: Purpose, language: str, external_id: str) -> Message:
    """Let the house say something of itself; it arrived and was read."""
    message = ledger.message(MessageKind.OUTBOUND, at, text, external_id=external_id)
    message.ticket = None
    message.purpose, message.author_kind, message.client_id = purpose, AuthorKind.BOT, None
    message.state, message.send_priority, message.language = MessageState.SENT, SEND_PRIORITY, language
    message.sent_at, message.delivered_at = at + ACCEPTED_AFTER, at + DELIVERED_AFTER
    message.read_at = at + READ_AFTER
    ledger.attempts.append(DeliveryAttempt(message=message, number=1, token=uuid.uuid4(), started_at=at))
    return message


def _hear(ledger: Ledger, at: dt.datetime, text: str, external_id: str) -> Message:
    said = at - dt.timedelta(seconds=1)
    message = ledger.message(MessageKind.INBOUND, at, text, external_id=external_id, occurred_at=said)
    message.ticket = None
    return message


def _take(
    ledger: Ledger,
    ratings: Ratings,
    invitation: SurveyInvitation,
    message: Message,
    kind: AnswerKind,
    score: int,
) -> None:
    scale, words = invitation.survey.scale, WORDS[invitation.survey.kind][invitation.language]
    at = message.recorded_at
    text = "\n".join(filter(None, [words.thanks, words.comment_prompt]))
    name = f"{message.external_id}.thanks"
    response = SurveyResponse(
        invitation=invitation,
        score=score,
        lowest=scale.lowest,
        highest=scale.highest,
        occurred_at=message.occurred_at,
        recorded_at=at,
        thanked_with=_say(ledger, at, text, Purpose.SURVEY_THANKS, invitation.language, name),
        asks_comment=bool(words.comment_prompt),
    )
    ratings.responses.append(response)
    ratings.answers.append(
        SurveyAnswer(
            response=response,
            message=message,
            kind=kind,
            score=score,
            occurred_at=message.occurred_at,
            recorded_at=at,
        )
    )
    ledger.ticket.version += 1
    if score <= invitation.survey.low_score(scale.highest):
        ratings.follow_ups.append(
            FollowUp(
                response=response,
                ticket=ledger.ticket,
                team_id=ledger.ticket.team_id,
                state=FollowUpState.OPEN,
                created_at=at,
            )
        )
