"""Tell people in the app that something needs them."""

import datetime as dt
from collections.abc import Iterable

from agents.models import Membership, Notification, Role, User


def supervisors(team_id: int) -> set[int]:
    """Return the people an alert of this team goes to: its leads, else the managers."""
    leads = Membership.objects.filter(team_id=team_id, is_lead=True, user__is_active=True)
    found = set(leads.values_list("user_id", flat=True))
    return found or set(User.objects.filter(role=Role.MANAGER, is_active=True).values_list("pk", flat=True))


def notify(people: Iterable[int], *, kind: str, key: str, ticket_id: int, at: dt.datetime) -> None:
    """Write one notification per person; the same `key` never reaches the same person twice."""
    Notification.objects.bulk_create(
        [
            Notification(user_id=user_id, kind=kind, key=key, ticket_id=ticket_id, created_at=at)
            for user_id in sorted(set(people))
        ],
        ignore_conflicts=True,
    )
