"""The figures of random histories are those of a second computation; rollups, facts and a rebuild all agree.

The histories are made by the real actions over ten days in which the clocks change. What the product cannot do yet is
not in them: merging, spam, bots that resolve, tickets that we begin.
"""

import datetime as dt
import os
import random
import statistics
from collections import defaultdict
from collections.abc import Callable

import pytest

from agents.models import User
from analytics import sums
from analytics.definitions import KPIS, Statistic
from analytics.facts import refold
from analytics.measures import DIMENSIONS, SOURCES
from analytics.models import Dirty, Fact
from analytics.periods import Period
from analytics.queries import Reader
from analytics.refresh import every_day, rebuild
from analytics.rollups import count_days, differences
from analytics.scope import Filters
from helpdesk import clock
from tests.analytics import oracle
from tests.analytics.history import answers, hears, resolves, someone
from tests.cast import House
from tests.paper import paper
from tickets.actions import assignment, lifecycle
from tickets.actions.clocks import notice_next
from tickets.channels import SendError
from tickets.defaults import install
from tickets.errors import Refused
from tickets.models import OPEN_STATUSES, BusinessHours, Tag, Ticket, TicketTag

CHANGES = int(os.environ.get("KPI_CHANGES", "100"))
FIRST = dt.datetime(2026, 10, 20, 6, 0, tzinfo=dt.UTC)  # the clocks go back on the 25th
LAST_DAY = dt.date(2026, 11, 12)


class Story:
    """A random history, told by the real actions."""

    def __init__(self, cast: House, seed: int) -> None:
        self.cast = cast
        self.dice = random.Random(seed)
        self.at = FIRST
        self.phones = [someone() for _ in range(14)]
        self.open_at_end: dict[dt.date, int] = {}
        self.steps: list[Callable[[Ticket], object]] = [
            *[self.replies] * 6, *[self.resolves] * 4, self.fails, self.undoes, self.reopens, self.hands_over,
            self.claims, self.tags,
        ]  # fmt: skip

    def go_on(self, number: int) -> None:
        """Let so many things happen."""
        for _ in range(number):
            self.pass_time()
            tickets = list(Ticket.objects.order_by("-last_activity_at")[:9])
            if not tickets or self.dice.random() < 0.35:
                late = dt.timedelta(minutes=self.dice.choice([0, 0, 0, 7, 300]))
                phone = self.dice.choice([someone(), self.dice.choice(self.phones)])
                hears(self.cast, self.at, phone=phone, sent_at=self.at - late)
                continue
            try:
                self.dice.choice(self.steps)(self.dice.choice(tickets))
            except Refused:
                paper.plan.clear()

    def pass_time(self) -> None:
        """Let minutes or hours pass, and look at the tickets at each midnight."""
        then = self.at + dt.timedelta(minutes=self.dice.choice([1, 3, 8, 30, 90, 300]))
        day = oracle.local_day(self.at)
        while day < oracle.local_day(then):
            self.open_at_end[day] = Ticket.objects.filter(status__in=OPEN_STATUSES).count()
            day += dt.timedelta(days=1)
        self.at = then
        with clock.at(self.at):
            while notice_next() or lifecycle.close_next():
                pass

    def somebody(self, ticket: Ticket) -> User:
        """Choose who works on a ticket: mostly the same person."""
        both = [self.cast.lena, self.cast.mateus]
        place = Ticket.objects.filter(pk__lt=ticket.pk).count()
        return both[place % 2] if self.dice.random() < 0.85 else self.dice.choice(both)

    def replies(self, ticket: Ticket) -> object:
        """Somebody replies; the provider accepts it at once or two minutes later."""
        who = self.somebody(ticket)
        late = dt.timedelta(minutes=self.dice.choice([0, 2]))
        message = answers(who, ticket, self.at, accepted_at=self.at + late)
        self.at += late
        return message

    def fails(self, ticket: Ticket) -> object:
        """Somebody replies and resolves, and the provider refuses the reply."""
        paper.plan.append(SendError("No", permanent=True))
        return answers(self.cast.lena, ticket, self.at)

    def resolves(self, ticket: Ticket) -> None:
        """Somebody resolves."""
        resolves(self.somebody(ticket), ticket, self.at)

    def undoes(self, ticket: Ticket) -> object:
        """Somebody resolves, and takes it back."""
        self.resolves(ticket)
        self.at += dt.timedelta(minutes=1)
        with clock.at(self.at):
            return lifecycle.undo_resolve(actor=self.cast.lena, ticket_id=ticket.pk)

    def reopens(self, ticket: Ticket) -> object:
        """Somebody reopens."""
        with clock.at(self.at):
            return lifecycle.reopen(actor=self.cast.lena, ticket_id=ticket.pk)

    def hands_over(self, ticket: Ticket) -> object:
        """The administrator hands it to another team."""
        with clock.at(self.at):
            team = self.dice.choice([self.cast.returns, self.cast.finance])
            return assignment.transfer(actor=self.cast.ada, ticket_id=ticket.pk, team_id=team.pk)

    def claims(self, ticket: Ticket) -> object:
        """Somebody takes it."""
        with clock.at(self.at):
            return assignment.claim(actor=self.cast.mateus, ticket_id=ticket.pk)

    def tags(self, ticket: Ticket) -> object:
        """A tag is put on it, without an event."""
        tag, _made = Tag.objects.get_or_create(name=self.dice.choice(["damage", "refund"]))
        return TicketTag.objects.get_or_create(ticket=ticket, tag=tag)


