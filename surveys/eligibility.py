"""Whether somebody may be asked: decided when a ticket is resolved, and once more at the moment of sending."""

import datetime as dt
import random

from django.conf import settings

from surveys.models import InvitationState, NotSent, Survey, SurveyInvitation
from tickets import consent
from tickets.models import (
    AuthorKind,
    Contact,
    EventKind,
    MessageKind,
    MessageState,
    Purpose,
    Ticket,
    TicketEvent,
)

# An outage may make a survey late, but not by more than this.
MAX_LATENESS = dt.timedelta(hours=24)
NEVER_ARRIVED = (MessageState.FAILED, MessageState.CANCELLED)


def obstacle(
    survey: Survey, ticket: Ticket, resolution: TicketEvent, contact: Contact, *, due_at: dt.datetime, at: dt.datetime
) -> NotSent | None:
    """Return why the contact is not asked about this resolution; None when they may be."""
    if survey.active_since is None:
        return NotSent.SWITCHED_OFF
    if (reason := _no_longer_resolved(ticket, resolution)) is not None:
        return reason
    if at - due_at > MAX_LATENESS:
        return NotSent.TOO_OLD
    if consent.refuses(contact.pk):
        return NotSent.OPTED_OUT
    messages = ticket.messages
    replied = messages.filter(kind=MessageKind.OUTBOUND, purpose=Purpose.REPLY, author_kind=AuthorKind.AGENT)
    if not replied.exclude(state__in=NEVER_ARRIVED).exists():
        return NotSent.NO_HUMAN_REPLY
    if messages.filter(kind=MessageKind.INBOUND).count() < survey.min_messages:
        return NotSent.TOO_SHORT
    if _asked_lately(survey, contact, at):
        return NotSent.CAPPED
    return None


def _no_longer_resolved(ticket: Ticket, resolution: TicketEvent) -> NotSent | None:
    if ticket.is_spam:
        return NotSent.SPAM
    if ticket.merged_into_id is not None:
        return NotSent.MERGED
    if ticket.is_open:
        undone = ticket.events.filter(kind=EventKind.RESOLVE_UNDONE, data__resolved_seq=resolution.seq)
        return NotSent.UNDONE if undone.exists() else NotSent.REOPENED
    newer = ticket.events.filter(kind=EventKind.RESOLVED, seq__gt=resolution.seq)
    return NotSent.RESOLVED_AGAIN if newer.exists() else None


def _asked_lately(survey: Survey, contact: Contact, at: dt.datetime) -> bool:
    """Whether this contact was sent this survey within its cap; phones of the demonstration answer every time."""
    if contact.is_test or settings.DEMO:
        return False
    sent = SurveyInvitation.objects.filter(
        survey=survey,
        state=InvitationState.SENT,
        decided_at__gt=at - dt.timedelta(days=survey.cap_days),
        ticket__conversation__contact=contact,
    )
    return sent.exclude(message__state__in=NEVER_ARRIVED).exists()


def drawn(survey: Survey) -> bool:
    """Draw whether this ticket is among those that are asked about."""
    return random.random() * 100 < survey.sampling_percent  # noqa: S311 - a sample, no secret
