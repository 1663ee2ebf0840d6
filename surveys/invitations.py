"""From a resolved ticket to a due invitation, and from there to a message.

`invite_next` reads the log of changes; `process_next` sends what is due, one ticket per transaction, and looks at
everything once more under the locks: what was right a minute ago may not be right now.
"""

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import InterfaceError, OperationalError, transaction

from surveys import words
from surveys.eligibility import drawn, obstacle
from surveys.models import InvitationState, NotSent, Survey, SurveyInvitation, SurveyKind, SurveyText
from tickets import changes
from tickets.actions import automatic
from tickets.actions.base import action, lock_ticket, now, touch
from tickets.channels import Draft, get_channel
from tickets.faults import describe
from tickets.models import Contact, Conversation, EventKind, Purpose, Ticket, TicketEvent

log = structlog.get_logger(__name__)
READER = "surveys"
BATCH = 200
OUTSIDE_WINDOW = frozenset({"window_closed", "no_template"})


def first_survey() -> Survey | None:
    """Return what is asked after resolving: satisfaction, else recommendation, else nothing."""
    return Survey.objects.filter(active_since__isnull=False).order_by("kind").first()


@action
def invite_next() -> bool:
    """Write an invitation for each new resolution; return whether there may be more."""
    batch = changes.read(READER, limit=BATCH)
    survey = first_survey() if batch.ticket_ids else None
    if survey is not None:
        resolutions = TicketEvent.objects.filter(
            ticket__in=batch.ticket_ids, kind=EventKind.RESOLVED, recorded_at__gte=survey.active_since
        ).exclude(survey_invitations__isnull=False)
        _invite(survey, resolutions.select_related("ticket__conversation__contact"), now())
    return batch.more


def _invite(survey: Survey, resolutions: Iterable[TicketEvent], at: dt.datetime) -> None:
    for resolution in resolutions:
        due_at = resolution.occurred_at + survey.delay
        try:
            with transaction.atomic():
                invite(survey, resolution.ticket, resolution, due_at=due_at, at=at)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - what one resolution does to us must not hold up the others
            log.error("survey_failed", resolution=resolution.pk, error=describe(error))
            SurveyInvitation.objects.create(
                survey=survey,
                ticket=resolution.ticket,
                resolution=resolution,
                agent_id=resolution.actor_id,
                team_id=resolution.ticket.team_id,
                state=InvitationState.NOT_SENT,
                reason=NotSent.BROKEN,
                due_at=due_at,
                created_at=at,
                decided_at=at,
            )


def invite(
    survey: Survey, ticket: Ticket, resolution: TicketEvent, *, due_at: dt.datetime, at: dt.datetime
) -> SurveyInvitation:
    """Write one invitation, due or with the reason why not; who resolved it, and for which team, is kept in it."""
    reason = obstacle(survey, ticket, resolution, ticket.conversation.contact, due_at=due_at, at=at)
    if reason is None and not drawn(survey):
        reason = NotSent.SAMPLING
    invitation, _created = SurveyInvitation.objects.get_or_create(
        survey=survey,
        ticket=ticket,
        resolution=resolution,
        defaults={
            "agent_id": resolution.actor_id,
            "team_id": resolution.data.get("team") or ticket.team_id,
            "state": InvitationState.NOT_SENT if reason else InvitationState.DUE,
            "reason": reason or "",
            "due_at": due_at,
            "created_at": at,
            "decided_at": at if reason else None,
        },
    )
    return invitation


# -- Sending -----------------------------------------------------------------------------------------


def process_next() -> bool:
    """Send one due invitation, or give it up; return whether there may be more."""
    invitation_id = (
        SurveyInvitation.objects.filter(state=InvitationState.DUE, due_at__lte=now())
        .order_by("due_at")
        .values_list("pk", flat=True)
        .first()
    )
    if invitation_id is None:
        return False
    try:
        decide(invitation_id=invitation_id)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug that one survey meets must not hold up the others
        log.error("survey_failed", invitation=invitation_id, error=describe(error))
        SurveyInvitation.objects.filter(pk=invitation_id, state=InvitationState.DUE).update(
            state=InvitationState.NOT_SENT, reason=NotSent.BROKEN, decided_at=now()
        )
    return True


def lock_from_the_top(ticket_id: int) -> tuple[Contact, Conversation, Ticket]:
    """Lock contact, conversation and ticket: caps and wishes belong to the contact."""
    contact_id = Ticket.objects.values_list("conversation__contact_id", flat=True).get(pk=ticket_id)
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
    conversation, ticket = lock_ticket(ticket_id)
    return contact, conversation, ticket


@action
def decide(*, invitation_id: int) -> bool:
    """Send a due invitation or write down why not; return whether it was sent."""
    ticket_id = SurveyInvitation.objects.values_list("ticket_id", flat=True).get(pk=invitation_id)
    contact, conversation, ticket = lock_from_the_top(ticket_id)
    invitation = (
        SurveyInvitation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("survey", "resolution")
        .get(pk=invitation_id)
    )
    at = now()
    if invitation.state != InvitationState.DUE or invitation.due_at > at:
        return False
    survey = invitation.survey
    reason = obstacle(survey, ticket, invitation.resolution, contact, due_at=invitation.due_at, at=at)
    if reason is not None:
        give_up(invitation, ticket, reason, at)
        return False
    text = text_for(survey, contact)
    if not refused(conversation, invitation, ticket, text, at):
        _post(conversation, invitation, ticket, text, at)
    return invitation.state == InvitationState.SENT


def text_for(survey: Survey, contact: Contact) -> SurveyText:
    """Return the words in the contact's language, or in the one that comes nearest."""
    texts = {text.language: text for text in survey.texts.all()}
    return texts[words.language_for(contact.language, set(texts))]


def refused(
    conversation: Conversation, invitation: SurveyInvitation, ticket: Ticket, text: SurveyText, at: dt.datetime
) -> bool:
    """Ask the channel; where it does not take the question now, write down why."""
    choices = invitation.survey.highest if invitation.survey.kind == SurveyKind.CSAT else 0
    draft = Draft(text=text.question, purpose=Purpose.SURVEY, language=text.language, choices=choices)
    refusal = get_channel(conversation.inbox).refusal(conversation, draft, at)
    if refusal is None:
        return False
    outside = refusal.code in OUTSIDE_WINDOW
    give_up(invitation, ticket, NotSent.WINDOW_CLOSED if outside else NotSent.CHANNEL_REFUSED, at)
    return True


def _post(
    conversation: Conversation, invitation: SurveyInvitation, ticket: Ticket, text: SurveyText, at: dt.datetime
) -> None:
    survey = invitation.survey
    choices = survey.kind == SurveyKind.CSAT
    content = words.options(str(invitation.token), survey.highest, text.language) if choices else None
    invitation.message = automatic.post(
        conversation=conversation,
        ticket=ticket,
        purpose=Purpose.SURVEY,
        text=text.question,
        language=text.language,
        at=at,
        content=content,
    )
    invitation.state = InvitationState.SENT
    invitation.language = text.language
    invitation.decided_at = at
    invitation.save()


def give_up(invitation: SurveyInvitation, ticket: Ticket, reason: NotSent, at: dt.datetime) -> None:
    """Write down why nothing is sent, and let open pages know. The ticket must be locked."""
    invitation.state = InvitationState.NOT_SENT
    invitation.reason = reason
    invitation.decided_at = at
    invitation.save(update_fields=["state", "reason", "decided_at"])
    touch(ticket)
