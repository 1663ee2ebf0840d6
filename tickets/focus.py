"""Keep focus segments from what pages say, by the server's own clock.

A page says every fifteen seconds that its ticket is before its person's eyes, as long as it is visible, has the focus
and was touched within the last minute. A short look elsewhere bridges; a longer silence ends the segment at the last
sign of work. Nothing a page says can lengthen a segment beyond the moments at which it spoke.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, QuerySet
from django.db.models.functions import Greatest, Least

from agents import presence
from agents.models import PresenceInterval, PresenceState, User
from tickets.models import FocusSegment, Ticket

# A page beats every 15 s and may look away for 60 s.
BRIDGED = dt.timedelta(seconds=75)
# What somebody did between the last beat and the act that ended the segment is work too.
CREDIT = dt.timedelta(seconds=20)


def _end(segments: QuerySet[FocusSegment], at: dt.datetime) -> int:
    end = Greatest("started_at", Least(at, F("last_seen_at") + CREDIT))
    return segments.filter(ended_at__isnull=True).update(ended_at=end)


def beat(user_id: int, ticket_id: int, *, composing: bool, at: dt.datetime) -> bool:
    """Note that this person works at this ticket now; return whether that counts.

    It does not count for people who are not available, for tickets they may not see, and where work is not recorded.
    """
    if not settings.RECORD_WORK:
        leave(user_id, at)
        return False
    available = PresenceInterval.objects.filter(presence.is_here(at, state=PresenceState.ONLINE), user_id=user_id)
    going_on = FocusSegment.objects.filter(
        Exists(available),
        user_id=user_id,
        ended_at__isnull=True,
        ticket_id=ticket_id,
        composing=composing,
        last_seen_at__gte=at - BRIDGED,
    )
    return bool(going_on.update(last_seen_at=Greatest("last_seen_at", at))) or _begin(
        user_id, ticket_id, composing=composing, at=at
    )


@transaction.atomic
def _begin(user_id: int, ticket_id: int, *, composing: bool, at: dt.datetime) -> bool:
    # The person's row is the lock: two tabs that speak at the same moment take turns.
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if user is None:
        return False
    leave(user_id, at)
    visible = Ticket.objects.visible_to(user).filter(pk=ticket_id).exists()
    if not visible or presence.state_of(user_id, at) != PresenceState.ONLINE:
        return False
    # Clocks of two machines differ by a little; the segments of one person never overlap.
    last = FocusSegment.objects.filter(user=user).order_by("-started_at").values_list("ended_at", flat=True).first()
    at = max(at, last or at)
    FocusSegment.objects.create(user=user, ticket_id=ticket_id, composing=composing, started_at=at, last_seen_at=at)
    return True


def leave(user_id: int, at: dt.datetime) -> None:
    """End what is open: the person closed the ticket, or is no longer available."""
    _end(FocusSegment.objects.filter(user_id=user_id), at)


def settle(ticket_id: int, at: dt.datetime, *, user_id: int | None = None) -> None:
    """End what is open at a ticket that was resolved, or was taken from this person; who stays begins anew."""
    segments = FocusSegment.objects.filter(ticket_id=ticket_id)
    _end(segments if user_id is None else segments.filter(user_id=user_id), at)


def end_lapsed(at: dt.datetime) -> int:
    """End the segments of pages that fell silent, at their last sign of work."""
    silent = FocusSegment.objects.filter(ended_at__isnull=True, last_seen_at__lt=at - BRIDGED)
    return silent.update(ended_at=F("last_seen_at"))
