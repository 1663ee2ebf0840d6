"""What surveys leave in the tables: questions asked or not and why, taps, typed scores, comments, STOP, follow-ups."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field

from helpdesk.seed.comments import NOTES
from helpdesk.seed.ledger import Ledger
from helpdesk.seed.rows import Keys, fresh
from helpdesk.seed.stories import SURVEY_LANGUAGES
from helpdesk.seed.telling import Story
from surveys.models import (
    AnswerKind,
    FollowUp,
    FollowUpState,
    InvitationState,
    NotSent,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyKind,
    SurveyResponse,
)
from surveys.responses import LOW_SCORE
from surveys.words import CONFIRMED, WORDS, options
from tickets.models import ConsentChange, ContentType, EventKind, Message, Purpose, TicketEvent, Wish

INVITED_AFTER = dt.timedelta(seconds=2)
AT_ONCE = dt.timedelta(0)


@dataclass
class Memory:
    """What is known of a contact from earlier tickets: until when they are not asked again, and whether at all."""

    capped_until: dict[str, dt.datetime] = field(default_factory=dict)
    has_stopped: bool = False


@dataclass
class Ratings:
    """The rows that surveys add to tickets; `delays` and caps are those of before the demo."""

    surveys: dict[str, Survey]
    keys: Keys
    delays: dict[str, dt.timedelta]
    lead_id: int
    settled_before: dt.datetime
    chance: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 - invents a past
    invitations: list[SurveyInvitation] = field(default_factory=list)
    responses: list[SurveyResponse] = field(default_factory=list)
    answers: list[SurveyAnswer] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    consents: list[ConsentChange] = field(default_factory=list)


def rate(story: Story, ledger: Ledger, ratings: Ratings, name: str, memory: Memory) -> None:
    """Ask after the last resolution, and let the contact answer as the story says."""
    solved_at = story.steps[-1].at
    resolution = next(one for one in reversed(ledger.events) if one.kind == EventKind.RESOLVED)
    asked_at = solved_at + ratings.delays[SurveyKind.CSAT]
    reason = _obstacle(SurveyKind.CSAT, memory, solved_at + INVITED_AFTER)
    first = _invite(ledger, ratings, resolution, SurveyKind.CSAT, solved_at + INVITED_AFTER, asked_at, reason)
    if reason:
        return
    _ask(story, ledger, ratings, first, f"{name}.csat", memory)
    answered_at = asked_at + dt.timedelta(seconds=story.answer_after)
    if story.stops:
        _stop(ledger, ratings, answered_at, f"{name}.stop")
        memory.has_stopped = True
    if story.score is None:
        return
    tapped = _hear(ledger, answered_at, "⭐" * story.score, f"{name}.tap")
    tapped.content_type = ContentType.CHOICE
    tapped.content = {"choice": {"id": f"survey:{first.token}:{story.score}", "title": "⭐" * story.score}}
    response = _take(ledger, ratings, first, SurveyKind.CSAT, tapped, AnswerKind.TAP, story.score)
    due = answered_at + ratings.delays[SurveyKind.NPS]
    reason = _obstacle(SurveyKind.NPS, memory, answered_at)
    second = _invite(ledger, ratings, resolution, SurveyKind.NPS, answered_at, due, reason)
    if story.comment:
        # Whoever writes on is asked the second question as soon as they have finished.
        due = answered_at + ratings.delays[SurveyKind.NPS] * 2 / 3
        response.comment = story.comment
        response.comment_message_id = _hear(ledger, due, story.comment, f"{name}.comment").pk
        ledger.ticket.version += 1
        if not reason:
            second.due_at = due
    if not reason:
        _ask(story, ledger, ratings, second, f"{name}.nps", memory)
    if reason or story.recommends is None:
        return
    typed = _hear(ledger, due + dt.timedelta(seconds=story.answer_after), str(story.recommends), f"{name}.typed")
    _take(ledger, ratings, second, SurveyKind.NPS, typed, AnswerKind.TYPED, story.recommends)


def _hear(ledger: Ledger, at: dt.datetime, text: str, name: str) -> Message:
    """Let the contact answer a question about the ticket."""
    message = ledger.hear(at, text, name)
    message.about_id = ledger.ticket.pk
    return message


def _obstacle(kind: SurveyKind, memory: Memory, at: dt.datetime) -> str:
    if memory.has_stopped:
        return NotSent.OPTED_OUT
    until = memory.capped_until.get(kind)
    return NotSent.CAPPED if until is not None and until > at else ""


def _language(story: Story) -> str:
    return story.person.language if story.person.language in SURVEY_LANGUAGES else "en"


def _invite(
    ledger: Ledger,
    ratings: Ratings,
    resolution: TicketEvent,
    kind: SurveyKind,
    at: dt.datetime,
    due: dt.datetime,
    reason: str,
) -> SurveyInvitation:
    invitation = fresh(
        SurveyInvitation,
        ratings.keys,
        token=uuid.uuid4(),
        survey_id=ratings.surveys[kind].pk,
        ticket_id=ledger.ticket.pk,
        resolution_id=resolution.pk,
        agent_id=resolution.actor_id,
        team_id=ledger.ticket.team_id,
        state=InvitationState.NOT_SENT if reason else InvitationState.DUE,
        reason=reason,
        due_at=due,
        created_at=at,
        decided_at=at if reason else None,
    )
    ratings.invitations.append(invitation)
    return invitation


def _ask(
    story: Story, ledger: Ledger, ratings: Ratings, invitation: SurveyInvitation, name: str, memory: Memory
) -> None:
    """Put the question that is due; whoever was answered a moment ago may be written to freely."""
    at, kind, language = invitation.due_at, _kind(ratings, invitation), _language(story)
    invitation.decided_at = at
    question = WORDS[kind][language].question
    message = ledger.say(at, question, Purpose.SURVEY, language, name, AT_ONCE, of_ticket=True)
    if kind == SurveyKind.CSAT:
        message.content_type = ContentType.CHOICE
        message.content = options(str(invitation.token), 5, language)
    invitation.state, invitation.language, invitation.message_id = InvitationState.SENT, language, message.pk
    memory.capped_until[kind] = at + dt.timedelta(days=ratings.surveys[kind].cap_days)


def _kind(ratings: Ratings, invitation: SurveyInvitation) -> SurveyKind:
    return next(kind for kind in SurveyKind if ratings.surveys[kind].pk == invitation.survey_id)


def _take(
    ledger: Ledger,
    ratings: Ratings,
    invitation: SurveyInvitation,
    kind: SurveyKind,
    message: Message,
    how: AnswerKind,
    score: int,
) -> SurveyResponse:
    """Take an answer, say thanks, and open a follow-up if the score is low."""
    survey, words, at = ratings.surveys[kind], WORDS[kind][invitation.language], message.recorded_at
    text = "\n".join(filter(None, [words.thanks, words.comment_prompt]))
    name = f"{message.external_id}.thanks"
    thanks = ledger.say(at, text, Purpose.SURVEY_THANKS, invitation.language, name, AT_ONCE)
    times = {"occurred_at": message.occurred_at, "recorded_at": at}
    response = fresh(
        SurveyResponse,
        ratings.keys,
        invitation_id=invitation.pk,
        score=score,
        lowest=survey.scale.lowest,
        highest=survey.scale.highest,
        thanked_with_id=thanks.pk,
        asks_comment=bool(words.comment_prompt),
        **times,
    )
    ratings.responses.append(response)
    ratings.answers.append(
        fresh(
            SurveyAnswer,
            ratings.keys,
            response_id=response.pk,
            message_id=message.pk,
            kind=how,
            score=score,
            **times,
        )
    )
    ledger.ticket.version += 1
    if score <= survey.low_score(survey.highest):
        _follow_up(ledger, ratings, response, at)
    return response


def _follow_up(ledger: Ledger, ratings: Ratings, response: SurveyResponse, at: dt.datetime) -> None:
    """Call for the lead, who looks after nearly everything within two days."""
    team_id = ledger.ticket.team_id
    row = fresh(
        FollowUp,
        ratings.keys,
        response_id=response.pk,
        ticket_id=ledger.ticket.pk,
        team_id=team_id,
        state=FollowUpState.OPEN,
        created_at=at,
    )
    ratings.follow_ups.append(row)
    ledger.alert(ledger.terms.supervisors[team_id], LOW_SCORE, f"survey:{response.pk}", at)
    chance = ratings.chance
    if at < ratings.settled_before and chance.random() < 0.93:
        row.state, row.assignee_id, row.note = FollowUpState.DONE, ratings.lead_id, chance.choice(NOTES)
        row.done_at = at + dt.timedelta(minutes=chance.randrange(90, 2600))
        ledger.ticket.version += 1


def _stop(ledger: Ledger, ratings: Ratings, at: dt.datetime, name: str) -> None:
    """Let the contact write STOP, and confirm it."""
    message = ledger.hear(at, "STOP", name)
    ratings.consents.append(
        fresh(
            ConsentChange,
            ratings.keys,
            contact_id=ledger.contact.pk,
            wish=Wish.STOP,
            source="message",
            message_id=message.pk,
            occurred_at=message.occurred_at,
            recorded_at=at,
        )
    )
    language = ledger.contact.language if ledger.contact.language in SURVEY_LANGUAGES else "en"
    ledger.say(at, CONFIRMED[Wish.STOP][language], Purpose.CONSENT, language, f"{name}.confirmed", AT_ONCE)
