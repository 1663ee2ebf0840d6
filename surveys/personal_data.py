"""Which columns of the surveys say something about a person; see `agents.personal_data`."""

OF_CONTACTS = {
    "SurveyResponse": frozenset({"comment"}),
    "FollowUp": frozenset({"note"}),
}
OF_AGENTS: dict[str, frozenset[str]] = {}
NEUTRAL = {
    "Survey": frozenset({"kind"}),
    "SurveyText": frozenset({"language", "question", "thanks", "comment_prompt"}),
    "SurveyInvitation": frozenset({"state", "reason", "language"}),
    "SurveyAnswer": frozenset({"kind"}),
    "FollowUp": frozenset({"state"}),
}
