"""The figures of random histories are those of a second computation; rollups, facts and a rebuild all agree.

The histories are made by the real actions over days in which the clocks change.
"""

import datetime as dt
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from analytics import presence, sums
from analytics.definitions import KPIS
from analytics.facts import refold
from analytics.measures import DIMENSIONS, SOURCES
from analytics.models import Dirty, Fact
from analytics.periods import Period
from analytics.queries import Reader
from analytics.refresh import every_day, rebuild
from analytics.rollups import count_days, differences
from analytics.scope import Filters
from helpdesk import clock
from surveys.models import SurveyInvitation, SurveyResponse
from tests.analytics.oracle import Asked, World
from tests.analytics.story import Story
from tests.cast import House
from tickets.models import Contact, Conversation, Message, RoutingRule, Tag, Ticket, TicketEvent

CHANGES = int(os.environ.get("KPI_CHANGES", "60"))
STEPS = int(os.environ.get("KPI_STEPS", "70"))
QUESTIONS = int(os.environ.get("KPI_QUESTIONS", "4"))
SEEDS = int(os.environ.get("KPI_SEEDS", "1"))
AUTUMN = dt.datetime(2026, 10, 20, 6, 0, tzinfo=dt.UTC)  # the clocks go back on the 25th
TIMES = {
    "autumn": ("Europe/Berlin", AUTUMN),
    "spring": ("Europe/Berlin", dt.datetime(2026, 3, 24, 6, 0, tzinfo=dt.UTC)),
    # Ten and a half hours ahead; in October its clocks go forward, by half an hour.
    "island": ("Australia/Lord_Howe", dt.datetime(2026, 9, 28, 20, 0, tzinfo=dt.UTC)),
}
CASES = [(when, seed) for when in TIMES for seed in range(1, SEEDS + 1)]
# Told in test_same_numbers, which asks the second computation, too: telling a history is most of the work.
SHOWN = ("island", 1)
GROWING = (Contact, Conversation, Ticket, Message, TicketEvent, SurveyInvitation, SurveyResponse)
AVAILABLE = [kpi for kpi in KPIS.values() if kpi.available]
WITHOUT_TICKETS = {"utilisation", "concurrency", "productivity"}
NAMES = [kpi.id for kpi in AVAILABLE] + [f"{kpi.id}.business" for kpi in AVAILABLE if kpi.business]


def bring_up_to_date(ticket_ids: list[int]) -> None:
    """Do what the refresh does for changed tickets."""
    presence.count(presence.every_day())
    refold(ticket_ids)
    count_days(sorted(set(Dirty.objects.values_list("day", flat=True))))
    Dirty.objects.all().delete()


