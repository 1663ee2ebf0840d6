"""Who is here and takes tickets.

A page that is open renews its person's interval; one that is closed or lost does not, and then the interval ends at
its last renewal, whether that is noticed after a minute or after an outage of hours. Tabs share one interval, and of
many beats at most one in fifteen seconds writes.

Where `RECORD_WORK` is off, only the present is known: an interval has no length and nothing is left of those that are
over, so that nobody can add up when somebody was here.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from agents.models import Membership, PresenceInterval, PresenceState, User
from agents.permissions import ROLES_THAT_ANSWER

WRITE_EVERY = dt.timedelta(seconds=15)
# So long after the last sign of life somebody still counts as here: a page that is loaded anew, a short gap.
GRACE = dt.timedelta(seconds=60)


def _open_interval(user_id: int) -> QuerySet[PresenceInterval]:
    return PresenceInterval.objects.filter(user_id=user_id, ended_at__isnull=True)


def is_here(at: dt.datetime, **of: Any) -> Q:
    """Return the condition on intervals "not over at this moment"; `of` adds to it."""
    return Q(ended_at__isnull=True, last_seen_at__gte=at - GRACE, **of)


def beat(user_id: int, at: dt.datetime) -> bool:
    """Note that a page of this person is open; return whether they have just come, available.

    Who comes back is in the state they left in. Somebody who was deactivated leaves no sign of life.
    """
    known = _open_interval(user_id).values_list("last_seen_at", flat=True).first()
    if known is not None and known >= at - GRACE:
        if known <= at - WRITE_EVERY:
            begins = {} if settings.RECORD_WORK else {"started_at": at}
            _open_interval(user_id).filter(last_seen_at__lt=at).update(last_seen_at=at, **begins)
        return False
    last = PresenceInterval.objects.filter(user_id=user_id).order_by("-started_at").values_list("state", flat=True)
    state = PresenceState(last.first() or PresenceState.ONLINE)
    return _enter(user_id, state, at) and state == PresenceState.ONLINE


# The state of somebody who need not leave another sign of life.
JUST_SEEN = """
SELECT state FROM agents_presenceinterval
WHERE user_id = %(user)s AND ended_at IS NULL AND last_seen_at > %(just_now)s
"""


def set_state(user_id: int, state: PresenceState, at: dt.datetime) -> bool:
    """Begin a new interval in the state that the person chose; return whether that changed anything."""
    return _enter(user_id, state, at)


@transaction.atomic
def _enter(user_id: int, state: PresenceState, at: dt.datetime) -> bool:
    """End what is open and begin anew, unless the person is here in that state already."""
    # The person's row is the lock: two tabs that open at the same moment make one interval.
    if not User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).exists():
        return False
    interval = _open_interval(user_id).select_for_update(no_key=True).first()
    if interval is not None:
        lapsed = interval.last_seen_at < at - GRACE
        if not lapsed and interval.state == state:
            return False
        interval.ended_at = interval.last_seen_at if lapsed else max(at, interval.started_at)
        interval.last_seen_at = interval.ended_at
        interval.save(update_fields=["ended_at", "last_seen_at"])
        at = max(at, interval.ended_at)
        if not settings.RECORD_WORK:
            interval.delete()
    if not settings.RECORD_WORK:
        # The last one only told in which state they left.
        PresenceInterval.objects.filter(user_id=user_id, ended_at=F("started_at")).delete()
    PresenceInterval.objects.create(user_id=user_id, state=state, started_at=at, last_seen_at=at)
    return True


def leave(user_id: int, at: dt.datetime) -> None:
    """End what is open, because the person logged out."""
    lapsed = _open_interval(user_id).filter(last_seen_at__lt=at - GRACE)
    lapsed.update(ended_at=F("last_seen_at"), **_without_length())
    begins = {} if settings.RECORD_WORK else {"started_at": at}
    _open_interval(user_id).filter(started_at__lte=at).update(ended_at=at, last_seen_at=at, **begins)


def _without_length() -> dict[str, F]:
    return {} if settings.RECORD_WORK else {"started_at": F("last_seen_at")}


def end_lapsed(at: dt.datetime) -> int:
    """End, at their last sign of life, the intervals of pages that are gone and of people who were deactivated."""
    # Two statements without a join: what was renewed a moment ago is looked at again before it is ended.
    still_open = PresenceInterval.objects.filter(ended_at__isnull=True)
    lapsed = still_open.filter(last_seen_at__lt=at - GRACE).update(ended_at=F("last_seen_at"), **_without_length())
    retired = still_open.filter(user__in=User.objects.filter(is_active=False))
    return lapsed + retired.update(ended_at=F("last_seen_at"), **_without_length())


def state_of(user_id: int, at: dt.datetime) -> str:
    """Return the state of a person who is here, "" for one who is not."""
    return _open_interval(user_id).filter(is_here(at)).values_list("state", flat=True).first() or ""


def answering(**of: Any) -> QuerySet[Membership]:
    """Return the memberships of those who may work on their team's tickets; `of` narrows them down."""
    return Membership.objects.filter(user__is_active=True, user__role__in=ROLES_THAT_ANSWER, **of)


def available_agents(team_id: int, at: dt.datetime) -> list[int]:
    """Return those who are here, available, and may work on this team's tickets, in the order of their keys."""
    here = PresenceInterval.objects.filter(is_here(at, state=PresenceState.ONLINE), user_id=OuterRef("user_id"))
    found = answering(team=team_id).filter(Exists(here)).order_by("user_id")
    return list(found.values_list("user_id", flat=True))
