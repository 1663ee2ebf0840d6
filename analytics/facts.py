"""Write facts: read the logs of some tickets, fold them, keep what changed, and note which days it touches.

One rule for the single refresh and for the rebuild of everything. The caller holds the lock of `analytics.refresh`.
"""

import datetime as dt
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, models

from analytics import calendars
from analytics.database import copy, fetch
from analytics.fold import Folded, Log, fold, neighbours
from analytics.loading import load, with_dependants
from analytics.models import Asked, Dirty, Effort, Fact, MessageDay, Promise, Rated, Step, Wait

BESIDE: dict[str, type[models.Model]] = {
    "waits": Wait,
    "message_days": MessageDay,
    "promises": Promise,
    "steps": Step,
    "efforts": Effort,
    "asked": Asked,
    "rated": Rated,
}
COLUMNS = [field.attname for field in Fact._meta.concrete_fields]
DAYS = [name for name in COLUMNS if name.endswith("_day")]
values_of = itemgetter(*COLUMNS)
TAGS = COLUMNS.index("tags")
# When these change, every row beside the fact counts somewhere else.
EVERYWHERE = ("is_counted", "is_stock", "inbox", "channel", "topic", "tags")
# In the order of the fields of the fold's rows.
BESIDE_COLUMNS = {
    name: [field.attname for field in model._meta.concrete_fields if field.attname not in {"id", "fact_id"}]
    for name, model in BESIDE.items()
}


def zone() -> zoneinfo.ZoneInfo:
    """Return the workspace's time zone: days begin and end in it."""
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def fold_each(logs: Iterable[Log]) -> dict[int, Folded]:
    """Fold logs; one that cannot be folded is told of in the log and must not hold up the figures of all others."""
    folded, here = {}, zone()
    for log in logs:
        try:
            folded[log.ticket] = fold(log, here, calendars.business_seconds)
        except Exception:  # noqa: BLE001 - whatever a log does to the rule, the other tickets' figures go on
            structlog.get_logger(__name__).exception("ticket_cannot_be_folded", ticket=log.ticket)
    return folded


def complete(facts: Iterable[dict[str, Any]]) -> None:
    """Complete facts from each other; they must be all that their contacts have."""
    by_contact: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        by_contact[fact["contact"]].append(fact)
    for theirs in by_contact.values():
        neighbours(theirs)


def derive(ticket_ids: Sequence[int]) -> int:
    """Write the facts of tickets, all that their contacts have, into empty tables; return how many there are."""
    folded = fold_each(load(ticket_ids))
    facts = [result.fact for result in folded.values()]
    complete(facts)
    copy("kpi_fact", COLUMNS, map(_written, facts))
    for name, model in BESIDE.items():
        rows = ((pk, *row) for pk, result in folded.items() for row in getattr(result, name))
        copy(model._meta.db_table, ["fact_id", *BESIDE_COLUMNS[name]], rows)
    return len(facts)


def refold(ticket_ids: Sequence[int]) -> set[dt.date]:
    """Derive the facts of some tickets anew; return the days that this touches, which are noted as dirty."""
    calendars.archive()
    folded = fold_each(load(with_dependants(ticket_ids)))
    before = _facts_of_contacts(folded)
    after = {pk: dict(fact) for pk, fact in before.items()}
    for pk, result in folded.items():
        after[pk] = {**after.get(pk, {}), **result.fact}
    complete(after.values())
    changed = [fact for pk, fact in after.items() if fact != before.get(pk)]
    touched = _days(fact for fact in changed) | _days(
        before[f["ticket_id"]] for f in changed if f["ticket_id"] in before
    )
    _write_facts(changed)
    moved = {fact["ticket_id"] for fact in changed if _moved(fact, before.get(fact["ticket_id"]))}
    for name in BESIDE:
        touched |= _write_beside(name, folded, moved)
    Dirty.objects.bulk_create([Dirty(day=day) for day in sorted(touched)])
    return touched


def _written(fact: dict[str, Any]) -> tuple[Any, ...]:
    values = values_of(fact)
    return *values[:TAGS], f"{{{','.join(map(str, values[TAGS]))}}}", *values[TAGS + 1 :]


def _write_facts(facts: Sequence[dict[str, Any]]) -> None:
    """Insert or replace facts: by COPY into a table of this session's own, from there in one statement."""
    if not facts:
        return
    columns = ", ".join(COLUMNS)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "ticket_id")
    with connection.cursor() as sql:
        sql.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS kpi_staged (LIKE kpi_fact INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
        )
        sql.execute("DELETE FROM kpi_staged")
        copy("kpi_staged", COLUMNS, map(_written, facts))
        sql.execute(
            f"INSERT INTO kpi_fact ({columns}) SELECT {columns} FROM kpi_staged"  # noqa: S608
            f" ON CONFLICT (ticket_id) DO UPDATE SET {replaced}"
        )


def _facts_of_contacts(folded: dict[int, Folded]) -> dict[int, dict[str, Any]]:
    """Return the known facts of the tickets and of the other tickets of their contacts, past and present."""
    contacts = {result.fact["contact"] for result in folded.values()}
    contacts |= {pk for (pk,) in fetch("SELECT contact FROM kpi_fact WHERE ticket_id = ANY(%s::bigint[])", [[*folded]])}
    rows = fetch(
        f"SELECT {', '.join(COLUMNS)} FROM kpi_fact WHERE contact = ANY(%s::bigint[])",  # noqa: S608
        [[*contacts]],
    )
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}


def _days(facts: Iterable[dict[str, Any]]) -> set[dt.date]:
    return {fact[name] for fact in facts for name in DAYS if fact[name] is not None}


def _moved(fact: dict[str, Any], known: dict[str, Any] | None) -> bool:
    return known is not None and any(fact[name] != known[name] for name in EVERYWHERE)


def _write_beside(name: str, folded: dict[int, Folded], moved: set[int]) -> set[dt.date]:
    """Replace the rows beside the facts where they differ; return the days that are touched."""
    table, columns = BESIDE[name]._meta.db_table, BESIDE_COLUMNS[name]
    before: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    known = f"SELECT fact_id, {', '.join(columns)} FROM {table} WHERE fact_id = ANY(%s::bigint[])"  # noqa: S608
    for pk, *row in fetch(known, [[*folded]]):
        before[pk].append(tuple(row))
    place = columns.index("day")
    touched: set[dt.date] = set()
    gone: list[int] = []
    new: list[tuple[Any, ...]] = []
    for pk, result in folded.items():
        rows, there = getattr(result, name), before.get(pk, [])
        if pk in moved:
            touched |= {row[place] for row in [*there, *rows]}
        if rows == there:
            continue
        old, now = Counter(there), Counter(map(tuple, rows))
        if old != now:
            touched |= {row[place] for row in (now - old) | (old - now)}
            gone.append(pk)
            new.extend((pk, *row) for row in rows)
    if gone:
        with connection.cursor() as sql:
            sql.execute(f"DELETE FROM {table} WHERE fact_id = ANY(%s::bigint[])", [gone])  # noqa: S608
        copy(table, ["fact_id", *columns], new)
    return touched
