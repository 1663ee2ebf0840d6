"""The set-up pages: how the helpdesk works for everybody; `base` has what they share."""