@pytest.fixture
def office(cast: House) -> House:
    """Return the house with office hours."""
    BusinessHours.objects.all().delete()
    install(time_zone="Europe/Berlin")
    return cast


def bring_up_to_date(ticket_ids: list[int]) -> None:
    """Do what the refresh does for changed tickets."""
    refold(ticket_ids)
    count_days(sorted(set(Dirty.objects.values_list("day", flat=True))))
    Dirty.objects.all().delete()


def expected(kpi: str, seen: list[oracle.Seen]) -> float | None:
    """Make one value of observations, as the definition says."""
    values = [one.value for one in seen]
    if KPIS[kpi].statistic is Statistic.COUNT:
        return sum(values)
    if not values:
        return None
    return statistics.median(values) if KPIS[kpi].statistic is Statistic.MEDIAN else sum(values) / len(values)


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_of_a_random_history_are_those_of_a_second_computation(office: House, seed: int) -> None:
    story = Story(office, seed)
    story.go_on(110)
    bring_up_to_date(list(Ticket.objects.values_list("pk", flat=True)))
    tickets = list(Ticket.objects.select_related("conversation__contact"))
    seen = {name: [one for t in tickets for one in observe(t)] for name, observe in oracle.OBSERVED.items()}
    assert all(len(rows) >= 5 for rows in seen.values()), {name: len(rows) for name, rows in seen.items()}
    assert any(not one.value for one in seen["sla_compliance"])
    assert any(one.value for one in seen["reopen_rate"])
    assert any(one.value for one in seen["first_contact_resolution"])
    dice = random.Random(seed)
    days = sorted({one.day for rows in seen.values() for one in rows})
    with clock.at(dt.datetime(2026, 12, 24, 12, tzinfo=dt.UTC)):
        for _ in range(4):
            first, last = sorted(dice.choices(days, k=2))
            period = Period(first, last)
            for name, rows in seen.items():
                kpi, _, variant = name.partition(".")
                mine = [one for one in rows if one.day in period]
                reader = Reader(office.jonas)
                assert reader.kpi(kpi, period, variant=variant).value == expected(kpi, mine), name
                if kpi in {"volume", "message_volume"}:
                    continue
                for team in (office.returns, office.finance):
                    reader = Reader(office.jonas, Filters(teams=frozenset({team.pk})))
                    theirs = [one for one in mine if one.team == team.pk]
                    assert reader.kpi(kpi, period, variant=variant).value == expected(kpi, theirs), (name, team)
                by_agent = Reader(office.jonas).breakdown(kpi, "agent", period, variant=variant)
                for agent in (office.lena, office.mateus):
                    own = [one for one in mine if one.agent == agent.pk]
                    shown = by_agent.get(str(agent.pk))
                    assert (shown.value if shown else None) == expected(kpi, own), (name, agent)
        whole = Period(min(story.open_at_end), max(story.open_at_end))
        open_at_end = {point.day: point.value for point in Reader(office.jonas).series("backlog", whole)}
        assert open_at_end == story.open_at_end


def test_rollups_and_facts_say_the_same(office: House) -> None:
    story = Story(office, 11)
    story.go_on(100)
    bring_up_to_date(list(Ticket.objects.values_list("pk", flat=True)))
    measures = sorted({one.id for source in SOURCES for one in source.measures})
    first, last = FIRST.date(), LAST_DAY
    tag = Tag.objects.first()
    assert tag is not None
    questions = [
        Filters(),
        Filters(teams=frozenset({office.returns.pk})),
        Filters(teams=frozenset({office.returns.pk, office.finance.pk})),
        Filters(agents=frozenset({office.lena.pk})),
        Filters(inboxes=frozenset({office.inbox.pk})),
        Filters(channels=frozenset({"paper"})),
        Filters(tags=frozenset({tag.pk})),
        Filters(tags=frozenset(Tag.objects.values_list("pk", flat=True))),
    ]
    compared = 0
    for filters in questions:
        for by in ("all", *DIMENSIONS):
            answers_ = []
            for facts in (False, True):
                total: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
                values: dict[tuple[object, ...], bytes] = defaultdict(bytes)
                for row in sums.read(measures, first, last, filters, by, facts=facts):
                    place = (row.day, row.key, row.measure)
                    total[place][0] += row.numerator
                    total[place][1] += row.denominator
                    values[place] += row.packed
                packed = {p: sorted(v[i : i + 4] for i in range(0, len(v), 4)) for p, v in values.items()}
                answers_.append((dict(total), packed))
            assert answers_[0] == answers_[1], (filters, by)
            compared += len(answers_[0][0])
    assert compared > 500


def test_changes_taken_in_one_by_one_equal_a_rebuild(office: House) -> None:
    story = Story(office, 23)
    taken_in = 0
    while taken_in < CHANGES:
        before = dict(Ticket.objects.values_list("pk", "version"))
        story.go_on(5)
        changed = [pk for pk, version in Ticket.objects.values_list("pk", "version") if before.get(pk) != version]
        changed += TicketTag.objects.values_list("ticket_id", flat=True)
        if story.dice.random() < 0.2:
            contact = story.dice.choice(Ticket.objects.order_by("pk")).conversation.contact
            contact.is_test = not contact.is_test
            contact.save()
            changed += Ticket.objects.filter(conversation__contact=contact).values_list("pk", flat=True)
        story.dice.shuffle(changed)
        bring_up_to_date(changed)
        taken_in += len(changed)
    assert list(differences(every_day())) == []
    facts = list(Fact.objects.order_by("pk").values())
    Fact.objects.all().delete()
    rebuild()
    assert list(Fact.objects.order_by("pk").values()) == facts
    assert list(differences(every_day())) == []
