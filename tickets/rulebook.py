"""What the house has decided: routing rules, promises, hours and words, read again only when one of them changed.

PostgreSQL keeps with each row which transaction wrote it and where it lies; no two versions of a row share both. One
cheap question for these marks tells whether what this process remembers still holds, whoever changed it and however.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection

from tickets.models import AutomaticText, BusinessHours, RoutingRule, SlaPolicy, TeamHours

TABLES = (
    "tickets_routingrule",
    "tickets_slapolicy",
    "tickets_slatarget",
    "tickets_businesshours",
    "tickets_teamhours",
    "tickets_automatictext",
)
MARKS_OF = "(SELECT md5(string_agg(id || xmin::text || ctid::text, ' ' ORDER BY id)) FROM {})"
MARKS = f"SELECT {', '.join(MARKS_OF.format(table) for table in TABLES)}"
Marks = tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """One reading of it; the rows are shared by all threads, so nobody may change them."""

    rules: list[RoutingRule]
    policies: list[SlaPolicy]
    texts: list[AutomaticText]
    hours: dict[int, BusinessHours]
    default_hours: BusinessHours | None

    def hours_of_team(self, team_id: int) -> BusinessHours | None:
        """Return the hours a team keeps: its own, else the default ones; None where nobody set any."""
        return self.hours.get(team_id, self.default_hours)


@dataclass
class _Desk:
    """Where a rulebook lies open for the length of one piece of work."""

    book: Rulebook | None = None


_desk: ContextVar[_Desk | None] = ContextVar("rulebook", default=None)
_kept: tuple[Marks, Rulebook] | None = None


def _read() -> Rulebook:
    return Rulebook(
        rules=list(RoutingRule.objects.kept().filter(is_active=True)),
        policies=list(SlaPolicy.objects.filter(is_active=True).prefetch_related("targets")),
        texts=list(AutomaticText.objects.filter(is_active=True)),
        hours={own.team_id: own.hours for own in TeamHours.objects.select_related("hours")},
        default_hours=BusinessHours.objects.filter(is_default=True).first(),
    )


def current() -> Rulebook:
    """Return what holds now; one query while nothing changes, none after the first within `laid_open`."""
    global _kept  # noqa: PLW0603 - one rulebook per process
    desk = _desk.get()
    if desk is not None and desk.book is not None:
        return desk.book
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        marks: Marks = tuple(cursor.fetchone() or ())
    known = _kept
    if known is None or known[0] != marks:
        # What changes between the marks and the rows has other marks, so the next reader reads again.
        known = _kept = (marks, _read())
    if desk is not None:
        desk.book = known[1]
    return known[1]


@contextmanager
def laid_open() -> Iterator[None]:
    """Go by one reading to the end of the block, so that one message meets one state of the house."""
    token = _desk.set(_Desk())
    try:
        yield
    finally:
        _desk.reset(token)
