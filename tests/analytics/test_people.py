"""Figures about work and opinion: presence, handling, surveys."""

import datetime as dt
import uuid

import pytest

from agents.models import Membership, PresenceInterval, PresenceState, User
from analytics import presence, rollups
from analytics.models import Dirty, PresenceDay
from analytics.periods import Period
from analytics.queries import Reader
from analytics.scope import Filters
from helpdesk import clock
from surveys.models import InvitationState, Survey, SurveyInvitation, SurveyKind, SurveyResponse
from tests.analytics.history import MONDAY, after, answers, count, fact_of, hears, resolves, someone
from tests.cast import House
from tickets.models import EventKind, FocusSegment, Message, Ticket

JUNE = Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))


def reader(cast: House, **filters: frozenset[int]) -> Reader:
    """Return what a manager asks with."""
    return Reader(cast.jonas, Filters(**filters))  # type: ignore[arg-type]


def is_here(who: User, begin: dt.datetime, end: dt.datetime, state: PresenceState = PresenceState.ONLINE) -> None:
    """Let somebody be here."""
    PresenceInterval.objects.create(user=who, state=state, started_at=begin, last_seen_at=end, ended_at=end)


def looks(who: User, ticket: Ticket, begin: dt.datetime, end: dt.datetime) -> None:
    """Let somebody have a ticket before their eyes."""
    FocusSegment.objects.create(user=who, ticket=ticket, started_at=begin, last_seen_at=end, ended_at=end)


def count_presence() -> None:
    """Count presence and the days it touches."""
    presence.count(presence.every_day())
    rollups.count_days(sorted(set(Dirty.objects.values_list("day", flat=True))))
    Dirty.objects.all().delete()


