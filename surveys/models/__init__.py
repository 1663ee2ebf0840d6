"""The tables of the surveys; this package is their only import path."""

from surveys.models.follow_up import FollowUp, FollowUpState
from surveys.models.invitation import InvitationState, NotSent, SurveyInvitation
from surveys.models.response import AnswerKind, SurveyAnswer, SurveyResponse
from surveys.models.survey import (
    MAX_DELAY,
    QUESTION_LENGTH,
    THANKS_LENGTH,
    Survey,
    SurveyKind,
    SurveyText,
    TextLanguage,
)

__all__ = [
    "MAX_DELAY",
    "QUESTION_LENGTH",
    "THANKS_LENGTH",
    "AnswerKind",
    "FollowUp",
    "FollowUpState",
    "InvitationState",
    "NotSent",
    "Survey",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyKind",
    "SurveyResponse",
    "SurveyText",
    "TextLanguage",
]
