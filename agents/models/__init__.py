"""People who log in, the teams they work in, and the role each has; this package is their only import path."""

from agents.models.notification import Notification
from agents.models.presence import PresenceInterval, PresenceState, TimeRange
from agents.models.team import Assignment, Membership, Team, TeamQuerySet
from agents.models.token import ApiToken, IdempotencyKey, Scope
from agents.models.user import Role, Theme, User, UserManager, validate_time_zone

__all__ = [
    "ApiToken",
    "Assignment",
    "IdempotencyKey",
    "Membership",
    "Notification",
    "PresenceInterval",
    "PresenceState",
    "Role",
    "Scope",
    "Team",
    "TeamQuerySet",
    "Theme",
    "TimeRange",
    "User",
    "UserManager",
    "validate_time_zone",
]
