"""Tell people in the app that something needs them."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from agents.live import announce_alerts
from agents.models import Membership, Notification, Role, User


def supervisors(team_id: int) -> set[int]:
    """Return the people an alert of this team goes to: its leads, else the managers."""
    leads = Membership.objects.filter(team_id=team_id, is_lead=True, user__is_active=True)
    found = set(leads.values_list("user_id", flat=True))
    return found or set(User.objects.filter(role=Role.MANAGER, is_active=True).values_list("pk", flat=True))


def notify(people: Iterable[int], *, kind: str, key: str, ticket_id: int | None, at: dt.datetime) -> None:
    """Write one notification per person and tell their open pages; the same `key` never reaches a person twice.

    `kind` and ids are all that is kept: `tickets.alerts` makes the sentence when it is read.
    Not all are about a ticket.
    """
    reached = sorted(set(people))
    Notification.objects.bulk_create(
        [Notification(user_id=user_id, kind=kind, key=key, ticket_id=ticket_id, created_at=at) for user_id in reached],
        ignore_conflicts=True,
    )
    announce_alerts(reached)


UNREAD = """
SELECT count(*) FROM (SELECT FROM agents_notification WHERE user_id = %(user)s AND read_at IS NULL LIMIT 100) counted
"""


def unread(user: User) -> int:
    """Return how many notifications wait for this person, counting no further than 100; one query."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, {"user": user.pk})
        (number,) = cursor.fetchone() or (0,)
        return int(number)


def mark_read(user: User, at: dt.datetime, *, up_to: int, only: int | None = None) -> int:
    """Mark this person's notifications as read up to an id, or just one; return how many were unread."""
    unread_ones = Notification.objects.filter(user=user, read_at__isnull=True, pk__lte=up_to)
    return (unread_ones if only is None else unread_ones.filter(pk=only)).update(read_at=at)
