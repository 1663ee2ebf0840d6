"""What people do about surveys: cancel one that is due, finish a follow-up, change the questions."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import Permission, may, may_configure
from surveys.invitations import give_up
from surveys.models import FollowUp, FollowUpState, InvitationState, NotSent, Survey, SurveyInvitation, SurveyText
from tickets.actions.base import action, lock_ticket, lock_ticket_for, now, touch
from tickets.errors import NotAllowed, Refused, WrongStatus


@action
def cancel(*, actor: User, invitation_id: int) -> SurveyInvitation:
    """Cancel a survey that was not sent yet. Raises WrongStatus when it was."""
    ticket_id = SurveyInvitation.objects.values_list("ticket_id", flat=True).get(pk=invitation_id)
    _conversation, ticket = lock_ticket_for(actor, ticket_id)
    invitation = SurveyInvitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
    if invitation.state == InvitationState.SENT:
        raise WrongStatus(_("This survey was sent already."))
    if invitation.state == InvitationState.DUE:
        give_up(invitation, ticket, NotSent.CANCELLED, now())
    return invitation


@action
def finish_follow_up(*, actor: User, follow_up_id: int, note: str) -> FollowUp:
    """Write down what came of a low score. Raises NotAllowed, and Refused without a word about it."""
    ticket_id = FollowUp.objects.values_list("ticket_id", flat=True).get(pk=follow_up_id)
    _conversation, ticket = lock_ticket(ticket_id)
    follow_up = FollowUp.objects.select_for_update(no_key=True).get(pk=follow_up_id)
    if not may(actor, Permission.FOLLOW_UP, team_id=follow_up.team_id):
        raise NotAllowed(_("Only the leads of this team, managers and administrators follow up low scores."))
    note = note.strip()
    if not note:
        raise Refused(_("Write down what came of it: one sentence is enough."))
    if follow_up.state == FollowUpState.DONE:
        raise WrongStatus(_("This follow-up is done already."))
    follow_up.state = FollowUpState.DONE
    follow_up.assignee = actor
    follow_up.note = note
    follow_up.done_at = now()
    follow_up.save()
    touch(ticket)
    return follow_up


@action
def configure(
    *,
    actor: User,
    survey_id: int,
    is_active: bool,
    highest: int,
    delay: dt.timedelta,
    cap_days: int,
    sampling_percent: int,
    min_messages: int,
    texts: Mapping[str, Mapping[str, str]],
) -> Survey:
    """Change a survey and its words; switching it on asks about what is resolved from now. Raises NotAllowed."""
    if not may_configure(actor):
        raise NotAllowed(_("Only administrators change surveys."))
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey_id)
    survey.active_since = (survey.active_since or now()) if is_active else None
    survey.highest, survey.delay, survey.cap_days = highest, delay, cap_days
    survey.sampling_percent, survey.min_messages = sampling_percent, min_messages
    survey.save()
    for language, words in texts.items():
        SurveyText.objects.update_or_create(survey=survey, language=language, defaults=dict(words))
    return survey
