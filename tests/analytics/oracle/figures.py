"""From observations to figures, as their definitions say."""

import datetime as dt
import math
import statistics
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from analytics.scope import DIMENSIONS, Filters
from tests.analytics.oracle import ends, people, talk
from tests.analytics.oracle.past import Past, Seen
from tests.analytics.story import Standing
from tickets.models import Inbox, Ticket

Day = dt.date
# How many days must pass until a day's values are final.
WINDOWS = {
    "first_contact_resolution": 7,
    "repeat_contact_rate": 7,
    "survey_response_rate": 7,
    "deflection_rate": 3,
}
DISTINCT = {"repeat_contact_rate", "returning_contact_rate"}
COUNTS = {"volume", "message_volume", "missed_chats"}
SHARES = {
    "csat", "concurrency", "deflection_rate", "survey_response_rate", "first_contact_resolution", "reopen_rate",
    "sla_compliance", "utilisation", *DISTINCT,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question: from which day to which, about what."""

    first: Day
    last: Day
    filters: Filters = field(default_factory=Filters)
    tag: int | None = None  # only what has this tag, besides

    @property
    def before(self) -> "Asked":
        """The same about the days before, as many."""
        length = (self.last - self.first).days + 1
        end = self.first - dt.timedelta(days=1)
        return Asked(first=end - dt.timedelta(days=length - 1), last=end, filters=self.filters, tag=self.tag)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An answer."""

    value: float | None
    n: int
    p90: float | None = None
    mean: float | None = None
    interval: tuple[float, float] | None = None
    young: tuple[float | None, int] | None = None  # value and number of the days that may still change
    tickets: frozenset[int] = frozenset()


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of all lies, on the straight line between the two nearest."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def interval(hits: float, n: int) -> tuple[float, float] | None:
    """Return both shares from which a count like this is as far away as 95 per cent of all counts are at most."""
    if not n:
        return None
    square, share = statistics.NormalDist().inv_cdf(0.975) ** 2 / n, hits / n
    # (p - share)² = square * p * (1 - p), solved for p
    root = math.sqrt((2 * share + square) ** 2 - 4 * (1 + square) * share**2)
    return max(0.0, (2 * share + square - root) / (2 + 2 * square)), (2 * share + square + root) / (2 + 2 * square)


class World:
    """All observations of everything that the tables hold; `today` is when the questions are asked."""

    def __init__(self, zone: zoneinfo.ZoneInfo, open_at_end: dict[Day, list[Standing]], today: Day) -> None:
        self.zone, self.today, self.open_at_end = zone, today, open_at_end
        longest = max(inbox.reopen_window for inbox in Inbox.objects.all())
        self._windows = {**WINDOWS, "reopen_rate": math.ceil(longest / dt.timedelta(days=1))}
        known = [Past(t, zone) for t in Ticket.objects.select_related("conversation__contact", "conversation__inbox")]
        self.known = {past.ticket.pk: past for past in known}
        self.pasts = {past.ticket.pk: past for past in known if past.counts}
        pasts = list(self.pasts.values())
        self._present = people.presence(zone)
        given = people.opinions(pasts)
        of_each: dict[str, Callable[[Past], list[Seen]]] = {
            "first_response_time": talk.first_response,
            "first_response_time.business": partial(talk.first_response, business=True),
            "acknowledgement_time": talk.acknowledgement,
            "assignment_to_reply_time": talk.assignment_to_reply,
            "next_response_time": talk.waits,
            "next_response_time.business": partial(talk.waits, business=True),
            "resolution_time": ends.resolution,
            "resolution_time.business": partial(ends.resolution, business=True),
            "first_resolution_time": ends.first_resolution,
            "first_resolution_time.business": partial(ends.first_resolution, business=True),
            "work_time": ends.work,
            "work_time.business": partial(ends.work, business=True),
            "handling_time": people.handling,
            "handling_time of agents": partial(people.handling, by_agent=True),
            "first_contact_resolution": partial(ends.first_contact, others=pasts),
            "repeat_contact_rate": partial(ends.repeats, others=pasts),
            "returning_contact_rate": partial(ends.returning, others=pasts),
            "reopen_rate": ends.reopenings,
            "volume": talk.opened,
            "message_volume": talk.spoken,
            "missed_chats": talk.missed,
            "deflection_rate": partial(ends.deflected, others=pasts),
            "sla_compliance": ends.promises,
        }
        self.seen = {name: [one for past in pasts for one in observe(past)] for name, observe in of_each.items()}
        self.seen |= {
            "csat": people.satisfied(given),
            "csat_mean": people.mean_scores(given),
            "nps": people.recommended(given),
            "survey_response_rate": people.responses(given),
            "utilisation": self._present,
            "concurrency": people.in_hand(zone),
            "productivity": self._resolved_per_second(),
            "backlog": [],
        }

    def _resolved_per_second(self) -> list[Seen]:
        """Observe each agent's days: tickets resolved by seconds available."""
        solved = [(past.day(s.occurred_at), s.actor_id) for past in self.pasts.values() for s in past.solves[-1:]]
        return [Seen(**{**vars(one), "value": solved.count((one.day, one.agent))}) for one in self._present]

    # -- Asking ----------------------------------------------------------------------------------------

    def ask(self, name: str, asked: Asked) -> Figure:
        """Return a figure; durations in office hours are called "….business"."""
        kpi = name.partition(".")[0]
        if kpi == "backlog":
            return self._backlog(asked)
        about_agents = kpi == "handling_time" and asked.filters.agents is not None
        rows = self.seen[f"{kpi} of agents" if about_agents else name]
        final = self._last_final_day(kpi)
        all_ = [one for one in rows if asked.first <= one.day <= asked.last and self._is_of(one, asked)]
        mine = [one for one in all_ if one.day <= final]
        young = [one for one in all_ if one.day > final]
        figure = self._figure(kpi, mine)
        if young and kpi in self._windows and kpi not in DISTINCT:
            so_far = self._figure(kpi, young)
            return replace(figure, young=(so_far.value, so_far.n))
        return figure

    def _figure(self, kpi: str, mine: list[Seen]) -> Figure:
        """Make one figure of observations."""
        tickets = frozenset(one.ticket for one in mine if one.ticket is not None)
        if kpi in DISTINCT:
            everybody = {one.contact for one in mine}
            again = {one.contact for one in mine if one.value}
            of_all = len(again) / len(everybody) if mine else None
            certain = interval(len(again), len(everybody))
            return Figure(value=of_all, n=len(everybody), interval=certain, tickets=tickets)
        values = [float(one.value) for one in mine]
        n, value = sum(one.weight for one in mine), None
        if kpi in COUNTS:
            value = float(len(mine))
        elif kpi == "nps" and mine:
            exact = 100 * sum(values) / n
            value = math.copysign(math.floor(abs(exact) + 0.5), exact)
        elif kpi == "productivity" and n:
            value = sum(values) / (n / 3600)
        elif (kpi in SHARES or kpi in {"handling_time", "csat_mean"}) and n:
            value = sum(values) / n
        elif mine:
            value = statistics.median(values)
        p90 = quantile(values, 0.9) if values and kpi.endswith("_time") else None
        mean = sum(values) / n if p90 is not None else None
        certain = interval(sum(values), n) if kpi in SHARES - {"utilisation", "concurrency"} else None
        return Figure(value=value, n=n, p90=p90, mean=mean, interval=certain, tickets=tickets)

    def _last_final_day(self, kpi: str) -> Day:
        """Return the last day whose values no longer change; a chat may be saved until its day is over."""
        ended = 1 if kpi == "missed_chats" else self._windows[kpi] + 1 if kpi in self._windows else 0
        return self.today - dt.timedelta(days=ended) if ended else Day.max

    def _is_of(self, one: Seen, asked: Asked) -> bool:
        """Whether an observation is within filters; what agents do with their days has no channel and no tag."""
        past, filters = self.known.get(one.ticket or 0), asked.filters
        if asked.tag is not None and (past is None or asked.tag not in past.tags):
            return False
        by_place = {
            "channels": {past.inbox.channel} if past else set(),
            "inboxes": {past.inbox.pk} if past else set(),
            "topics": {past.topic} if past else set(),
            "tags": past.tags if past else set(),
            "teams": set(one.teams),
            "agents": {one.agent},
        }
        return all(getattr(filters, name) is None or by_place[name] & getattr(filters, name) for name in by_place)

    def _backlog(self, asked: Asked) -> Figure:
        """Look at what was open at the end of the last day, or at the end of all that is known."""
        day = min(asked.last, max(self.open_at_end))
        open_then = self.open_at_end.get(day, [])
        mine = [
            ticket
            for ticket, team, agent in open_then
            if self.known[ticket].is_stock
            and self._is_of(Seen(day=day, ticket=ticket, teams=frozenset({team}), agent=agent), asked)
        ]
        return Figure(value=len(mine), n=len(mine), tickets=frozenset(mine))

    def ask_part(self, name: str, asked: Asked, dimension: str, key: str) -> Figure:
        """Return a figure for one key of a dimension, within the filters."""
        kind = next(kind for kind, name in DIMENSIONS.items() if name == dimension)
        wanted: Any = key if dimension == "channel" else int(key)
        known: Any = getattr(asked.filters, kind)
        if dimension == "tag":
            return self.ask(name, replace(asked, tag=int(key)))
        both = frozenset({wanted}) if known is None else known & {wanted}
        return self.ask(name, replace(asked, filters=replace(asked.filters, **{kind: both})))

    def keys(self, name: str, dimension: str) -> Iterable[str]:
        """Return what a figure may be broken down by."""
        rows = self.seen[name]
        if dimension == "agent":
            return sorted({str(one.agent) for one in [*rows, *self._present] if one.agent is not None})
        if dimension == "team":
            return sorted({str(team) for one in [*rows, *self._present] for team in one.teams})
        of_tickets: dict[str, Callable[[Past], set[str]]] = {
            "channel": lambda past: {past.inbox.channel},
            "inbox": lambda past: {str(past.inbox.pk)},
            "topic": lambda past: {str(past.topic)} - {"None"},
            "tag": lambda past: {str(tag) for tag in past.tags},
        }
        return sorted({key for past in self.pasts.values() for key in of_tickets[dimension](past)})

    # -- What is so now, and by the clock ----------------------------------------------------------------

    def weeks(self, asked: Asked) -> list[list[int]]:
        """Count openings by weekday and hour."""
        found = [[0] * 24 for _ in range(7)]
        for one in self.seen["volume"]:
            if asked.first <= one.day <= asked.last and self._is_of(one, asked):
                assert one.ticket is not None
                local = self.pasts[one.ticket].ticket.opened_at.astimezone(self.zone)
                found[local.weekday()][local.hour] += 1
        return found

    def hours(self, asked: Asked, now: dt.datetime) -> list[list[float]]:
        """Count how often each hour came until now, by steps of ten minutes."""
        found = [[0.0] * 24 for _ in range(7)]
        at = dt.datetime.combine(asked.first, dt.time(), self.zone).astimezone(dt.UTC)
        while (local := at.astimezone(self.zone)).date() <= asked.last and local.replace(minute=0) <= now:
            found[local.weekday()][local.hour] += 1 / 6
            at += dt.timedelta(minutes=10)
        return [[round(number, 6) for number in row] for row in found]

    def waiting(self, asked: Asked) -> list[Past]:
        """Return the open tickets in which no person has replied, those that wait longest first."""
        mine = [past for past in self._open_now(asked) if not past.replies]
        return sorted(mine, key=lambda past: (past.start, past.ticket.pk))

    def ages(self, asked: Asked, now: dt.datetime) -> list[int]:
        """Count the open tickets under a day old, under three, under seven, and older."""
        days = [(now - past.ticket.opened_at) / dt.timedelta(days=1) for past in self._open_now(asked)]
        return [sum(low <= day < high for day in days) for low, high in ((0, 1), (1, 3), (3, 7), (7, math.inf))]

    def _open_now(self, asked: Asked) -> list[Past]:
        found = []
        for past in self.pasts.values():
            ticket = past.ticket
            as_it_is = Seen(
                day=self.today, ticket=ticket.pk, teams=frozenset({ticket.team_id}), agent=ticket.assignee_id
            )
            if ends.is_open(past) and self._is_of(as_it_is, asked):
                found.append(past)
        return found
