"""Write facts: read the logs of some tickets, fold them, keep what changed, and note which days it touches.

One rule for the single refresh and for the rebuild of everything. The caller holds the lock of `analytics.refresh`.
"""

import datetime as dt
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import models

from analytics import calendars
from analytics.fold import Folded, Log, LoggedClock, LoggedEvent, LoggedMessage, fold, neighbours
from analytics.models import Dirty, Fact, MessageDay, Promise, Step, Wait
from tickets.models import Message, SlaClock, Ticket, TicketEvent, TicketTag

BESIDE: dict[str, type[models.Model]] = {
    "waits": Wait,
    "message_days": MessageDay,
    "promises": Promise,
    "steps": Step,
}
COLUMNS = [field.attname for field in Fact._meta.concrete_fields]
DAYS = [name for name in COLUMNS if name.endswith("_day")]
# When these change, every row beside the fact counts somewhere else.
EVERYWHERE = ("is_counted", "inbox", "channel", "tags")
BESIDE_COLUMNS = {
    name: [field.attname for field in model._meta.concrete_fields if field.attname not in {"id", "fact_id"}]
    for name, model in BESIDE.items()
}


def zone() -> zoneinfo.ZoneInfo:
    """Return the workspace's time zone: days begin and end in it."""
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def load(ticket_ids: Sequence[int]) -> list[Log]:
    """Read the logs of some tickets, in order of their numbers."""
    logs = {}
    for pk, inbox, channel, contact, merged_into, is_test in Ticket.objects.filter(pk__in=ticket_ids).values_list(
        "pk",
        "conversation__inbox_id",
        "conversation__inbox__channel",
        "conversation__contact_id",
        "conversation__contact__merged_into_id",
        "conversation__contact__is_test",
    ):
        logs[pk] = Log(pk, merged_into or contact, inbox, channel, is_test)
    for pk, tag in TicketTag.objects.filter(ticket_id__in=ticket_ids).values_list("ticket_id", "tag_id"):
        logs[pk].tags.append(tag)
    row: list[Any]
    events = TicketEvent.objects.filter(ticket_id__in=ticket_ids).order_by("ticket_id", "seq")
    for pk, *row in events.values_list(
        "ticket_id", "seq", "kind", "actor_kind", "actor_id", "message_id", "data", "occurred_at", "recorded_at",
        "team_id", "assignee_id", "status",
    ).iterator(chunk_size=10_000):  # fmt: skip
        logs[pk].events.append(LoggedEvent(*row))
    messages = Message.objects.filter(ticket_id__in=ticket_ids).order_by("ticket_id", "seq")
    for pk, *row in messages.values_list(
        "ticket_id", "id", "seq", "kind", "purpose", "author_kind", "author_id", "seen_seq", "occurred_at"
    ).iterator(chunk_size=10_000):
        assert pk is not None  # noqa: S101 - filtered by ticket
        logs[pk].messages.append(LoggedMessage(*row))
    clocks = SlaClock.objects.filter(ticket_id__in=ticket_ids).order_by("ticket_id", "pk")
    for pk, *row in clocks.values_list("ticket_id", "metric", "state", "stopped_at", "breached_at"):
        logs[pk].clocks.append(LoggedClock(*row))
    return [logs[pk] for pk in sorted(logs) if logs[pk].events]


def refold(ticket_ids: Sequence[int]) -> int:
    """Derive the facts of some tickets anew and note the days that changed; return how many facts were written."""
    calendars.archive()
    folded = {log.ticket: fold(log, zone(), calendars.business_seconds) for log in load(ticket_ids)}
    before = _facts_of_contacts(folded)
    after = {pk: dict(fact) for pk, fact in before.items()}
    for pk, result in folded.items():
        after[pk] = {**after.get(pk, {}), **result.fact}
    by_contact: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for fact in after.values():
        by_contact[fact["contact"]].append(fact)
    for facts in by_contact.values():
        neighbours(facts)
    changed = [fact for pk, fact in after.items() if fact != before.get(pk)]
    touched = _days(fact for fact in changed) | _days(
        before[f["ticket_id"]] for f in changed if f["ticket_id"] in before
    )
    Fact.objects.bulk_create(
        [Fact(**fact) for fact in changed],
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=[name for name in COLUMNS if name != "ticket_id"],
    )
    moved = {fact["ticket_id"] for fact in changed if _moved(fact, before.get(fact["ticket_id"]))}
    for name in BESIDE:
        touched |= _write_beside(name, folded, moved)
    Dirty.objects.bulk_create([Dirty(day=day) for day in sorted(touched)])
    return len(changed)


def _facts_of_contacts(folded: dict[int, Folded]) -> dict[int, dict[str, Any]]:
    """Return the known facts of the tickets and of the other tickets of their contacts, past and present."""
    contacts = {result.fact["contact"] for result in folded.values()}
    contacts |= set(Fact.objects.filter(pk__in=folded).values_list("contact", flat=True))
    rows = Fact.objects.filter(contact__in=contacts).values(*COLUMNS)
    return {row["ticket_id"]: dict(row) for row in rows}


def _days(facts: Iterable[dict[str, Any]]) -> set[dt.date]:
    return {fact[name] for fact in facts for name in DAYS if fact[name] is not None}


def _moved(fact: dict[str, Any], known: dict[str, Any] | None) -> bool:
    return known is not None and any(fact[name] != known[name] for name in EVERYWHERE)


def _write_beside(name: str, folded: dict[int, Folded], moved: set[int]) -> set[dt.date]:
    """Replace the rows beside the facts where they differ; return the days that are touched."""
    model, columns = BESIDE[name], BESIDE_COLUMNS[name]
    before: dict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for pk, *row in model._default_manager.filter(fact_id__in=folded).values_list("fact_id", *columns):
        before[pk][tuple(row)] += 1
    place = columns.index("day")
    touched: set[dt.date] = set()
    gone: list[int] = []
    new: list[models.Model] = []
    for pk, result in folded.items():
        rows = getattr(result, name)
        after = Counter(tuple(row[column] for column in columns) for row in rows)
        if pk in moved:
            touched |= {row[place] for row in before[pk] | after}
        if after != before[pk]:
            touched |= {row[place] for row in (after - before[pk]) | (before[pk] - after)}
            gone.append(pk)
            new.extend(model(fact_id=pk, **row) for row in rows)
    if gone:
        model._default_manager.filter(fact_id__in=gone).delete()
        model._default_manager.bulk_create(new, batch_size=5000)
    return touched
