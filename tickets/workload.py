"""How much each agent has on their desk, and who takes the next ticket.

Load is what waits for an agent: new and open tickets, not snoozed, over all teams. Whoever hands out a ticket holds the
presence rows of everybody who could take it, so that two tickets that arrive at the same moment, even in two teams that
share people, never count the same load.

A ticket with tags that are skills goes only to somebody who has them all. Where nobody of its team who is here and has
room does, it waits in the queue and keeps nothing waiting behind it; anybody may still take it by hand.
"""

import datetime as dt
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from agents import presence
from agents.models import Assignment, Membership, PresenceInterval, PresenceState, User
from tickets import queue
from tickets.models import AgentSkill, Status, Ticket, TicketTag
from tickets.sweeping import LOOKED_AT

# These wait for one of us; pending and on hold wait for somebody else.
WAITING = (Status.NEW, Status.OPEN)


def _awake(at: dt.datetime) -> Q:
    return Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at)


def load(at: dt.datetime, of: str = "user_id") -> Coalesce:
    """Return the expression for the load of the person whom the column `of` names."""
    desk = Ticket.objects.filter(_awake(at), assignee=OuterRef(of), status__in=WAITING)
    return Coalesce(Subquery(desk.order_by().values("assignee").annotate(n=Count("pk")).values("n")), 0)


def state(at: dt.datetime, of: str = "pk") -> Coalesce:
    """Return the expression for the presence of the person whom the column `of` names; "" for one who is not here."""
    here = PresenceInterval.objects.filter(presence.is_here(at), user_id=OuterRef(of))
    return Coalesce(Subquery(here.values("state")[:1]), Value(""))


class Placed(NamedTuple):
    """Somebody of a team, whether they are here, and how much is on their desk."""

    person: User
    state: str
    load: int


# `state` and `load` for everybody of a team: every page of a ticket asks, and SQL spares it the time of putting the
# question together.
OF_TEAM = """
SELECT u.id, u.first_name, u.last_name, u.username,
  coalesce((SELECT p.state FROM agents_presenceinterval p
    WHERE p.user_id = u.id AND p.ended_at IS NULL AND p.last_seen_at >= %(since)s LIMIT 1), ''),
  (SELECT count(*) FROM tickets_ticket t WHERE t.assignee_id = u.id AND t.status = ANY(%(waiting)s)
    AND (t.snoozed_until IS NULL OR t.snoozed_until <= %(at)s))
FROM agents_membership m JOIN agents_user u ON u.id = m.user_id
WHERE m.team_id = %(team)s AND u.is_active ORDER BY u.first_name, u.last_name, u.username
"""


def of_team(team_id: int, at: dt.datetime) -> list[Placed]:
    """Return the people of a team in the order of their names, with their `state` and `load`; one query."""
    values: dict[str, Any] = {"team": team_id, "at": at, "since": at - presence.GRACE, "waiting": list(WAITING)}
    with connection.cursor() as cursor:
        cursor.execute(OF_TEAM, values)
        return [
            Placed(User(pk=pk, first_name=first, last_name=last, username=username), state, load)
            for pk, first, last, username, state, load in cursor.fetchall()
        ]


def takers(at: dt.datetime, **of: Any) -> QuerySet[Any, Any]:
    """Return the memberships of those who can take a ticket now: least load first, then who has waited longest."""
    here = PresenceInterval.objects.filter(
        presence.is_here(at, state=PresenceState.ONLINE), user_id=OuterRef("user_id")
    )
    return (
        presence.answering(team__assignment=Assignment.LEAST_LOAD, **of)
        .filter(Exists(here))
        .annotate(load=load(at))
        .filter(load__lt=Coalesce("capacity", "team__capacity"))
        .order_by("load", F("last_assigned_at").asc(nulls_first=True), "user_id")
        .values("pk", "team_id", "user_id", "load")
    )


class Taker(NamedTuple):
    """Who takes a ticket: their load before, and the skills that the ticket asked for."""

    user_id: int
    load: int
    skills: list[int]


def _asked(ticket: Any) -> QuerySet[TicketTag]:
    """Return the skills that a ticket asks for."""
    return TicketTag.objects.filter(ticket=ticket, tag__is_skill=True)


def _able(ticket: Any) -> Q:
    """Return the condition on memberships "has every skill that this ticket asks for"."""
    had = AgentSkill.objects.filter(user=OuterRef(OuterRef("user_id")), tag=OuterRef("tag_id"))
    return Q(~Exists(_asked(ticket).filter(~Exists(had))))


def take(ticket: Ticket, at: dt.datetime) -> Taker | None:
    """Choose who takes a ticket of its team; None when nobody can.

    The ticket must be locked, and the caller's transaction must give it to them. Whoever put it back into the queue
    does not get it again.
    """
    team_id = ticket.team_id
    here = PresenceInterval.objects.filter(
        presence.is_here(at, state=PresenceState.ONLINE), user__in=presence.answering(team=team_id).values("user_id")
    )
    locked = list(here.select_for_update(no_key=True).order_by("user_id").values_list("user_id", flat=True))
    if not locked:
        return None
    # Loads are counted by a statement of its own: it sees what those did whose locks we waited for.
    able = takers(at, team=team_id, user__in=locked).exclude(user=ticket.released_by_id).filter(_able(ticket.pk))
    found = able.annotate(skills=ArraySubquery(_asked(ticket.pk).order_by("tag").values("tag"))).first()
    if found is None:
        return None
    Membership.objects.filter(pk=found["pk"]).update(last_assigned_at=at)
    return Taker(found["user_id"], found["load"], found["skills"])


def waiting(at: dt.datetime) -> list[int]:
    """Return the first tickets in the order of the queue that somebody could take now."""
    free = list(takers(at))
    people: dict[int, list[int]] = {}
    for taker in free:
        people.setdefault(taker["team_id"], []).append(taker["user_id"])
    if not people:
        return []
    takeable = Q()
    for team_id, users in people.items():
        of_team = Q(team=team_id)
        if len(users) == 1:
            of_team &= ~Q(released_by=users[0])
        takeable |= of_team
    able = Membership.objects.filter(
        ~Q(user=Coalesce(OuterRef("released_by"), 0)),
        _able(OuterRef(OuterRef("pk"))),
        pk__in=[taker["pk"] for taker in free],
        team=OuterRef("team"),
    )
    takeable &= ~Q(Exists(_asked(OuterRef("pk")))) | Q(Exists(able))
    found = Ticket.objects.filter(takeable, _awake(at), assignee__isnull=True, status__in=WAITING)
    return [row["pk"] for row in queue.ordered(found, at)[:LOOKED_AT]]