def analyse() -> None:
    """Let the planner know of what lies in this one transaction, which no autovacuum sees."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")  # an autovacuum at the same table gives way, if not at once
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in GROWING)}")


def count_everything() -> None:
    """Count all tickets."""
    bring_up_to_date(list(Ticket.objects.values_list("pk", flat=True)))


def told(office: House, seed: int, when: str, settings: Settings) -> Story:
    """Return a random history that is counted."""
    story = tell(office, seed, when, settings)
    count_everything()
    return story


def tell(office: House, seed: int, when: str, settings: Settings) -> Story:
    """Return a random history that nobody has counted yet."""
    zone, first = TIMES[when]
    settings.TIME_ZONE = zone
    story = Story(office, seed, zone=zone, first=first)
    story.go_on(STEPS // 2)
    if when == "island":
        story.is_loyal(6)
        story.sleep(91)
    story.go_on(STEPS // 2)
    story.end()
    return story


def draw_filters(office: House, dice: random.Random) -> Filters:
    """Return filters of some kinds, of one value or two."""
    values: dict[str, list[Any]] = {
        "teams": [office.returns.pk, office.finance.pk],
        "agents": [office.lena.pk, office.mateus.pk],
        "inboxes": list(office.inbox.__class__.objects.values_list("pk", flat=True)),
        "channels": ["paper", "post"],
        "topics": list(RoutingRule.objects.values_list("pk", flat=True)),
        "tags": list(Tag.objects.values_list("pk", flat=True)),
    }
    kinds = [kind for kind in values if values[kind] and dice.random() < 0.3]
    return Filters(
        **{kind: frozenset(dice.sample(values[kind], min(len(values[kind]), dice.randint(1, 2)))) for kind in kinds}
    )


def draw(office: House, story: Story, dice: random.Random) -> Asked:
    """Return a random question."""
    days = sorted(story.open_at_end)
    first, last = sorted(dice.choices([days[0] - dt.timedelta(days=3), *days, days[-1] + dt.timedelta(days=9)], k=2))
    return Asked(first=first, last=last, filters=draw_filters(office, dice))


def differences_of(office: House, world: World, asked: Asked, dice: random.Random) -> Iterator[str]:
    """Compare all figures of a question, their parts and the tickets behind them; say each that errs."""
    period, reader = Period(asked.first, asked.last), Reader(office.jonas, asked.filters)
    shown = {(kpi, ""): result for kpi, result in reader.kpis([kpi.id for kpi in AVAILABLE], period).items()}
    business = [kpi.id for kpi in AVAILABLE if kpi.business]
    shown |= {(kpi, "business"): one for kpi, one in reader.kpis(business, period, variant="business").items()}
    for (kpi, variant), result in shown.items():
        name = f"{kpi}.{variant}" if variant else kpi
        figure, before, so_far = world.ask(name, asked), world.ask(name, asked.before), result.provisional
        pairs: dict[object, tuple[object, object]] = {
            "value": (result.value, figure.value),
            "n": (result.n, figure.n),
            "p90": (result.p90, figure.p90),
            "mean": (result.mean, figure.mean),
            "interval": (result.interval, figure.interval),
            "so far": (so_far and (so_far.value, so_far.n), figure.young),
            "previous": (result.previous, before.value),
        }
        if not variant and kpi not in WITHOUT_TICKETS:
            behind = reader.tickets_behind(kpi, period)
            pairs["tickets"] = set(behind.values_list("pk", flat=True)), set(figure.tickets)
        known_dimensions = sorted(KPIS[kpi].dimensions)
        # Of everything all parts are compared, of what is restricted those by one dimension.
        for by in [dice.choice(known_dimensions)] if asked.filters.restricted() else known_dimensions:
            parts = reader.breakdown(kpi, by, period, variant=variant)
            for key in sorted({*parts, *world.keys(name, by)}):
                part, of_part = parts.get(key), world.ask_part(name, asked, by, key)
                known = (part.value, part.n) if part else (None, 0)
                # A part of which there is nothing need not be listed.
                pairs[by, key] = known, (of_part.value if part or of_part.n else None, of_part.n)
        yield from (
            f"{name} {what}: {one}, not {two} {asked}" for what, (one, two) in pairs.items() if one != same(two)
        )
    yield from differences_now(world, asked, reader)


def differences_now(world: World, asked: Asked, reader: Reader) -> list[str]:
    """Compare what is open, who waits, and the hours of the week."""
    waiting, ages, heatmap = reader.waiting(), reader.ages(), reader.heatmap(Period(asked.first, asked.last))
    queue = world.waiting(asked)
    pairs: dict[str, tuple[object, object]] = {
        "waiting": (waiting.count, len(queue)),
        "waits longest": (waiting.oldest_ticket, queue[0].ticket.pk if queue else None),
        "ages": (
            [ages.under_1_day, ages.under_3_days, ages.under_7_days, ages.older],
            world.ages(asked, clock.now()),
        ),
        "heat map": (heatmap.opened, world.weeks(asked)),
    }
    return [f"{what}: {one}, not {two} {asked}" for what, (one, two) in pairs.items() if one != two]


def same(value: object) -> object:
    """Return what equals a figure in all but the last digits of a float."""
    return pytest.approx(value, abs=1e-9) if isinstance(value, float | tuple) and None not in (value,) else value


def rollups_and_facts_say_the_same(office: House, first: dt.date, last: dt.date) -> int:
    """Ask both for everything under filters of one kind; return how many sums were compared."""
    measures = sorted({one.id for source in SOURCES for one in source.measures})
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
    return compared


def what_errs(office: House, story: Story, when: str, seed: int) -> Iterator[str]:
    """Ask random questions about a history that is counted; say each answer that errs."""
    dice = random.Random(seed)
    with clock.at(story.at + dt.timedelta(days=dice.choice([0, 3, 7, 40]))):
        world = World(story.zone, story.open_at_end, story.day(clock.now()))
        assert set(NAMES) <= set(world.seen), "a figure that nothing computes a second time"
        without = [name for name in NAMES if name != "backlog" and not world.seen[name]]
        assert len(without) <= 4, without
        whole = Asked(first=min(story.open_at_end), last=max(story.open_at_end))
        both_tags = Filters(tags=frozenset(dice.sample(list(Tag.objects.values_list("pk", flat=True)), 2)))
        questions = [whole, replace(whole, filters=both_tags), *(draw(office, story, dice) for _ in range(QUESTIONS))]
        for asked in questions:
            yield from differences_of(office, world, asked, dice)
        came = Reader(office.jonas).heatmap(Period(whole.first, whole.last)).occurrences
        if came != world.hours(whole, clock.now()):
            yield f"hours: {came}"
        if when == "autumn":
            assert rollups_and_facts_say_the_same(office, whole.first, whole.last) > 500
        series = Reader(office.jonas).series("backlog", Period(whole.first, whole.last))
        open_then = {day: world.ask("backlog", Asked(first=day, last=day)).value for day in story.open_at_end}
        if {point.day: point.value for point in series} != open_then:
            yield f"backlog by day: {series}, not {open_then}"


@pytest.mark.parametrize(("when", "seed"), [one for one in CASES if one != SHOWN])
def test_figures_of_a_random_history_are_those_of_a_second_computation(
    office: House, when: str, seed: int, settings: Settings
) -> None:
    story = told(office, seed, when, settings)
    nothing_errs(office, story, when, seed)


def nothing_errs(office: House, story: Story, when: str, seed: int) -> None:
    """Fail where an answer errs, or where nothing was put aside."""
    happened = set(TicketEvent.objects.values_list("kind", flat=True))
    assert {"marked_spam", "absorbed"} <= happened
    wrong = list(what_errs(office, story, when, seed))
    assert not wrong, "\n".join(wrong)


def test_changes_taken_in_one_by_one_equal_a_rebuild(office: House) -> None:
    story = Story(office, 23, first=AUTUMN)
    taken_in = 0
    while taken_in < CHANGES:
        before = dict(Ticket.objects.values_list("pk", "version"))
        story.go_on(5)
        changed = [pk for pk, version in Ticket.objects.values_list("pk", "version") if before.get(pk) != version]
        if story.dice.random() < 0.2:
            contact = story.dice.choice(Ticket.objects.order_by("pk")).conversation.contact
            contact.is_test = not contact.is_test
            contact.save()
            changed += Ticket.objects.filter(conversation__contact=contact).values_list("pk", flat=True)
        story.dice.shuffle(changed)
        if taken_in // 200 < (taken_in + len(changed)) // 200:
            analyse()
        bring_up_to_date(changed)
        taken_in += len(changed)
    happened = set(TicketEvent.objects.values_list("kind", flat=True))
    assert {"marked_spam", "merged", "absorbed"} <= happened
    assert list(differences(every_day())) == []
    facts = list(Fact.objects.order_by("pk").values())
    Fact.objects.all().delete()
    analyse()
    rebuild()
    assert list(Fact.objects.order_by("pk").values()) == facts
    assert list(differences(every_day())) == []
