"""The work list: what to answer next, most urgent first.

Overdue comes first, then what is due within a quarter of an hour, then the rest; inside a group the priority, the due
time and the age decide. One page costs two queries for five tickets and for twenty thousand: counts, and lines
(`tickets/worklist.py`).
"""

import datetime as dt
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Team, User
from tickets import worklist
from tickets.cursors import Cursor
from tickets.models import (
    SETTLED_STATUSES,
    Contact,
    Conversation,
    Inbox,
    Message,
    MessageState,
    Ticket,
    TicketQuerySet,
)
from tickets.worklist import NEVER

PAGE_SIZE = 30
MAX_ROWS = 200
SOON = dt.timedelta(minutes=15)


class View(StrEnum):
    """One cut of the work list; the value is its address."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    RESOLVED = "resolved"
    SPAM = "spam"


VIEW_LABELS = {
    View.MINE: pgettext_lazy("tab of the work list", "Mine"),
    View.UNASSIGNED: pgettext_lazy("tab of the work list", "Unassigned"),
    View.ALL: pgettext_lazy("tab of the work list", "All open"),
    View.RESOLVED: pgettext_lazy("tab of the work list", "Resolved"),
    View.SPAM: _("Spam"),
}
SETTLED_VIEWS = (View.RESOLVED, View.SPAM)
GROUPS = (
    ("overdue", _("Overdue"), "bad", "circle-alert"),
    ("soon", _("Reply due within 15 min"), "warn", "timer"),
    ("later", _("Later"), "", ""),
)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much there is, per tab and per group of the shown tab; up to `worklist.MOST` of each."""

    tabs: dict[str, int]
    groups: dict[str, int]


def in_words(number: int) -> str:
    """Return a count as it is shown: nobody reads more than three digits of work."""
    return str(number) if number < worklist.MOST else f"{worklist.MOST - 1}+"


@dataclass
class Row:
    """One line of the list, and the ticket that it speaks of."""

    line: worklist.Line

    @property
    def draft(self) -> str:
        """Return what the reader has begun to answer."""
        return self.line.draft or ""

    @property
    def message(self) -> Message | None:
        """Return the message that the preview shows."""
        return self.ticket.last_message

    @property
    def failed(self) -> bool:
        """Whether our last word did not arrive."""
        return self.line.message_state == MessageState.FAILED

    @cached_property
    def ticket(self) -> Ticket:
        """Return the ticket with as much as the line knows of it, for those who make words of it."""
        line = self.line
        ticket = Ticket(
            pk=line.pk,
            status=line.status,
            priority=line.priority,
            subject=line.subject,
            due_at=line.due_at,
            warn_at=line.warn_at,
            waiting_since=line.waiting_since,
            unanswered_count=line.unanswered_count,
            snoozed_until=line.snoozed_until,
            spam_at=line.spam_at,
        )
        contact = Contact(
            pk=line.contact_id, name=line.contact_name, phone=line.contact_phone, language=line.contact_language
        )
        ticket.conversation = Conversation(contact=contact, inbox=Inbox(channel=line.channel))
        if line.assignee_id is not None:
            ticket.assignee = User(
                pk=line.assignee_id,
                first_name=line.assignee_first_name or "",
                last_name=line.assignee_last_name or "",
                username=line.assignee_username or "",
            )
        if line.message_id is not None:
            ticket.last_message = self._message()
        return ticket

    def _message(self) -> Message:
        line = self.line
        author = None
        if line.message_author_id is not None:
            author = User(
                pk=line.message_author_id,
                first_name=line.message_author_first_name,
                username=line.message_author_username,
            )
        return Message(
            pk=line.message_id,
            kind=line.message_kind,
            state=line.message_state,
            content_type=line.message_content_type,
            text=line.message_text,
            language=line.message_language,
            delivered_at=line.message_delivered_at,
            read_at=line.message_read_at,
            played_at=line.message_played_at,
            author=author,
            occurred_at=line.at,
        )


