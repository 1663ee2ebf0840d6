"""The work list: what to answer next, most urgent first.

Overdue comes first, then what is due within a quarter of an hour, then the rest; inside a group the priority, the due
time and the age decide. One page costs the same number of queries for five tickets and for twenty thousand: counts,
keys of the page, rows of the page, tags, drafts.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Membership, Team, User
from tickets.models import SETTLED_STATUSES, Draft, Message, MessageState, Ticket, TicketQuerySet

PAGE_SIZE = 30
MAX_ROWS = 200
SOON = dt.timedelta(minutes=15)
# Stands for "nobody waits" where due times are compared.
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class View(StrEnum):
    """One cut of the work list; the value is its address."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    RESOLVED = "resolved"


VIEW_LABELS = {
    View.MINE: pgettext_lazy("tab of the work list", "Mine"),
    View.UNASSIGNED: pgettext_lazy("tab of the work list", "Unassigned"),
    View.ALL: pgettext_lazy("tab of the work list", "All open"),
    View.RESOLVED: pgettext_lazy("tab of the work list", "Resolved"),
}
GROUPS = (
    ("overdue", _("Overdue"), "bad", "circle-alert"),
    ("soon", _("Reply due within 15 min"), "warn", "timer"),
    ("later", _("Later"), "", ""),
)


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where a page of the list ended. It carries its moment, so that groups do not shift between two pages."""

    at: dt.datetime
    key: tuple[Any, ...]

    def encode(self) -> str:
        """Return the cursor as it stands in an address."""
        text = json.dumps([self.at.isoformat(), *[_plain(part) for part in self.key]])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor | None":
        """Return the cursor of an address; None for anything else, so that a mangled link shows the first page."""
        try:
            raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            at, *key = raw
            if len(key) == 2:
                return cls(at=_moment(at), key=(_moment(key[0]), int(key[1])))
            group, priority, due, opened, pk = key
            return cls(at=_moment(at), key=(int(group), int(priority), _moment(due), _moment(opened), int(pk)))
        except (ValueError, TypeError, OverflowError, binascii.Error, UnicodeDecodeError):
            return None


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at


def _plain(part: Any) -> Any:
    return part.isoformat() if isinstance(part, dt.datetime) else part


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much there is: per tab and per group of the shown tab; the stamp changes whenever one of its tickets does."""

    tabs: dict[str, int]
    groups: dict[str, int]
    stamp: str


@dataclass
class Row:
    """One line of the list: the ticket and what the reader's own draft of it says."""

    ticket: Ticket
    group: str
    draft: str = ""
    mine: bool = False

    @property
    def message(self) -> Message | None:
        """Return the message that the preview shows."""
        return self.ticket.last_message

    @property
    def failed(self) -> bool:
        """Whether our last word did not arrive."""
        return self.message is not None and self.message.state == MessageState.FAILED


@dataclass
class Group:
    """Rows that are about equally urgent."""

    name: str
    label: Any
    tone: str
    icon: str
    count: int
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the list."""

    groups: list[Group]
    next_cursor: str
    at: dt.datetime

    @property
    def rows(self) -> list[Row]:
        """Return all rows, in order."""
        return [row for group in self.groups for row in group.rows]


def teams_of(user: User) -> list[Team]:
    """Return the teams whose tickets this person reads; one query."""
    if user.sees_everything:
        return list(Team.objects.all())
    return list(Team.objects.filter(pk__in=Membership.objects.filter(user=user).values("team_id")))


def visible(user: User, team_id: int | None) -> TicketQuerySet:
    """Return what this person may read, of one team or of all of theirs."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    return tickets if team_id is None else tickets.filter(team_id=team_id)


def of_view(user: User, view: View, team_id: int | None) -> TicketQuerySet:
    """Return the tickets of one cut, in no order."""
    tickets = visible(user, team_id)
    if view == View.RESOLVED:
        return tickets.filter(status__in=SETTLED_STATUSES)
    tickets = tickets.unfinished()
    if view == View.MINE:
        return tickets.filter(assignee=user)
    if view == View.UNASSIGNED:
        return tickets.filter(assignee__isnull=True)
    return tickets


