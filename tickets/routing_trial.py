"""What rules would do, without doing it: for a message somebody types, and for the last real ones they may read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Count
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from agents.models import User
from tickets.calendars import hours_of_team
from tickets.matching import Hit, MatchMode, matches
from tickets.models import EventKind, Inbox, Message, MessageKind, RoutingRule, Ticket, TicketEvent
from tickets.routing import Match, Situation, first_match

LATELY = dt.timedelta(days=30)
LAST = 50
EXCERPT = 160


@dataclass(frozen=True)
class Verdict:
    """What becomes of one message: the rules that were passed over, the one that won, and the words it found."""

    passed: list[RoutingRule]
    match: Match | None
    words: list[str]
    text: SafeString


@dataclass(frozen=True)
class Move:
    """A real message that would go elsewhere; teams by key, None for the team of its inbox."""

    ticket_id: int
    text: SafeString
    before: RoutingRule | None
    after: RoutingRule | None


@dataclass(frozen=True)
class Past:
    """What the rules would have done to the last real messages."""

    count: int
    won: int
    moves: list[Move]


def kept_rules() -> list[RoutingRule]:
    """Return all rules in their order, with the teams they send to; one query."""
    return list(RoutingRule.objects.kept().select_related("team"))


def with_draft(rules: Sequence[RoutingRule], draft: RoutingRule | None) -> list[RoutingRule]:
    """Return the rules as they would be with an unsaved one in its place; a new one comes last."""
    if draft is None:
        return list(rules)
    if not draft.pk:
        return [*rules, draft]
    return [draft if rule.pk == draft.pk else rule for rule in rules]


def all_hits(rule: RoutingRule, situation: Situation) -> list[Hit]:
    """Return every keyword of a rule that stands in the text, not only those that decide."""
    hits: list[Hit] = []
    for index, keyword in enumerate(rule.keywords):
        found = matches(situation.folded, [keyword], mode=MatchMode(rule.matching), all_of_them=False)
        hits += [Hit(index, hit.begin, hit.end) for hit in found]
    return sorted(hits, key=lambda hit: (hit.begin, -hit.end))


def marked(text: str, hits: Sequence[Hit], limit: int = 0) -> SafeString:
    """Return a text with what was found in <mark>; everything else is escaped."""
    begin = 0
    if limit and hits and hits[0].begin > limit // 2:
        begin = hits[0].begin - limit // 2
    end = min(len(text), begin + limit) if limit else len(text)
    parts = ["…"] if begin else []
    place = begin
    for hit in hits:
        if hit.begin < place or hit.end > end:
            continue
        parts.append(conditional_escape(text[place : hit.begin]))
        parts.append(format_html("<mark>{}</mark>", text[hit.begin : hit.end]))
        place = hit.end
    parts.append(conditional_escape(text[place:end]))
    if end < len(text):
        parts.append("…")
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped above


def judge(rules: Sequence[RoutingRule], situation: Situation) -> Verdict:
    """Say which rule wins for one message, and which were asked before it."""
    match = first_match(rules, situation)
    active = [rule for rule in rules if rule.is_active]
    if match is None:
        return Verdict(passed=active, match=None, words=[], text=marked(situation.folded.shown, []))
    hits = all_hits(match.rule, situation)
    return Verdict(
        passed=active[: active.index(match.rule)],
        match=match,
        words=[match.rule.keywords[hit.index] for hit in hits],
        text=marked(situation.folded.shown, hits),
    )


def situation_of(text: str, inbox: Inbox, language: str, at: dt.datetime) -> Situation:
    """Return what rules would look at if this message came now."""
    return Situation(text=text, inbox_id=inbox.pk, team_id=inbox.team_id, language=language, at=at)


def _last_first_messages(user: User) -> list[Message]:
    """Return what contacts wrote first in the last tickets that this person may read; two queries."""
    newest = list(Ticket.objects.visible_to(user).order_by("-pk").values_list("pk", flat=True)[:LAST])
    first = (
        Message.objects.filter(ticket_id__in=newest, kind=MessageKind.INBOUND)
        .order_by("ticket_id", "seq")
        .distinct("ticket_id")
        .select_related("inbox", "conversation__contact")
    )
    return sorted(first, key=lambda message: -(message.ticket_id or 0))


def look_back(user: User, rules: Sequence[RoutingRule], draft: RoutingRule | None) -> Past:
    """Say what the rules would have made of the last real messages, and what an unsaved rule would change."""
    hours_of = cache(hours_of_team)
    changed = with_draft(rules, draft)
    messages = _last_first_messages(user)
    won, moves = 0, []
    for message in messages:
        situation = Situation(
            text=message.text,
            inbox_id=message.inbox_id,
            team_id=message.inbox.team_id,
            language=message.conversation.contact.language,
            at=message.occurred_at,
            hours_of=hours_of,
        )
        before, after = first_match(rules, situation), first_match(changed, situation)
        won += after is not None and (draft is None or after.rule is draft)
        if draft is None or _outcome(before, message) == _outcome(after, message):
            continue
        hits = all_hits(after.rule, situation) if after else []
        text = marked(situation.folded.shown, hits, EXCERPT)
        moves.append(
            Move(
                ticket_id=message.ticket_id or 0,
                text=text,
                before=before.rule if before else None,
                after=after.rule if after else None,
            )
        )
    return Past(count=len(messages), won=won, moves=moves)


def _outcome(match: Match | None, message: Message) -> tuple[int, int | None]:
    if match is None:
        return message.inbox.team_id, None
    return match.rule.team_id or message.inbox.team_id, match.rule.priority


def counts_lately(at: dt.datetime) -> dict[int, int]:
    """Return how many tickets each rule decided about in the last 30 days; one query."""
    routed = TicketEvent.objects.filter(kind=EventKind.ROUTED, recorded_at__gte=at - LATELY)
    return dict(routed.values_list("data__rule").annotate(Count("pk")))
