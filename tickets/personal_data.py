"""Which columns of the core say something about a person; see `agents.personal_data`."""

OF_CONTACTS = {
    "Contact": frozenset({"name", "language", "phone"}),
    "ContactIdentity": frozenset({"value"}),
    "Message": frozenset({"text", "content", "language"}),
    "Attachment": frozenset({"file_name", "provider_id", "sha256"}),
    "Ticket": frozenset({"subject"}),
    "Draft": frozenset({"text"}),
}
OF_AGENTS: dict[str, frozenset[str]] = {}
NEUTRAL = {
    "ConsentChange": frozenset({"wish", "source"}),
    "ContactIdentity": frozenset({"kind"}),
    "Inbox": frozenset({"name", "channel"}),
    "Message": frozenset(
        {
            "kind",
            "purpose",
            "author_kind",
            "content_type",
            "external_id",  # the provider's opaque id; it names no person
            "state",
            "error_code",
            "error_text",
        }
    ),
    "Attachment": frozenset({"token", "media_type", "state", "error_text"}),
    "Ticket": frozenset({"status"}),
    "TicketEvent": frozenset({"kind", "actor_kind", "data", "status"}),  # ids and states, by rule
    "QuickReply": frozenset({"shortcut", "language", "text"}),
    "Seen": frozenset({"kind", "digest"}),  # the digest must outlive an erasure, or a late copy would undo it
    "ChangeCursor": frozenset({"name"}),
    "ConfigurationEvent": frozenset({"subject", "verb"}),
    "Tag": frozenset({"name"}),
    "TicketTag": frozenset({"source"}),
    "RoutingRule": frozenset({"name", "matching", "needed", "language"}),
    "RoutingRuleVersion": frozenset({"name"}),
    "AutomaticText": frozenset({"kind", "language", "text"}),
    "BusinessHours": frozenset({"name", "time_zone"}),
    "BusinessHoursVersion": frozenset({"definition"}),
    "Holiday": frozenset({"name"}),
    "SlaPolicy": frozenset({"name", "channel"}),
    "SlaTarget": frozenset({"metric"}),
    "SlaClock": frozenset({"metric", "state"}),
    "SlaEvent": frozenset({"kind"}),
}
