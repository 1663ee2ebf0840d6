"""Which columns say something about a person; export and erasure read this, and a test keeps it complete.

Each app has such a register of its own tables. OF_CONTACTS is about the people who write to us, OF_AGENTS about those
who log in, NEUTRAL about nobody. A Message's author is named by a key, so its text stands with the contacts.
"""

OF_CONTACTS: dict[str, frozenset[str]] = {
    "IdempotencyKey": frozenset({"response"}),  # repeats what was written; gone after a day
}
OF_AGENTS = {
    "User": frozenset({"username", "password", "first_name", "last_name", "email", "language", "time_zone", "theme"}),
    "PresenceInterval": frozenset({"state"}),
}
NEUTRAL = {
    "User": frozenset({"role"}),
    "Team": frozenset({"name", "assignment"}),
    "ApiToken": frozenset({"name", "digest", "hint"}),
    "IdempotencyKey": frozenset({"key", "digest"}),
    "Notification": frozenset({"kind", "key"}),
}
