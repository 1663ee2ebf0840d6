"""What people spend their time on, and how it is liked."""

import datetime as dt
import itertools
import zoneinfo
from bisect import bisect_right
from collections import defaultdict
from fractions import Fraction

from django.db.models import QuerySet

from agents.models import Membership, PresenceInterval
from surveys.models import SurveyAnswer, SurveyInvitation, SurveyKind
from tests.analytics.oracle.past import Past, Seen, seconds
from tickets.models import FocusSegment

SECOND = dt.timedelta(seconds=1)
MOST = {"hold": 120, "after": 300}


def _attention(past: Past) -> dict[int, int]:
    """Return seconds by agent, each second of looking told apart: talk counts, hold and after-work up to a limit."""
    turns = [(said.at, "talk") for said in past.heard]
    turns += [(reply.message.occurred_at, "hold") for reply in past.replies]
    turns += [(solve.occurred_at, "after") for solve in past.all_solves]
    turns.sort()
    moments = [at for at, _phase in turns]
    spent: dict[int, int] = defaultdict(int)
    idle: dict[tuple[int, int], int] = defaultdict(int)
    for look in past.looks:
        at, end = look.started_at, look.ended_at or look.last_seen_at
        spent[look.user_id] += 0
        while at < end:
            place = bisect_right(moments, at) - 1
            phase = turns[place][1] if place >= 0 else "talk"
            if phase == "talk" or look.composing or idle[look.user_id, place] < MOST[phase]:
                spent[look.user_id] += 1
            if phase != "talk" and not look.composing:
                idle[look.user_id, place] += 1
            at += SECOND
    return spent


def _guess(past: Past) -> dict[int, int]:
    """Return seconds by agent without a browser's word: for each reply the time since what came before, 300 at most."""
    spent: dict[int, int] = defaultdict(int)
    for part in past.parts:
        for reply in part.replies:
            said = reply.message
            before = [one.at for one in part.heard if one.place < reply.place]
            before += [e.occurred_at for e in part.events if e.actor_kind == "agent" and e.seq < reply.place]
            assert said.author_id is not None
            spent[said.author_id] += min(300, seconds(max(before), said.occurred_at))
    return spent


def handling(past: Past, *, by_agent: bool = False) -> list[Seen]:
    """Observe the last resolve of a ticket that a person had to do with, whole or by agent."""
    by_people = any(event.actor_kind == "agent" for part in past.parts for event in part.events)
    if not past.solves or not by_people:
        return []
    spent, solve = (_attention(past) if past.looks else _guess(past)), past.solves[-1]
    if by_agent:
        return [past.seen(solve.occurred_at, value, team=solve.team_id, agent=agent) for agent, value in spent.items()]
    return [past.seen(solve.occurred_at, sum(spent.values()), team=solve.team_id, agent=solve.actor_id)]


def _users() -> list[int]:
    return list(PresenceInterval.objects.order_by("user_id").values_list("user_id", flat=True).distinct())


def _stretches(
    rows: QuerySet[PresenceInterval] | QuerySet[FocusSegment],
) -> list[tuple[dt.datetime, dt.datetime]]:
    return [(one.started_at, one.ended_at or one.last_seen_at) for one in rows]


def presence(zone: zoneinfo.ZoneInfo) -> list[Seen]:
    """Observe each agent's days: seconds at work on tickets by seconds available."""
    found = []
    teams: dict[int, set[int]] = defaultdict(set)
    for user, team in Membership.objects.values_list("user_id", "team_id"):
        teams[user].add(team)
    for user in _users():
        here = _stretches(PresenceInterval.objects.filter(user=user, state="online"))
        busy = _stretches(FocusSegment.objects.filter(user=user))
        moments = {moment for stretch in here + busy for moment in stretch}
        day, last_day = (pick(moments).astimezone(zone).date() for pick in (min, max))
        while day <= last_day:
            day += dt.timedelta(days=1)
            moments.add(dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC))
        total: dict[dt.date, list[float]] = defaultdict(lambda: [0.0, 0.0])
        steps = sorted(moments)
        for begin, end in itertools.pairwise(steps):
            if any(first <= begin < last for first, last in here):
                sums = total[begin.astimezone(zone).date()]
                sums[1] += (end - begin).total_seconds()
                sums[0] += (end - begin).total_seconds() * any(first <= begin < last for first, last in busy)
        found += [
            Seen(day=day, value=int(at_work), weight=int(there), teams=frozenset(teams[user]), agent=user)
            for day, (at_work, there) in total.items()
        ]
    return found


