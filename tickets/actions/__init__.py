"""Verbs: whatever changes a ticket is one function here, one transaction, one event."""
