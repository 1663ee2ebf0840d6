"""What the ticket page shows about surveys: due, sent, answered, or why not."""

import datetime as dt

from django.db import connection
from django.db.models import Case, Q, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from agents.models import User
from agents.permissions import MATRIX, Permission, role_in_team
from helpdesk import clock
from surveys.models import FollowUpState, SurveyInvitation
from tickets.models import MessageState, Ticket

SHOWN = 6
EVER_ASKED = """
SELECT EXISTS (SELECT FROM tickets_conversation c JOIN tickets_ticket t ON t.conversation_id = c.id
  JOIN surveys_surveyinvitation i ON i.ticket_id = t.id WHERE c.contact_id = %s)
"""
NOT_DELIVERED = (MessageState.FAILED, MessageState.CANCELLED)


def ticket(request: HttpRequest, found: Ticket) -> SafeString | str:
    """Return the panel's part about surveys: this ticket's, and the contact's scores of earlier ones.

    Of earlier tickets only those that the reader may open. One query, three with some; empty where there are none.
    """
    if not isinstance(request.user, User):
        return ""
    of_contact = SurveyInvitation.objects.filter(ticket__conversation__contact=found.conversation.contact_id)
    if not _was_ever_asked(found.conversation.contact_id):
        return ""
    ours = Q(ticket=found)
    earlier = Q(response__isnull=False, ticket__in=Ticket.objects.visible_to(request.user))
    invitations = list(
        of_contact.filter(ours | earlier)
        .select_related("survey", "message", "response__follow_up__assignee")
        .order_by(Case(When(ours, then=0), default=1), "-pk")[: 2 * SHOWN]
    )
    if not invitations:
        return ""
    role = role_in_team(request.user, found.team_id)
    allowed = MATRIX[role] if role else frozenset()
    at = clock.now()
    context = {
        "ticket": found,
        "may_cancel": Permission.ANSWER in allowed,
        "may_follow_up": Permission.FOLLOW_UP in allowed,
        "surveys": [_line(one, at) for one in invitations if one.ticket_id == found.pk][:SHOWN],
        "earlier": [_line(one, at) for one in invitations if one.ticket_id != found.pk][:SHOWN],
    }
    return render_to_string("surveys/panel.html", context, request=request)


def _was_ever_asked(contact_id: int) -> bool:
    """Say whether a contact has an invitation: most have none, and in SQL this costs least to learn."""
    with connection.cursor() as cursor:
        cursor.execute(EVER_ASKED, [contact_id])
        (was_asked,) = cursor.fetchone() or (False,)
        return bool(was_asked)


def _line(invitation: SurveyInvitation, at: dt.datetime) -> dict[str, object]:
    response = getattr(invitation, "response", None)
    follow_up = getattr(response, "follow_up", None) if response else None
    message = invitation.message
    return {
        "invitation": invitation,
        "response": response,
        "seconds_left": max(0.0, (invitation.due_at - at).total_seconds()),
        "is_low": response is not None and response.score <= invitation.survey.low_score(response.highest),
        "not_delivered": message is not None and message.state in NOT_DELIVERED,
        "follow_up": follow_up if follow_up and follow_up.state != FollowUpState.WITHDRAWN else None,
    }
