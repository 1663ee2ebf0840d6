"""Write facts: read the logs of some tickets, fold them, keep what changed, and note which days it touches.

One rule for the single refresh and for the rebuild of everything. The caller holds the lock of `analytics.refresh`.
"""

import datetime as dt
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Coalesce

from analytics import calendars
from analytics.definitions import NPS_WINDOW_DAYS
from analytics.fold import (
    Folded,
    Log,
    LoggedClock,
    LoggedEvent,
    LoggedFocus,
    LoggedMessage,
    LoggedSurvey,
    fold,
    neighbours,
)
from analytics.models import Asked, Dirty, Effort, Fact, MessageDay, Promise, Rated, Step, Wait
from surveys.models import InvitationState, SurveyInvitation, SurveyKind
from tickets.models import FocusSegment, Message, SlaClock, Ticket, TicketEvent, TicketTag

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
    stretches = FocusSegment.objects.filter(ticket_id__in=ticket_ids).order_by("ticket_id", "started_at")
    for pk, *row in stretches.values_list(
        "ticket_id", "user_id", "composing", "started_at", Coalesce("ended_at", "last_seen_at")
    ):
        logs[pk].focus.append(LoggedFocus(*row))
    _load_surveys(logs)
    return [logs[pk] for pk in sorted(logs) if logs[pk].events]


def _load_surveys(logs: dict[int, Log]) -> None:
    sent = SurveyInvitation.objects.filter(ticket_id__in=logs, state=InvitationState.SENT).select_related(
        "survey", "message", "response"
    )
    contacts = [logs[invitation.ticket_id].contact for invitation in sent]
    newest = _answers_of(contacts) if contacts else {}
    for invitation in sent.order_by("pk"):
        message, answer = invitation.message, getattr(invitation, "response", None)
        log = logs[invitation.ticket_id]
        assert message is not None and invitation.decided_at is not None  # noqa: S101, PT018 - by constraint
        superseded = answer is not None and any(
            answer.occurred_at < at <= answer.occurred_at + dt.timedelta(days=NPS_WINDOW_DAYS)
            for at in newest.get((log.contact, invitation.survey.kind), ())
        )
        log.surveys.append(
            LoggedSurvey(
                kind=invitation.survey.kind,
                agent=invitation.agent_id,
                team=invitation.team_id,
                sent_at=invitation.decided_at,
                is_delivered=bool(message.delivered_at or message.read_at or message.played_at),
                answered_at=answer.occurred_at if answer else None,
                score=answer.score if answer else None,
                lowest=answer.lowest if answer else None,
                highest=answer.highest if answer else None,
                is_superseded=superseded and invitation.survey.kind == SurveyKind.NPS,
            )
        )


def _of_contacts(contacts: Iterable[int]) -> models.Q:
    """Return the condition on invitations that these people, under whatever entry, were asked."""
    who = "ticket__conversation__contact"
    return models.Q(**{f"{who}__in": contacts}) | models.Q(**{f"{who}__merged_into__in": contacts})


def _answers_of(contacts: Iterable[int]) -> dict[tuple[int, str], list[dt.datetime]]:
    """Return when these contacts answered, by contact and kind of survey."""
    found: dict[tuple[int, str], list[dt.datetime]] = defaultdict(list)
    for contact, merged_into, kind, at in SurveyInvitation.objects.filter(
        _of_contacts(set(contacts)), response__isnull=False
    ).values_list(
        "ticket__conversation__contact_id",
        "ticket__conversation__contact__merged_into_id",
        "survey__kind",
        "response__occurred_at",
    ):
        found[merged_into or contact, kind].append(at)
    return found


def _with_older_answers(ticket_ids: Sequence[int]) -> list[int]:
    """Add the tickets whose recommendation a newer one of the same contact may take the place of."""
    nps = SurveyInvitation.objects.filter(survey__kind=SurveyKind.NPS, response__isnull=False)
    contacts = nps.filter(ticket_id__in=ticket_ids).values_list(
        "ticket__conversation__contact_id", "ticket__conversation__contact__merged_into_id"
    )
    people = {merged_into or contact for contact, merged_into in contacts}
    older = nps.filter(_of_contacts(people)).values_list("ticket_id", flat=True) if people else ()
    return sorted({*ticket_ids, *older})


def refold(ticket_ids: Sequence[int]) -> set[dt.date]:
    """Derive the facts of some tickets anew; return the days that this touches, which are noted as dirty."""
    calendars.archive()
    logs = load(_with_older_answers(ticket_ids))
    folded = _fold_each(logs)
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
    _write_facts(changed)
    moved = {fact["ticket_id"] for fact in changed if _moved(fact, before.get(fact["ticket_id"]))}
    for name in BESIDE:
        touched |= _write_beside(name, folded, moved)
    Dirty.objects.bulk_create([Dirty(day=day) for day in sorted(touched)])
    return touched


def _write_facts(facts: Sequence[dict[str, Any]]) -> None:
    """Insert or replace facts: by COPY into a table of this session's own, from there in one statement."""
    if not facts:
        return
    columns = ", ".join(COLUMNS)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "ticket_id")
    with connection.cursor() as sql:
        sql.execute("CREATE TEMPORARY TABLE IF NOT EXISTS kpi_staged (LIKE kpi_fact) ON COMMIT DELETE ROWS")
        sql.execute("DELETE FROM kpi_staged")
        _copy("kpi_staged", COLUMNS, (tuple(fact[name] for name in COLUMNS) for fact in facts))
        sql.execute(
            f"INSERT INTO kpi_fact ({columns}) SELECT {columns} FROM kpi_staged"  # noqa: S608
            f" ON CONFLICT (ticket_id) DO UPDATE SET {replaced}"
        )


def _fold_each(logs: Iterable[Log]) -> dict[int, Folded]:
    """Fold logs; one that cannot be folded is told of in the log and must not hold up the figures of all others."""
    folded = {}
    for log in logs:
        try:
            folded[log.ticket] = fold(log, zone(), calendars.business_seconds)
        except Exception:  # noqa: BLE001 - whatever a log does to the rule, the other tickets' figures go on
            structlog.get_logger(__name__).exception("ticket_cannot_be_folded", ticket=log.ticket)
    return folded


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
    new: list[tuple[Any, ...]] = []
    for pk, result in folded.items():
        rows = getattr(result, name)
        after = Counter(tuple(row[column] for column in columns) for row in rows)
        if pk in moved:
            touched |= {row[place] for row in before[pk] | after}
        if after != before[pk]:
            touched |= {row[place] for row in (after - before[pk]) | (before[pk] - after)}
            gone.append(pk)
            new.extend((pk, *(row[column] for column in columns)) for row in rows)
    if gone:
        model._default_manager.filter(fact_id__in=gone).delete()
        _copy(model._meta.db_table, ["fact_id", *columns], new)
    return touched


def _copy(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows by COPY, at a fraction of the cost of INSERT."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as sql, sql.cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
