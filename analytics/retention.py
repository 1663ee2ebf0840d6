"""Forget when agents were here and what they had before their eyes; what was added up of it stays.

Sums by agent and day (`kpi_presence`) and by agent and ticket (`kpi_kept_work`) are written before their rows are
deleted, and a rebuild goes by them, so no figure changes. It happens alone, like every writing of figures.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from agents.models import PresenceInterval
from analytics import lock, presence
from analytics.facts import fold_each, zone
from analytics.loading import load
from analytics.models import KeptWork, Watermark
from analytics.periods import Period
from helpdesk import clock
from tickets.models import OPEN_STATUSES, FocusSegment, Status

DAYS_AT_ONCE = 31
TICKETS_AT_ONCE = 200
ROWS_AT_ONCE = 2000
UNSETTLED = (*OPEN_STATUSES, Status.RESOLVED)


@transaction.atomic
def forget_next() -> bool:
    """Forget one batch of what is older than the setting; return whether there may be more."""
    mark = Watermark.objects.first()
    if not settings.WORK_RECORD_DAYS or mark is None or not lock.take(wait=False):
        return False
    today = clock.now().astimezone(zone()).date()
    limit = today - dt.timedelta(days=settings.WORK_RECORD_DAYS)
    first = _advance(mark, limit)
    if first is None:
        return False
    midnight = Period(first, first).moments()[0]
    return any([_forget_presence(midnight), _forget_focus(midnight), first < limit])


def _advance(mark: Watermark, limit: dt.date) -> dt.date | None:
    """Count some days a last time, then let them stand; return the first day that is still counted."""
    since = mark.work_from or min(presence.every_day(), default=None)
    if since is None or since >= limit:
        return mark.work_from
    until = min(limit, since + dt.timedelta(days=DAYS_AT_ONCE))
    presence.count(list(Period(since, until - dt.timedelta(days=1)).days()))
    Watermark.objects.update(work_from=until)
    return until


def _forget_presence(midnight: dt.datetime) -> bool:
    old = PresenceInterval.objects.filter(ended_at__lte=midnight).values("pk")[:ROWS_AT_ONCE]
    deleted, _by_model = PresenceInterval.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return deleted == ROWS_AT_ONCE


def _forget_focus(midnight: dt.datetime) -> bool:
    """Forget it ticket by ticket, and of those only that are settled: their work is done and can be added up."""
    ticket_ids = list(_done_with(midnight).values_list("ticket_id", flat=True).distinct()[:TICKETS_AT_ONCE])
    known = set(KeptWork.objects.filter(pk__in=ticket_ids).values_list("pk", flat=True))
    folded = fold_each(load([pk for pk in ticket_ids if pk not in known]))
    KeptWork.objects.bulk_create(
        KeptWork(
            ticket_id=pk,
            agents=[row.agent for row in result.efforts],
            seconds=[row.seconds for row in result.efforts],
        )
        for pk, result in folded.items()
    )
    # What cannot be folded at the moment keeps its segments.
    FocusSegment.objects.filter(ticket__in=known | folded.keys(), ended_at__lte=midnight).delete()
    return len(ticket_ids) == TICKETS_AT_ONCE


def _done_with(midnight: dt.datetime) -> QuerySet[FocusSegment]:
    end = Coalesce("ended_at", "last_seen_at", output_field=DateTimeField())
    later = FocusSegment.objects.annotate(end=end).filter(ticket=OuterRef("ticket"), end__gt=midnight)
    kept = KeptWork.objects.filter(pk=OuterRef("ticket"))
    settled = FocusSegment.objects.filter(ended_at__lte=midnight).exclude(ticket__status__in=UNSETTLED)
    return settled.filter(Q(~Exists(later)) | Q(Exists(kept)))