def in_hand(zone: zoneinfo.ZoneInfo) -> list[Seen]:
    """Observe each agent's days: seconds in which tickets were in hand, by seconds in which any was, while available.

    A ticket is in hand while it is looked at, and in breaks of up to five minutes of the same day.
    """
    found = []
    teams = {user: set(Membership.objects.filter(user=user).values_list("team_id", flat=True)) for user in _users()}
    for user in _users():
        here = _stretches(PresenceInterval.objects.filter(user=user, state="online"))
        looks: dict[tuple[dt.date, int], list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
        for look in FocusSegment.objects.filter(user=user).order_by("started_at"):
            begin, end = look.started_at, look.ended_at or look.last_seen_at
            while begin < end:
                day = begin.astimezone(zone).date()
                midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
                looks[day, look.ticket_id].append((begin, min(end, midnight)))
                begin = midnight
        for stretches in looks.values():
            for one, following in itertools.pairwise(list(stretches)):
                if following[0] - one[1] <= dt.timedelta(minutes=5):
                    stretches.append((one[1], following[0]))
        for day in sorted({day for day, _ticket in looks}):
            tickets = [stretches for (other, _ticket), stretches in looks.items() if other == day]
            moments = {m for stretches in [*tickets, here] for stretch in stretches for m in stretch}
            total = engaged = 0.0
            for begin, end in itertools.pairwise(sorted(moments)):
                holding = sum(any(first <= begin < last for first, last in stretches) for stretches in tickets)
                if holding and any(first <= begin < last for first, last in here):
                    total += holding * (end - begin).total_seconds()
                    engaged += (end - begin).total_seconds()
            if engaged:
                found.append(
                    Seen(day=day, value=int(total), weight=int(engaged), teams=frozenset(teams[user]), agent=user)
                )
    return found


# -- Opinions ------------------------------------------------------------------------------------------


class Opinion:
    """One survey that was sent, and the last answer to it within seven days."""

    def __init__(self, past: Past, invitation: SurveyInvitation) -> None:
        assert invitation.message is not None
        self.past, self.invitation, self.message = past, invitation, invitation.message
        self.is_csat = invitation.survey.kind == SurveyKind.CSAT
        # What the contact was shown: as many answers to tap as the scale has.
        self.highest = len(self.message.content["choices"]["options"]) if self.is_csat else 10
        answers = SurveyAnswer.objects.filter(response__invitation=invitation).order_by("occurred_at", "pk")
        week = dt.timedelta(days=7)
        in_time = [one for one in answers if one.occurred_at - self.message.recorded_at <= week]
        self.answer = in_time[-1] if in_time else None

    def seen(self, at: dt.datetime, value: int | Fraction) -> Seen:
        """Return an observation credited to who resolved, as it was kept with the question."""
        one = self.past.seen(at, team=self.invitation.team_id, agent=self.invitation.agent_id)
        return Seen(**{**vars(one), "value": value})


def opinions(pasts: list[Past]) -> list[Opinion]:
    """Return all surveys that were sent about these tickets."""
    by_ticket = {past.ticket.pk: past for past in pasts}
    sent = SurveyInvitation.objects.filter(state="sent", ticket__in=by_ticket).select_related("survey", "message")
    return [Opinion(by_ticket[one.ticket_id], one) for one in sent.order_by("pk")]


def satisfied(all_: list[Opinion]) -> list[Seen]:
    """Observe 4 and 5 of 5, 8 to 10 of 10."""
    good = {5: {4, 5}, 10: {8, 9, 10}}
    return [
        one.seen(one.answer.occurred_at, int(one.answer.score in good[one.highest]))
        for one in all_
        if one.is_csat and one.answer
    ]


def mean_scores(all_: list[Opinion]) -> list[Seen]:
    """Observe the scores, brought to the scale from 1 to 5."""
    return [
        one.seen(one.answer.occurred_at, 1 + 4 * Fraction(one.answer.score - 1, one.highest - 1))
        for one in all_
        if one.is_csat and one.answer
    ]


def recommended(all_: list[Opinion]) -> list[Seen]:
    """Observe promoters and detractors; a newer answer of the contact within 90 days takes an older one's place."""
    answered = [(one, one.answer) for one in all_ if not one.is_csat and one.answer]
    found = []
    for one, answer in answered:
        at, quarter = answer.occurred_at, dt.timedelta(days=90)
        newer = (o for o, a in answered if o.past.contact == one.past.contact and at < a.occurred_at <= at + quarter)
        if next(newer, None) is None:
            found.append(one.seen(at, (answer.score >= 9) - (answer.score <= 6)))
    return found


def responses(all_: list[Opinion]) -> list[Seen]:
    """Observe the surveys that arrived, by the day of sending: was there an answer within seven days?"""
    found = []
    for one in all_:
        arrived = one.message.delivered_at or one.message.read_at or one.answer
        if arrived:
            found.append(one.seen(one.message.recorded_at, int(one.answer is not None)))
    return found
