"""Which columns of the WhatsApp channel say something about a person; see `agents.personal_data`."""

OF_CONTACTS = {
    "WebhookRequest": frozenset({"body"}),
    "InboundUpdate": frozenset({"payload", "identity_key"}),
}
OF_AGENTS: dict[str, frozenset[str]] = {}
NEUTRAL = {
    "WhatsAppTemplate": frozenset(
        {"waba_id", "name", "language", "status", "category", "body", "buttons", "purpose", "variables"}
    ),
    "WhatsAppNumber": frozenset({"phone_number_id", "waba_id", "display_number", "access_token", "paused_reason"}),
    "WebhookRequest": frozenset({"unreadable"}),
    "InboundUpdate": frozenset({"phone_number_id", "state", "outcome", "parked_reason"}),
}
