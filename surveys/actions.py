"""What people do about surveys: cancel one that is due, finish a follow-up, change the questions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents.models import User
from agents.permissions import Permission, may
from surveys.invitations import give_up
from surveys.models import FollowUp, FollowUpState, InvitationState, NotSent, Survey, SurveyInvitation, SurveyText
from tickets.actions import lifecycle
from tickets.actions.acknowledgement import words_of
from tickets.actions.base import action, lock_ticket, lock_ticket_for, now, touch
from tickets.actions.configuration import mark_changed, record, require_configurer, require_fresh
from tickets.errors import NotAllowed, Refused, WrongStatus
from tickets.models import Draft, TextKind, Ticket


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
def begin_answer(*, actor: User, follow_up_id: int) -> Ticket:
    """Lay a draft of what came of the feedback into the reply box of its author; return the ticket it is in.

    A resolved ticket is reopened for it. What this person has typed there already stays.
    Raises NotAllowed and WrongStatus.
    """
    ticket_id = FollowUp.objects.values_list("ticket_id", flat=True).get(pk=follow_up_id)
    _conversation, ticket = lock_ticket_for(actor, ticket_id)
    if not may(actor, Permission.FOLLOW_UP, team_id=ticket.team_id):
        raise NotAllowed(_("Only the leads of this team, managers and administrators follow up low scores."))
    if not ticket.is_open:
        ticket = lifecycle.reopen(actor=actor, ticket_id=ticket_id)
    draft = words_of(TextKind.FEEDBACK, ticket)
    Draft.objects.get_or_create(ticket=ticket, user=actor, defaults={"text": draft.text, "updated_at": now()})
    return ticket


PARTS = ("question", "thanks", "comment_prompt")


@dataclass(frozen=True)
class SurveyPlan:
    """A survey as somebody wants it; `texts` holds the words by language and part."""

    is_active: bool
    highest: int
    delay: dt.timedelta
    cap_days: int
    sampling_percent: int
    min_messages: int
    texts: Mapping[str, Mapping[str, str]]


@action
def configure(*, actor: User, survey_id: int, version: int, plan: SurveyPlan) -> Survey:
    """Change a survey and its words; switching it on asks about what is resolved from now.

    Raises NotAllowed, and StaleEdit when somebody else saved since `version`.
    """
    require_configurer(actor)
    survey = Survey.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(pk=survey_id)
    require_fresh(survey, version)
    at, changed = now(), []
    active_since = (survey.active_since or at) if plan.is_active else None
    values = {
        name: getattr(plan, name) for name in ("highest", "delay", "cap_days", "sampling_percent", "min_messages")
    }
    for name, value in {**values, "active_since": active_since}.items():
        if getattr(survey, name) != value:
            setattr(survey, name, value)
            changed.append(name)
    known = {text.language: text for text in survey.texts.all()}
    for language, words in plan.texts.items():
        text = known.get(language) or SurveyText(survey=survey, language=language)
        edited = [part for part in PARTS if getattr(text, part) != words[part]]
        for part in edited:
            setattr(text, part, words[part])
        if edited:
            text.save()
        changed += [f"{part}_{language}" for part in edited]
    if changed:
        mark_changed(survey, actor, at)
        survey.save()
        record(survey, actor, at, fields=changed)
    return survey
