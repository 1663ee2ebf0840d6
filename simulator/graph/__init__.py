"""The part of Meta's Graph API that a helpdesk calls."""
