"""From a resolved ticket to a score, a comment and a second question."""

import datetime as dt

import pytest
import time_machine

from agents.models import Notification
from surveys import invitations
from surveys.actions import cancel, finish_follow_up
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
from tests.cast import House, newest_seq, ticket_of, writes
from tests.paper import paper
from tests.surveys.conftest import HOUR, MINUTE, asked, helped, invited, of_kind, taps, types, work
from tests.tickets.test_outbox import drain, reply
from tickets.actions import lifecycle
from tickets.actions.merging import merge
from tickets.actions.spam import mark_spam
from tickets.channels import Refusal
from tickets.errors import NotAllowed, Refused, WrongStatus
from tickets.inbound import Outcome
from tickets.models import Change, ContentType, Message, MessageState, Purpose, Status, Ticket

pytestmark = pytest.mark.django_db
Journey = time_machine.Traveller


def test_a_minute_after_resolving_the_contact_is_asked_with_answers_to_tap(cast: House, journey: Journey) -> None:
    ticket = helped(cast)
    invitation = invited(ticket)
    assert (invitation.state, invitation.agent, invitation.team) == (InvitationState.DUE, cast.lena, cast.returns)
    journey.shift(dt.timedelta(seconds=59))
    work()
    assert paper.texts == ["On its way"]
    journey.shift(dt.timedelta(seconds=1))
    work()
    invitation.refresh_from_db()
    question = invitation.message
    assert question is not None
    assert (invitation.state, question.state, question.purpose) == ("sent", MessageState.SENT, Purpose.SURVEY)
    assert question.content_type == ContentType.CHOICE
    assert [one["title"] for one in question.content["choices"]["options"]] == ["⭐" * n for n in (5, 4, 3, 2, 1)]
    assert paper.texts[-1].startswith("How satisfied are you")
    ticket.refresh_from_db()
    assert ticket.status == Status.RESOLVED


def test_a_tap_is_a_response_with_thanks_and_then_the_second_question_is_answered_by_typing(
    cast: House, journey: Journey
) -> None:
    invitation = asked(cast, journey)
    receipt = taps(cast, invitation, 5)
    assert (receipt.outcome, receipt.ticket_id) == (Outcome.RECORDED, None)
    response = SurveyResponse.objects.get()
    assert (response.score, response.lowest, response.highest) == (5, 1, 5)
    drain()
    assert paper.texts[-1].startswith("Thank you for your answer!")
    journey.shift(MINUTE)
    work()
    assert paper.texts[-1].startswith("How likely are you to recommend us")
    types(cast, "9!")
    work()
    recommended = of_kind(SurveyKind.NPS).response
    assert (recommended.score, recommended.lowest, recommended.highest) == (9, 0, 10)
    assert paper.texts[-1].startswith("Thank you! You are helping")
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.unanswered_count) == (Status.RESOLVED, 0)
    assert not FollowUp.objects.exists()


