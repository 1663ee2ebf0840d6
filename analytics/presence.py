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
from tickets.models import FocusSegment, Ticket

EVERY = dt.timedelta(seconds=10)
# A sign of life may be written a little after its moment.
LATE = dt.timedelta(seconds=60)
# Who comes back to a ticket after no more than this had it in hand all along.
BREAK = dt.timedelta(minutes=5)
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
    seen = segments.values("ticket_id")
    merged = Ticket.objects.filter(pk__in=seen, merged_into__isnull=False).values("merged_into_id")
    resolved = Fact.objects.filter(Q(pk__in=seen) | Q(pk__in=merged), solved_at__isnull=False)
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
    """Count whole days of presence again; return and note as dirty those that changed.

    Days of which it was forgotten who was here when stay as they were counted.
    """
    first = Watermark.objects.values_list("work_from", flat=True).first()
    days = [day for day in days if first is None or day >= first]
    if not days:
        return set()
    available = _by_day(PresenceInterval.objects.filter(state=PresenceState.ONLINE).annotate(what=F("user_id")), days)
    focused = _by_day(FocusSegment.objects.annotate(what=F("ticket_id")), days)
    teams: dict[int, list[int]] = defaultdict(list)
    for user_id, team_id in Membership.objects.order_by("team_id").values_list("user_id", "team_id"):
        teams[user_id].append(team_id)
    before = {(row.day, row.agent): row for row in PresenceDay.objects.filter(day__in=days)}
    after = {}
    for (day, agent), intervals in available.items():
        here = [stretch for _agent, stretch in intervals]
        if seconds := _length(here):
            known = before.get((day, agent))
            after[day, agent] = PresenceDay(
                day=day,
                agent=agent,
                # Of a team's past nobody knows: days that were counted keep the teams they were counted with.
                teams=known.teams if known else teams[agent],
                available=int(seconds),
                **_work(here, focused.get((day, agent), [])),
            )
    changed = {place for place in before.keys() | after.keys() if _said(before.get(place)) != _said(after.get(place))}
    touched = {day for day, _agent in changed}
    PresenceDay.objects.filter(day__in=touched).delete()
    PresenceDay.objects.bulk_create(row for (day, _agent), row in after.items() if day in touched)
    Dirty.objects.bulk_create([Dirty(day=day) for day in sorted(touched)])
    return touched


def _said(row: PresenceDay | None) -> tuple[object, ...] | None:
    return None if row is None else (row.teams, row.available, row.focused, row.in_hand, row.engaged)


def _work(here: list[Stretch], focused: list[tuple[int, Stretch]]) -> dict[str, int]:
    """Return how long of the time available an agent worked, at how many tickets at a time.

    Only one ticket is before the eyes at a time; one that comes back within minutes was in hand all along.
    """
    by_ticket: dict[int, list[Stretch]] = defaultdict(list)
    for ticket, stretch in focused:
        by_ticket[ticket].append(stretch)
    in_hand = [_joined(stretches, BREAK) for stretches in by_ticket.values()]
    engaged = _joined(sorted(stretch for stretches in in_hand for stretch in stretches), dt.timedelta())
    return {
        "focused": int(_overlap(here, [stretch for _ticket, stretch in focused])),
        "in_hand": int(sum(_overlap(here, stretches) for stretches in in_hand)),
        "engaged": int(_overlap(here, engaged)),
    }


def _joined(stretches: list[Stretch], gap: dt.timedelta) -> list[Stretch]:
    """Join what is no further apart than a gap; the stretches come in order."""
    found: list[Stretch] = []
    for begin, end in stretches:
        if found and begin - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _by_day(
    rows: QuerySet[PresenceInterval] | QuerySet[FocusSegment], days: Sequence[dt.date]
) -> dict[tuple[dt.date, int], list[tuple[int, Stretch]]]:
    """Return stretches by day and agent, in order, cut at midnight; with what they are about."""
    # In UTC: between two moments of one time zone Python counts what the wall clock shows.
    moments = {day: [moment.astimezone(dt.UTC) for moment in Period(day, day).moments()] for day in days}
    begin, end = min(moments.values())[0], max(moments.values())[1]
    found: dict[tuple[dt.date, int], list[tuple[int, Stretch]]] = defaultdict(list)
    within = rows.annotate(end=END).filter(started_at__lt=end, end__gt=begin).order_by("started_at")
    for user_id, about, began, ended in within.values_list("user_id", "what", "started_at", "end"):
        for day in Period(_day(began), _day(ended)).days():
            if day in moments:
                midnight, next_midnight = moments[day]
                found[day, user_id].append((about, (max(began, midnight), min(ended, next_midnight))))
    return found


def _length(stretches: list[Stretch]) -> float:
    return sum((end - begin).total_seconds() for begin, end in stretches)


def _overlap(ones: list[Stretch], others: list[Stretch]) -> float:
    """Return the seconds that lie in both; neither list overlaps itself, by constraint of the database."""
    return sum(
        max(0.0, (min(end, other_end) - max(begin, other_begin)).total_seconds())
        for begin, end in ones
        for other_begin, other_end in others
    )
