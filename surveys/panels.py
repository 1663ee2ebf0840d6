"""What the ticket page shows about surveys: due, sent, answered, or why not."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from agents.permissions import MATRIX, Permission, role_in_team
from surveys.models import FollowUpState, SurveyInvitation
from tickets.models import MessageState, Ticket

NOT_DELIVERED = (MessageState.FAILED, MessageState.CANCELLED)


def ticket(request: HttpRequest, found: Ticket) -> SafeString | str:
    """Return the panel's part about the ticket's surveys; empty where there are none. One query, three with some."""
    of_ticket = SurveyInvitation.objects.filter(ticket=found)
    # Most tickets that somebody works on have none yet, and this costs least to learn.
    if not request.user.is_authenticated or not of_ticket.exists():
        return ""
    invitations = list(
        of_ticket.select_related("survey", "message", "response__follow_up__assignee").order_by("-pk")[:6]
    )
    role = role_in_team(request.user, found.team_id)
    allowed = MATRIX[role] if role else frozenset()
    context = {
        "ticket": found,
        "may_cancel": Permission.ANSWER in allowed,
        "may_follow_up": Permission.FOLLOW_UP in allowed,
        "surveys": [_line(invitation) for invitation in invitations],
    }
    return render_to_string("surveys/panel.html", context, request=request)


def _line(invitation: SurveyInvitation) -> dict[str, object]:
    response = getattr(invitation, "response", None)
    follow_up = getattr(response, "follow_up", None) if response else None
    message = invitation.message
    return {
        "invitation": invitation,
        "response": response,
        "is_low": response is not None and response.score <= invitation.survey.low_score(response.highest),
        "not_delivered": message is not None and message.state in NOT_DELIVERED,
        "follow_up": follow_up if follow_up and follow_up.state != FollowUpState.WITHDRAWN else None,
    }