@dataclass
class Group:
    """Rows that are about equally urgent."""

    name: str
    label: Any
    tone: str
    icon: str
    count: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the list; the stamp changes whenever something changes that the first page shows."""

    groups: list[Group]
    next_cursor: str
    at: dt.datetime
    stamp: str

    @property
    def rows(self) -> list[Row]:
        """Return all rows, in order."""
        return [row for group in self.groups for row in group.rows]


TEAMS = """
SELECT t.*, m.is_lead AS is_led FROM agents_team t LEFT JOIN agents_membership m ON m.team_id = t.id AND m.user_id = %s
WHERE %s OR m.id IS NOT NULL ORDER BY t.name
"""


def teams_of(user: User) -> list[Team]:
    """Return the teams whose tickets this person reads; `is_led` says whether by them. One query."""
    return list(Team.objects.raw(TEAMS, [user.pk, user.sees_everything]))


def visible(user: User, team_id: int | None) -> TicketQuerySet:
    """Return what this person may read, of one team or of all of theirs."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    return tickets if team_id is None else tickets.filter(team_id=team_id)


def of_view(user: User, view: View, team_id: int | None) -> TicketQuerySet:
    """Return the tickets of one cut, in no order."""
    tickets = visible(user, team_id)
    if view == View.RESOLVED:
        return tickets.standing().filter(status__in=SETTLED_STATUSES)
    if view == View.SPAM:
        return tickets.filter(spam_at__isnull=False)
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


def cut_of(user: User, view: View, teams: Iterable[int], at: dt.datetime) -> worklist.Cut:
    """Return the cut of the list that this person reads; `teams` are some or all of `teams_of` them."""
    of_teams = tuple(teams)
    every = not of_teams and user.sees_everything
    return worklist.Cut(user_id=user.pk, view=str(view), teams=None if every else of_teams, at=at, soon=at + SOON)


def counts(cut: worklist.Cut) -> Counts:
    """Count the tabs and the groups of the shown tab; one query. The tab of resolved tickets is not counted."""
    mine, unassigned, everything, *groups = worklist.count(cut)
    return Counts(
        tabs={"mine": mine, "unassigned": unassigned, "all": everything},
        groups=dict(zip((name for name, *_ in GROUPS), groups, strict=True)),
    )


def _stretches(counted: Counts, size: int) -> list[int]:
    """Return the groups that the first lines can be of; about the others nothing need be asked."""
    wanted, before = [], 0
    for number, (name, *_words) in enumerate(GROUPS):
        if counted.groups[name] and before < size:
            wanted.append(number)
        before += counted.groups[name]
    return wanted or [0]


def _stamp(counted: Counts, first: Iterable[tuple[int, int]]) -> str:
    told = [*counted.tabs.values(), *counted.groups.values(), *first]
    return f"{zlib.crc32(repr(told).encode()):08x}"


def stamp(cut: worklist.Cut) -> str:
    """Return the stamp that the first page of the list has now; two queries."""
    counted = counts(cut)
    return _stamp(counted, worklist.versions(cut, PAGE_SIZE, _stretches(counted, PAGE_SIZE)))


def page(cut: worklist.Cut, *, counted: Counts, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
    """Return one page of a view; one query. The groups are those of the moment at which its first page was made."""
    settled = cut.view in SETTLED_VIEWS
    after = cursor.key if cursor is not None and len(cursor.key) == (2 if settled else len(KEY)) else ()
    if cursor is not None and not settled:
        cut = replace(cut, at=cursor.at, soon=cursor.at + SOON)
    # The groups were counted as of now, and further pages are those of the first one's moment.
    stretches = worklist.EVERY if cursor is not None else _stretches(counted, size + 1)
    found = worklist.lines(cut, after, size + 1, stretches)
    shown, more = found[:size], len(found) > size
    groups = [
        Group(name=name, label=label, tone=tone, icon=icon, count=in_words(counted.groups[name]))
        for name, label, tone, icon in GROUPS
    ]
    groups.append(Group(name="resolved", label="", tone="", icon="", count=in_words(len(shown))))
    for line in shown:
        groups[line.stretch].rows.append(Row(line))
    key: tuple[Any, ...] = ()
    if more:
        last = shown[-1]
        key = (
            (last.due_key, last.pk) if settled else (last.stretch, last.priority, last.due_key, last.opened_at, last.pk)
        )
    return Page(
        groups=[group for group in groups if group.rows],
        next_cursor=Cursor(at=cut.at, key=key).encode() if more else "",
        at=cut.at,
        stamp=_stamp(counted, [(line.pk, line.version) for line in found[:PAGE_SIZE]]),
    )


def next_after(user: User, view: View, team_id: int | None, ticket: Ticket, at: dt.datetime) -> int | None:
    """Return the ticket to go on with after this one: the next of the view, else its first; None after the last."""
    if view in SETTLED_VIEWS:
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