def test_an_answer_tells_figures_and_pages(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    changes, version = Change.objects.count(), Ticket.objects.get().version
    taps(cast, invitation, 4)
    assert Change.objects.count() > changes
    assert Ticket.objects.get().version > version


@pytest.mark.parametrize("text", ["fünf", "5/5", "⭐⭐⭐⭐⭐", "Note : 5"])
def test_a_typed_score_counts(cast: House, journey: Journey, text: str) -> None:
    asked(cast, journey)
    assert types(cast, text).outcome == Outcome.RECORDED
    assert SurveyAnswer.objects.get().kind == AnswerKind.TYPED
    assert SurveyResponse.objects.get().score == 5


def test_a_typed_score_counts_for_a_day_and_no_longer(cast: House, journey: Journey) -> None:
    asked(cast, journey)
    journey.shift(24 * HOUR)
    assert types(cast, "4").outcome == Outcome.RECORDED
    journey.shift(dt.timedelta(seconds=1))
    assert types(cast, "5").outcome == Outcome.REOPENED
    assert SurveyResponse.objects.get().score == 4


def test_after_an_agent_wrote_a_number_is_a_message(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    types(cast, "It broke again")
    reply(cast, invitation.ticket, "How many poles do you need?")
    assert types(cast, "5").outcome == Outcome.JOINED
    assert not SurveyResponse.objects.exists()


def test_a_tap_counts_for_seven_days_and_later_it_stands_in_the_conversation(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    journey.shift(7 * 24 * HOUR)
    taps(cast, invitation, 4)
    assert SurveyResponse.objects.get().score == 4
    journey.shift(dt.timedelta(seconds=1))
    receipt = taps(cast, invitation, 1)
    assert (receipt.outcome, receipt.ticket_id) == (Outcome.RECORDED, None)
    assert SurveyResponse.objects.get().score == 4
    late = Message.objects.get(pk=receipt.message_id or 0, text="⭐")
    assert late.about == invitation.ticket, "it is read by those who may read that ticket"


def test_a_reply_that_quotes_the_question_counts_for_seven_days(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    assert invitation.message is not None
    journey.shift(3 * 24 * HOUR)
    quoted = invitation.message.external_id or ""
    assert types(cast, "3", quoted_external_id=quoted).outcome == Outcome.RECORDED
    assert SurveyAnswer.objects.get().kind == AnswerKind.QUOTED


def test_a_number_that_quotes_something_else_is_a_message(cast: House, journey: Journey) -> None:
    asked(cast, journey)
    answered = Message.objects.get(text="On its way").external_id or ""
    assert types(cast, "5", quoted_external_id=answered).outcome == Outcome.REOPENED


def test_the_last_answer_counts_and_thanks_are_said_once(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 2)
    journey.shift(MINUTE)
    taps(cast, invitation, 4)
    types(cast, "eins")
    assert SurveyResponse.objects.get().score == 1
    assert [answer.score for answer in SurveyAnswer.objects.order_by("pk")] == [2, 4, 1]
    assert Message.objects.filter(purpose=Purpose.SURVEY_THANKS).count() == 1


def test_a_tap_that_comes_late_takes_nothing_back(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    earlier = dt.datetime.now(dt.UTC)
    journey.shift(MINUTE)
    taps(cast, invitation, 5)
    taps(cast, invitation, 1, at=earlier)
    assert SurveyResponse.objects.get().score == 5
    assert SurveyAnswer.objects.count() == 2


def test_a_tap_on_somebody_elses_question_is_a_message(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    receipt = taps(cast, invitation, 5, phone="4915112345678", name="Daniel")
    assert receipt.outcome == Outcome.OPENED
    assert taps(cast, invitation, 9).outcome == Outcome.REOPENED
    assert not SurveyResponse.objects.exists()


def test_the_next_free_text_is_the_comment_once(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 4)
    assert types(cast, "Very quick, but the box was dented").outcome == Outcome.RECORDED
    response = SurveyResponse.objects.get()
    assert response.comment == "Very quick, but the box was dented"
    work()
    assert paper.texts[-1].startswith("How likely are you"), "a comment brings the second question at once"
    assert types(cast, "By the way, the pegs are missing too").outcome == Outcome.REOPENED
    response.refresh_from_db()
    assert response.comment == "Very quick, but the box was dented"


@pytest.mark.parametrize("text", ["Where is my refund?", "I want to speak to an agent", "Ich möchte einen Mitarbeiter"])
def test_who_wants_an_answer_gets_a_person(cast: House, journey: Journey, text: str) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 4)
    assert types(cast, text).outcome == Outcome.REOPENED
    assert SurveyResponse.objects.get().comment == ""


def test_politeness_is_no_comment(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 4)
    assert types(cast, "Danke!").outcome == Outcome.JOINED
    assert types(cast, "All went well").outcome == Outcome.RECORDED
    assert SurveyResponse.objects.get().comment == "All went well"


def test_a_low_score_asks_the_lead_and_leaves_the_ticket_as_it_is(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 2)
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.team) == (FollowUpState.OPEN, cast.returns)
    assert list(Notification.objects.values_list("user__username", "kind")) == [("amira", "low_score")]
    assert Ticket.objects.get().status == Status.RESOLVED
    with pytest.raises(NotAllowed):
        finish_follow_up(actor=cast.lena, follow_up_id=follow_up.pk, note="Called her")
    with pytest.raises(Refused):
        finish_follow_up(actor=cast.amira, follow_up_id=follow_up.pk, note="  ")
    finish_follow_up(actor=cast.amira, follow_up_id=follow_up.pk, note="Called her, sent a new pole")
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.assignee) == (FollowUpState.DONE, cast.amira)


def test_a_raised_score_withdraws_the_follow_up(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 1)
    taps(cast, invitation, 5)
    assert FollowUp.objects.get().state == FollowUpState.WITHDRAWN
    taps(cast, invitation, 2)
    assert FollowUp.objects.get().state == FollowUpState.OPEN


# -- Not sent, and why -------------------------------------------------------------------------------


def reason_after(journey: Journey, invitation: SurveyInvitation, wait: dt.timedelta = MINUTE) -> str:
    """Let time pass, work, and return why nothing was sent."""
    journey.shift(wait)
    work()
    invitation.refresh_from_db()
    assert not Message.objects.filter(purpose=Purpose.SURVEY).exists()
    return invitation.reason


def test_a_reopened_ticket_is_not_asked_about(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    types(cast, "It broke again")
    assert reason_after(journey, invitation) == NotSent.REOPENED


def test_spam_is_not_asked_about(cast: House, journey: Journey) -> None:
    ticket = helped(cast)
    invitation = invited(ticket)
    mark_spam(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    assert reason_after(journey, invitation) == NotSent.SPAM


def test_a_ticket_that_was_merged_into_another_is_not_asked_about(cast: House, journey: Journey) -> None:
    earlier = helped(cast)
    journey.shift(dt.timedelta(days=4))
    ticket = helped(cast, "The new pole snapped, too")
    invitation = invited(ticket)
    merge(actor=cast.lena, ticket_id=ticket.pk, into_id=earlier.pk, seen_seq=newest_seq(ticket))
    assert reason_after(journey, invitation) == NotSent.MERGED


def test_undoing_the_resolve_cancels_and_resolving_again_asks_once(cast: House, journey: Journey) -> None:
    ticket = helped(cast)
    invitation = invited(ticket)
    lifecycle.undo_resolve(actor=cast.lena, ticket_id=ticket.pk)
    assert reason_after(journey, invitation) == NotSent.UNDONE
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    again = invited(ticket)
    journey.shift(MINUTE)
    work()
    again.refresh_from_db()
    assert again.state == InvitationState.SENT
    assert Message.objects.filter(purpose=Purpose.SURVEY).count() == 1


def test_a_question_in_the_outbox_is_dropped_when_the_contact_writes_first(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    journey.shift(MINUTE)
    assert invitations.process_next()
    types(cast, "It broke again")
    drain()
    question = Message.objects.get(purpose=Purpose.SURVEY)
    assert (question.state, question.error_code) == (MessageState.FAILED, "reopened")
    assert invitation.ticket.status != Status.NEW
    assert len(paper.texts) == 1


def test_somebody_can_cancel_it(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    cancel(actor=cast.lena, invitation_id=invitation.pk)
    assert reason_after(journey, invitation) == NotSent.CANCELLED
    sent = asked(cast, journey, phone="4915112345678")
    with pytest.raises(WrongStatus):
        cancel(actor=cast.lena, invitation_id=sent.pk)


def test_nobody_is_asked_who_never_had_a_persons_reply(cast: House, journey: Journey) -> None:
    ticket = ticket_of(writes(cast.inbox))
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    assert invited(ticket).reason == NotSent.NO_HUMAN_REPLY


def test_a_contact_is_asked_once_in_seven_days(cast: House, journey: Journey) -> None:
    assert asked(cast, journey).state == InvitationState.SENT
    journey.shift(73 * HOUR)
    assert asked(cast, journey).reason == NotSent.CAPPED
    journey.shift(dt.timedelta(days=7))
    assert asked(cast, journey).state == InvitationState.SENT


def test_phones_of_a_demonstration_are_asked_every_time(cast: House, journey: Journey, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    assert [asked(cast, journey).state, asked(cast, journey).state] == [InvitationState.SENT] * 2


def test_recommendation_is_asked_for_once_in_ninety_days(cast: House, journey: Journey) -> None:
    taps(cast, asked(cast, journey), 5)
    journey.shift(MINUTE)
    work()
    journey.shift(dt.timedelta(days=8))
    taps(cast, asked(cast, journey), 5)
    newest = SurveyInvitation.objects.filter(survey__kind=SurveyKind.NPS).latest("pk")
    assert (newest.state, newest.reason) == (InvitationState.NOT_SENT, NotSent.CAPPED)


def test_only_a_sample_is_asked(cast: House, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    Survey.objects.update(sampling_percent=30)
    monkeypatch.setattr("surveys.eligibility.random.random", lambda: 0.30)
    assert invited(helped(cast)).reason == NotSent.SAMPLING
    monkeypatch.setattr("surveys.eligibility.random.random", lambda: 0.29)
    assert invited(helped(cast, phone="4915112345678")).state == InvitationState.DUE


def test_short_conversations_are_left_alone(cast: House, journey: Journey) -> None:
    Survey.objects.update(min_messages=2)
    assert invited(helped(cast)).reason == NotSent.TOO_SHORT


def test_late_by_hours_is_sent_and_late_by_more_than_a_day_is_dropped(cast: House, journey: Journey) -> None:
    first, second = invited(helped(cast)), invited(helped(cast, phone="4915112345678"))
    SurveyInvitation.objects.filter(pk=second.pk).update(due_at=second.due_at - 22 * HOUR)
    journey.shift(3 * HOUR)
    work()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.reason) == (InvitationState.SENT, NotSent.TOO_OLD)


def test_a_closed_window_without_a_template_is_a_reason(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    paper.refuse = Refusal(code="no_template", text="Too late")
    assert reason_after(journey, invitation) == NotSent.WINDOW_CLOSED


def test_a_survey_that_is_switched_off_meanwhile_is_not_sent(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    Survey.objects.update(active_since=None)
    assert reason_after(journey, invitation) == NotSent.SWITCHED_OFF


def test_one_that_breaks_does_not_hold_up_the_others(cast: House, journey: Journey) -> None:
    broken, whole = invited(helped(cast)), invited(helped(cast, phone="4915112345678"))
    SurveyInvitation.objects.filter(pk=broken.pk).update(survey=_without_texts())
    journey.shift(MINUTE)
    work()
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.reason, whole.state) == (NotSent.BROKEN, InvitationState.SENT)


def _without_texts() -> Survey:
    survey = Survey.objects.get(kind=SurveyKind.NPS)
    survey.texts.all().delete()
    return survey