def _group(at: dt.datetime) -> Case:
    return Case(
        When(due_at__lte=at, then=Value(0)),
        When(due_at__lte=at + SOON, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def ordered(tickets: QuerySet[Ticket], at: dt.datetime) -> QuerySet[Ticket, Any]:
    """Return the keys of tickets in the order in which they shall be answered."""
    return (
        tickets.annotate(group=_group(at), due_key=Coalesce("due_at", NEVER))
        .order_by("group", "priority", "due_key", "opened_at", "pk")
        .values("pk", "group", "priority", "due_key", "opened_at")
    )


def _after(key: Iterable[tuple[str, Any]]) -> Q:
    """Return the condition "behind this key", spelt out column by column."""
    condition, same = Q(), Q()
    for column, value in key:
        condition |= same & Q(**{f"{column}__gt": value})
        same &= Q(**{column: value})
    return condition


KEY = ("group", "priority", "due_key", "opened_at", "pk")


def counts(user: User, view: View, team_id: int | None, at: dt.datetime) -> Counts:
    """Count the tabs and the groups of the shown tab; one query. The tab of resolved tickets is not counted."""
    mine, unassigned = Q(assignee=user), Q(assignee__isnull=True)
    shown = {View.MINE: mine, View.UNASSIGNED: unassigned}.get(view, Q())
    overdue, soon = Q(due_at__lte=at), Q(due_at__gt=at, due_at__lte=at + SOON)
    numbers = (
        visible(user, team_id)
        .unfinished()
        .aggregate(
            mine=Count("pk", filter=mine),
            unassigned=Count("pk", filter=unassigned),
            all=Count("pk"),
            shown=Count("pk", filter=shown),
            overdue=Count("pk", filter=shown & overdue),
            soon=Count("pk", filter=shown & soon),
            versions=Coalesce(Sum("version", filter=shown), 0),
        )
    )
    return Counts(
        stamp=f"{numbers['shown']}-{numbers['versions']}",
        tabs={name: numbers[name] for name in ("mine", "unassigned", "all")},
        groups={
            "overdue": numbers["overdue"],
            "soon": numbers["soon"],
            "later": numbers["shown"] - numbers["overdue"] - numbers["soon"],
        },
    )


def _rows(user: User, keys: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Fetch what the lines show: tickets with contact, inbox, assignee and last message; tags; own drafts."""
    ids = [key["pk"] for key in keys]
    tickets = (
        Ticket.objects.filter(pk__in=ids)
        .select_related("conversation__contact", "conversation__inbox", "assignee", "last_message__author")
        .prefetch_related("tags")
        .in_bulk()
        if ids
        else {}
    )
    drafts = dict(Draft.objects.filter(user=user, ticket__in=ids).values_list("ticket_id", "text")) if ids else {}
    return [
        Row(
            ticket=tickets[key["pk"]],
            group=GROUPS[key["group"]][0] if "group" in key else "",
            draft=drafts.get(key["pk"], ""),
            mine=tickets[key["pk"]].assignee_id == user.pk,
        )
        for key in keys
        if key["pk"] in tickets
    ]


def page(
    user: User,
    view: View,
    team_id: int | None,
    *,
    at: dt.datetime,
    counted: Counts,
    cursor: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return one page of a view."""
    tickets = of_view(user, view, team_id)
    if view == View.RESOLVED:
        return _page_of_resolved(user, tickets, at=at, cursor=cursor, size=size)
    at = cursor.at if cursor else at
    keys = ordered(tickets, at)
    if cursor is not None and len(cursor.key) == len(KEY):
        keys = keys.filter(_after(zip(KEY, cursor.key, strict=True)))
    found = list(keys[: size + 1])
    shown, more = found[:size], len(found) > size
    groups = [
        Group(name=name, label=label, tone=tone, icon=icon, count=counted.groups[name])
        for name, label, tone, icon in GROUPS
    ]
    by_name = {group.name: group for group in groups}
    for row in _rows(user, shown):
        by_name[row.group].rows.append(row)
    last = tuple(shown[-1][column] for column in KEY) if more else ()
    return Page(
        groups=[group for group in groups if group.rows],
        next_cursor=Cursor(at=at, key=last).encode() if more else "",
        at=at,
    )


def _page_of_resolved(
    user: User, tickets: QuerySet[Ticket], *, at: dt.datetime, cursor: Cursor | None, size: int
) -> Page:
    keys = tickets.order_by("-resolved_at", "-pk").values("pk", "resolved_at")
    if cursor is not None and len(cursor.key) == 2:
        resolved_at, pk = cursor.key
        keys = keys.filter(Q(resolved_at__lt=resolved_at) | Q(resolved_at=resolved_at, pk__lt=pk))
    found = list(keys[: size + 1])
    shown, more = found[:size], len(found) > size
    rows = _rows(user, shown)
    group = Group(name="resolved", label="", tone="", icon="", count=len(rows), rows=rows)
    last = (shown[-1]["resolved_at"], shown[-1]["pk"]) if more else ()
    return Page(groups=[group] if rows else [], next_cursor=Cursor(at=at, key=last).encode() if more else "", at=at)


def next_after(user: User, view: View, team_id: int | None, ticket: Ticket, at: dt.datetime) -> int | None:
    """Return the ticket to go on with after this one: the next of the view, else its first; None after the last."""
    if view == View.RESOLVED:
        return None
    others = ordered(of_view(user, view, team_id).exclude(pk=ticket.pk), at)
    due = ticket.due_at or NEVER
    group = 0 if due <= at else 1 if due <= at + SOON else 2
    key = (group, ticket.priority, due, ticket.opened_at, ticket.pk)
    following = others.filter(_after(zip(KEY, key, strict=True))).first() or others.first()
    return following["pk"] if following else None


def versions_of(user: User, ids: list[int]) -> dict[int, int]:
    """Return the versions of those of these tickets that this person may read."""
    return dict(Ticket.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "version"))
