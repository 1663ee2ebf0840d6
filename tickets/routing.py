"""Where a new ticket goes: the first rule by position that fits decides about team, priority and tags.

`route` runs in the transaction that opens the ticket, before any clock starts, so that the promise is the one of the
team it ends up with. The history keeps ids: rule, version, and the places of the keywords that were found.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from agents import notify
from tickets import rulebook
from tickets.actions.base import event
from tickets.calendars import calendar, hours_of_team
from tickets.folding import Folded, fold
from tickets.matching import Hit, MatchMode, matches, wants_human
from tickets.models import (
    ActorKind,
    BusinessHours,
    EventKind,
    Needed,
    Priority,
    RoutingRule,
    TagSource,
    Ticket,
    TicketEvent,
    TicketTag,
)


@dataclass
class Situation:
    """What rules look at; what costs a query or time is found out when the first rule asks."""

    text: str
    inbox_id: int
    team_id: int
    language: str
    at: dt.datetime
    hours_of: Callable[[int], BusinessHours | None] = hours_of_team

    @cached_property
    def folded(self) -> Folded:
        """The text in the spelling that keywords are compared in."""
        return fold(self.text)

    @cached_property
    def out_of_hours(self) -> bool:
        """Whether the inbox's team is closed now; False where no hours are set."""
        hours = self.hours_of(self.team_id)
        return hours is not None and not calendar(hours).is_open(self.at)


@dataclass(frozen=True)
class Match:
    """The rule that won, and where its keywords stand; no hits for a rule without keywords."""

    rule: RoutingRule
    hits: list[Hit]


def hits_of(rule: RoutingRule, situation: Situation) -> list[Hit] | None:
    """Return where a rule's keywords stand in the text; None when the rule does not fit."""
    if rule.inbox_id not in {None, situation.inbox_id}:
        return None
    if rule.language and rule.language != situation.language[:2].lower():
        return None
    if rule.out_of_hours and not situation.out_of_hours:
        return None
    if not rule.keywords:
        return []
    mode, all_of_them = MatchMode(rule.matching), rule.needed == Needed.ALL
    return matches(situation.folded, rule.keywords, mode=mode, all_of_them=all_of_them) or None


def first_match(rules: Iterable[RoutingRule], situation: Situation) -> Match | None:
    """Return the first active rule that fits; the rules come in their order."""
    for rule in rules:
        hits = hits_of(rule, situation) if rule.is_active else None
        if hits is not None:
            return Match(rule, hits)
    return None


def active_rules() -> list[RoutingRule]:
    """Return the rules that are in force, in their order; one query."""
    return rulebook.current().rules


def route(ticket: Ticket, text: str, at: dt.datetime) -> list[TicketEvent]:
    """Send a ticket that has just been opened where the rules say; the caller commits the events, which saves it.

    The ticket and its conversation must be locked. Where no rule fits it stays with the inbox's team.
    """
    conversation = ticket.conversation
    rules = active_rules()
    if not rules:
        return []
    situation = Situation(
        text=text,
        inbox_id=conversation.inbox_id,
        team_id=ticket.team_id,
        language=conversation.contact.language,
        at=at,
    )
    match = first_match(rules, situation)
    return [_apply(match, ticket, at)] if match else []


def _apply(match: Match, ticket: Ticket, at: dt.datetime) -> TicketEvent:
    rule = match.rule
    before = {"team": ticket.team_id, "priority": ticket.priority}
    if rule.team_id is not None:
        ticket.team_id = rule.team_id
    if rule.priority is not None:
        ticket.priority = rule.priority
    tags = list(rule.tags.values_list("pk", flat=True)) if rule.has_tags else []
    TicketTag.objects.bulk_create(
        [TicketTag(ticket=ticket, tag_id=tag_id, source=TagSource.RULE) for tag_id in tags], ignore_conflicts=True
    )
    if rule.priority == Priority.URGENT:
        people = notify.supervisors(ticket.team_id)
        notify.notify(people, kind="urgent", key=f"ticket-{ticket.pk}-urgent", ticket_id=ticket.pk, at=at)
    return event(
        ticket,
        ticket.conversation,
        EventKind.ROUTED,
        actor=None,
        at=at,
        rule=rule.pk,
        version=rule.version,
        keywords=[hit.index for hit in match.hits],
        before=before,
        after={"team": ticket.team_id, "priority": ticket.priority},
        tags=tags,
    )


def heed_wish(ticket: Ticket, text: str, at: dt.datetime, occurred_at: dt.datetime) -> list[TicketEvent]:
    """Note, once for each ticket, that the contact asks for a person; the caller commits the events.

    Supervisors hear of it while nobody is assigned. The ticket must be locked.
    """
    if ticket.needs_human or not ticket.is_open or not wants_human(text):
        return []
    ticket.needs_human = True
    if ticket.assignee_id is None:
        people = notify.supervisors(ticket.team_id)
        notify.notify(people, kind="human_wanted", key=f"ticket-{ticket.pk}-human", ticket_id=ticket.pk, at=at)
    return [
        event(
            ticket,
            ticket.conversation,
            EventKind.HUMAN_WANTED,
            actor=None,
            actor_kind=ActorKind.CONTACT,
            at=at,
            occurred_at=occurred_at,
        )
    ]
