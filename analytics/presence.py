"""Count presence by agent and day: how long available, and how long of that at work on a ticket.

Presence and focus are no events of tickets, so nothing tells of them; they are looked at every few seconds instead.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db.models import DateTimeField, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from agents.models import Membership, PresenceInterval, PresenceState
from analytics.facts import zone
from analytics.models import Dirty, Fact, PresenceDay, Watermark
from analytics.periods import Period
from tickets.models import FocusSegment

EVERY = dt.timedelta(seconds=10)
# A sign of life may be written a little after its moment.
LATE = dt.timedelta(seconds=60)
END = Coalesce("ended_at", "last_seen_at", output_field=DateTimeField())
Stretch = tuple[dt.datetime, dt.datetime]


def look(at: dt.datetime) -> list[int]:
    """Count presence since the last look, every few seconds; return the resolved tickets that were worked at."""
    mark = Watermark.objects.values_list("presence_at", flat=True).first()
    if mark is not None and at - mark < EVERY:
        return []
    Watermark.objects.update_or_create(
        pk=1,
        defaults={"presence_at": at},
        create_defaults={"as_of": at, "time_zone": settings.TIME_ZONE, "presence_at": at},
    )
    since = mark - LATE if mark is not None else None
    recent = Q() if since is None else Q(end__gt=since)
    begun = PresenceInterval.objects.annotate(end=END).filter(recent).aggregate(first=Min("started_at"))["first"]
    if begun is None:
        return []
    first = max(begun, since) if since is not None else begun
    count(list(Period(_day(first), max(_day(at), _day(first))).days()))
    segments = FocusSegment.objects.annotate(end=END).filter(recent)
    resolved = Fact.objects.filter(solved_at__isnull=False, pk__in=segments.values("ticket_id"))
    return list(resolved.values_list("pk", flat=True))


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(zone()).date()


def every_day() -> list[dt.date]:
    """Return the days from the first presence to the last, and those already counted."""
    found = set(PresenceDay.objects.values_list("day", flat=True))
    stretches = PresenceInterval.objects.annotate(end=END)
    first = stretches.aggregate(first=Min("started_at"))["first"]
    last = stretches.order_by("-end").values_list("end", flat=True).first()
    if first is not None and last is not None:
        found |= set(Period(_day(first), _day(last)).days())
    return sorted(found)


def count(days: Sequence[dt.date]) -> set[dt.date]:
    """Count whole days of presence again; return and note as dirty those that changed."""
    if not days:
        return set()
    begin, end = Period(min(days), max(days)).moments()
    available = _stretches(PresenceInterval.objects.filter(state=PresenceState.ONLINE), begin, end)
    focused = _stretches(FocusSegment.objects.all(), begin, end)
    teams: dict[int, list[int]] = defaultdict(list)
    for user_id, team_id in Membership.objects.order_by("team_id").values_list("user_id", "team_id"):
        teams[user_id].append(team_id)
    before = {
        (row.day, row.agent): (row.teams, row.available, row.focused)
        for row in PresenceDay.objects.filter(day__in=days)
    }
    after = {}
    for day in days:
        begin, end = Period(day, day).moments()
        for agent, stretches in available.items():
            here = [(max(b, begin), min(e, end)) for b, e in stretches if b < end and e > begin]
            seconds = sum((e - b).total_seconds() for b, e in here)
            if seconds:
                # Of a team's past nobody knows: days that were counted keep the teams they were counted with.
                kept = before.get((day, agent), (teams[agent], 0, 0))[0]
                after[day, agent] = (kept, int(seconds), int(_overlap(here, focused.get(agent, []))))
    changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    touched = {day for day, _agent in changed}
    PresenceDay.objects.filter(day__in=touched).delete()
    PresenceDay.objects.bulk_create(
        PresenceDay(day=day, agent=agent, teams=row[0], available=row[1], focused=row[2])
        for (day, agent), row in after.items()
        if day in touched
    )
    Dirty.objects.bulk_create([Dirty(day=day) for day in sorted(touched)])
    return touched


def _stretches(
    rows: QuerySet[PresenceInterval] | QuerySet[FocusSegment], begin: dt.datetime, end: dt.datetime
) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    within = rows.annotate(end=END).filter(started_at__lt=end, end__gt=begin).order_by("started_at")
    for user_id, began, ended in within.values_list("user_id", "started_at", F("end")):
        found[user_id].append((began, ended))
    return found


def _overlap(ones: list[Stretch], others: list[Stretch]) -> float:
    """Return the seconds that lie in both; neither list overlaps itself, by constraint of the database."""
    return sum(
        max(0.0, (min(end, other_end) - max(begin, other_begin)).total_seconds())
        for begin, end in ones
        for other_begin, other_end in others
    )