def test_utilisation_is_work_within_the_time_available(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    is_here(cast.lena, MONDAY, after(hours=2))
    is_here(cast.lena, after(hours=2), after(hours=3), PresenceState.AWAY)
    is_here(cast.mateus, MONDAY, after(hours=2))
    looks(cast.lena, ticket, after(hours=1), after(hours=2, minutes=30))
    count()
    count_presence()
    result = reader(cast).kpi("utilisation", JUNE)
    assert (result.value, result.numerator, result.denominator) == (0.25, 3600, 4 * 3600)
    by_agent = reader(cast).breakdown("utilisation", "agent", JUNE)
    assert {key: one.value for key, one in by_agent.items()} == {str(cast.lena.pk): 0.5, str(cast.mateus.pk): 0.0}


def test_tickets_between_which_somebody_changes_are_in_hand_together(cast: House) -> None:
    one, other = hears(cast, MONDAY), hears(cast, MONDAY)
    is_here(cast.lena, MONDAY, after(minutes=30))
    for minute, ticket in ((0, one), (3, other), (6, one), (20, other)):
        looks(cast.lena, ticket, after(minutes=minute), after(minutes=minute + 3))
    looks(cast.mateus, one, MONDAY, after(minutes=30))  # not available
    count_presence()
    result = reader(cast).kpi("concurrency", JUNE)
    # one from 0 to 9, the other from 3 to 6 and, after a longer break, from 20 to 23
    assert (result.numerator, result.denominator) == (15 * 60, 12 * 60)
    assert set(reader(cast).breakdown("concurrency", "agent", JUNE)) == {str(cast.lena.pk)}


def test_a_whole_day_of_presence_has_25_hours_when_the_clocks_go_back(cast: House) -> None:
    begin = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
    is_here(cast.lena, begin, begin + dt.timedelta(days=2))
    count_presence()
    assert PresenceDay.objects.get(day=dt.date(2026, 10, 25)).available == 25 * 3600


def test_an_agent_of_two_teams_is_utilised_once(cast: House) -> None:
    Membership.objects.create(user=cast.lena, team=cast.finance)
    is_here(cast.lena, MONDAY, after(hours=2))
    count_presence()
    both = frozenset({cast.returns.pk, cast.finance.pk})
    assert reader(cast, teams=both).kpi("utilisation", JUNE).denominator == 2 * 3600
    assert reader(cast, teams=frozenset({cast.finance.pk})).kpi("utilisation", JUNE).denominator == 2 * 3600
    assert set(reader(cast).breakdown("utilisation", "team", JUNE)) == {str(key) for key in both}


def test_presence_over_midnight_counts_on_both_days(cast: House) -> None:
    is_here(cast.lena, after(hours=11), after(hours=13))  # 23:00 to 01:00 in Berlin
    count_presence()
    points = reader(cast).series("utilisation", Period(dt.date(2026, 6, 1), dt.date(2026, 6, 2)))
    assert [point.n for point in points] == [3600, 3600]


def test_resolved_per_hour(cast: House) -> None:
    for minute in (1, 2, 3):
        resolves(cast.lena, hears(cast, MONDAY), after(minutes=minute))
    is_here(cast.lena, MONDAY, after(hours=2))
    count()
    count_presence()
    assert reader(cast).kpi("productivity", JUNE).value == pytest.approx(1.5)


def test_handling_counts_talking_in_full_and_waiting_up_to_a_limit(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    answers(cast.lena, ticket, after(minutes=4))
    resolves(cast.lena, ticket, after(minutes=14))
    looks(cast.lena, ticket, after(minutes=1), after(minutes=30))
    count()
    # three minutes until the reply; of ten minutes of waiting two; of sixteen after resolving five
    assert fact_of(ticket).handling == (3 + 2 + 5) * 60
    assert reader(cast).kpi("handling_time", JUNE).value == 600
    assert reader(cast).breakdown("handling_time", "agent", JUNE)[str(cast.lena.pk)].value == 600


def test_without_a_browser_handling_is_estimated_from_the_replies(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    answers(cast.lena, ticket, after(minutes=2))
    answers(cast.mateus, ticket, after(minutes=20))
    resolves(cast.lena, ticket, after(minutes=30))
    count()
    assert (fact_of(ticket).handling, fact_of(ticket).is_handling_estimated) == (120 + 300, True)
    by_agent = reader(cast).breakdown("handling_time", "agent", JUNE)
    assert [by_agent[str(who.pk)].value for who in (cast.lena, cast.mateus)] == [120, 300]
    assert reader(cast).kpi("handling_time", JUNE).n == 1


def rates(
    ticket: Ticket,
    kind: SurveyKind,
    score: int | None,
    *,
    at: dt.datetime,
    highest: int = 10,
    after: dt.timedelta = dt.timedelta(minutes=5),
    arrives: bool = True,
) -> None:
    """Let the contact be asked about the last resolve, and answer."""
    survey, _made = Survey.objects.get_or_create(kind=kind, defaults={"highest": highest})
    resolved = ticket.events.filter(kind=EventKind.RESOLVED).latest("seq")
    conversation = ticket.conversation
    conversation.last_seq += 1
    conversation.save()
    question = Message.objects.create(
        inbox_id=conversation.inbox_id, conversation=conversation, ticket=ticket, seq=conversation.last_seq,
        kind="outbound", purpose="survey", author_kind="bot", text="How was it?", state="sent", client_id=uuid.uuid4(),
        occurred_at=at, recorded_at=at, sent_at=at, delivered_at=at if arrives else None,
    )  # fmt: skip
    invitation = SurveyInvitation.objects.create(
        survey=survey, ticket=ticket, resolution=resolved, agent=resolved.actor, team=ticket.team,
        state=InvitationState.SENT, due_at=at, language="en", message=question, created_at=at, decided_at=at,
    )  # fmt: skip
    if score is not None:
        SurveyResponse.objects.create(
            invitation=invitation, score=score, lowest=0 if kind == SurveyKind.NPS else 1, highest=highest,
            occurred_at=at + after, recorded_at=at + after,
        )  # fmt: skip


def resolved(cast: House, *, phone: str = "", day: int = 0) -> Ticket:
    """Return a ticket that Lena resolved."""
    ticket = hears(cast, after(days=day), phone=phone)
    resolves(cast.lena, ticket, after(days=day, minutes=10))
    return ticket


def test_satisfied_are_four_and_five_of_five(cast: House) -> None:
    for score in (5, 4, 3, None):
        rates(resolved(cast), SurveyKind.CSAT, score, at=after(hours=1), highest=5)
    count()
    with clock.at(after(days=20)):
        csat = reader(cast).kpi("csat", JUNE)
        assert (csat.value, csat.n, csat.too_few) == (2 / 3, 3, True)
        assert reader(cast).kpi("csat_mean", JUNE).value == pytest.approx(4.0)
        assert reader(cast).kpi("survey_response_rate", JUNE).value == 0.75
        assert reader(cast).breakdown("csat", "agent", JUNE)[str(cast.lena.pk)].n == 3
        assert reader(cast).tickets_behind("csat", JUNE).count() == 3


def test_surveys_that_arrived_are_answered_within_a_week_or_not(cast: House) -> None:
    rates(resolved(cast), SurveyKind.CSAT, 5, at=after(hours=1), highest=5, after=dt.timedelta(days=6))
    rates(resolved(cast), SurveyKind.CSAT, 5, at=after(hours=1), highest=5, after=dt.timedelta(days=8))
    rates(resolved(cast), SurveyKind.CSAT, None, at=after(hours=1), highest=5, arrives=False)
    count()
    with clock.at(after(days=20)):
        result = reader(cast).kpi("survey_response_rate", JUNE)
    assert (result.numerator, result.denominator) == (1, 2)


def test_net_score_counts_only_the_newest_answer_of_a_contact(cast: House) -> None:
    phone = someone()
    rates(resolved(cast, phone=phone), SurveyKind.NPS, 2, at=after(hours=1))
    rates(resolved(cast, phone=phone, day=10), SurveyKind.NPS, 9, at=after(days=10, hours=1))
    rates(resolved(cast), SurveyKind.NPS, 10, at=after(hours=1))
    rates(resolved(cast), SurveyKind.NPS, 6, at=after(hours=1))
    count()
    result = reader(cast).kpi("nps", JUNE)
    assert (result.value, result.n) == (33, 3)
