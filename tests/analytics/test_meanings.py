"""What each figure means, by example: the manual of the definitions."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from agents.models import Membership
from analytics import facts, queries, refresh
from analytics.fold import Folded, Log
from analytics.fold import fold as whole_fold
from analytics.models import Dirty, Fact, MessageDay, Wait
from analytics.periods import Period
from analytics.queries import Reader
from analytics.results import Result
from analytics.scope import Filters
from helpdesk import clock
from tests.analytics.history import MONDAY, after, answers, begins, count, fact_of, hears, resolves, someone
from tests.cast import House
from tests.paper import paper
from tickets import delivery
from tickets.actions import assignment, bots, lifecycle
from tickets.actions.clocks import notice_next
from tickets.channels import SendError
from tickets.models import Inbox, RoutingRule, Ticket

AT_THE_END = after(days=30)
JUNE = Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))


def read(cast: House, kpi: str, *, at: dt.datetime = AT_THE_END, period: Period = JUNE) -> Result:
    """Return what a manager reads at a moment."""
    with clock.at(at):
        return Reader(cast.jonas).kpi(kpi, period)


def test_first_response_ends_when_the_channel_accepts_the_reply(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    answers(cast.lena, ticket, after(minutes=4), accepted_at=after(minutes=5))
    count()
    result = read(cast, "first_response_time")
    assert (result.value, result.n, result.status) == (300, 1, "met")
    assert (fact_of(ticket).replied_agent, fact_of(ticket).replied_team) == (cast.lena.pk, cast.returns.pk)


def test_a_failed_reply_is_no_reply(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    paper.plan.append(SendError("No", permanent=True))
    answers(cast.lena, ticket, after(minutes=4))
    answers(cast.mateus, ticket, after(minutes=9))
    count()
    assert read(cast, "first_response_time").value == 540
    assert fact_of(ticket).replied_agent == cast.mateus.pk


def test_a_late_webhook_counts_by_the_time_of_the_provider(cast: House) -> None:
    ticket = hears(cast, MONDAY, sent_at=after(minutes=-20))
    answers(cast.lena, ticket, after(minutes=1))
    phone = someone()
    other = hears(cast, after(hours=1), phone=phone)
    hears(cast, after(hours=2), phone=phone, sent_at=after(days=-3))  # believed, but not more than a day before
    answers(cast.lena, other, after(hours=2))
    count()
    assert [fact_of(one).first_response for one in (ticket, other)] == [21 * 60, 25 * 3600]


def test_every_wait_counts_once_from_its_oldest_message(cast: House) -> None:
    phone = someone()
    ticket = hears(cast, MONDAY, phone=phone)
    answers(cast.lena, ticket, after(minutes=5))
    hears(cast, after(minutes=10), phone=phone)
    hears(cast, after(minutes=12), phone=phone)
    answers(cast.lena, ticket, after(minutes=13))
    answers(cast.lena, ticket, after(minutes=14))
    resolves(cast.lena, ticket, after(minutes=15))
    hears(cast, after(minutes=16), phone=phone, text="Thanks")  # waits for nothing
    hears(cast, after(minutes=20), phone=phone, text="It broke again")
    answers(cast.lena, ticket, after(minutes=22))
    count()
    assert sorted(Wait.objects.values_list("seconds", flat=True)) == [120, 180, 300]
    assert read(cast, "next_response_time").n == 3


def test_resolution_lasts_to_the_last_resolve_and_an_undone_one_is_none(cast: House) -> None:
    phone = someone()
    ticket = hears(cast, MONDAY, phone=phone)
    answers(cast.lena, ticket, after(minutes=1))
    resolves(cast.lena, ticket, after(minutes=2))
    with clock.at(after(minutes=2, seconds=4)):
        lifecycle.undo_resolve(actor=cast.lena, ticket_id=ticket.pk)
    resolves(cast.lena, ticket, after(minutes=10))
    hears(cast, after(hours=5), phone=phone, text="It broke again")
    resolves(cast.mateus, ticket, after(hours=6))
    count()
    assert read(cast, "resolution_time").value == 6 * 3600
    assert read(cast, "first_resolution_time").value == 600
    assert read(cast, "reopen_rate").value == 1.0
    assert fact_of(ticket).solved_agent == cast.mateus.pk


def test_a_reopening_counts_within_the_window_that_held_when_the_ticket_was_resolved(cast: House) -> None:
    in_time, too_late = someone(), someone()
    for phone, hours in ((in_time, 100), (too_late, 20)):
        Inbox.objects.update(reopen_window=dt.timedelta(hours=hours))
        ticket = hears(cast, MONDAY, phone=phone)
        resolves(cast.lena, ticket, after(minutes=2))
        Ticket.objects.update(closes_at=after(days=9))  # as if nobody had closed it yet
        hears(cast, after(hours=90), phone=phone, text="It broke again")
    Inbox.objects.update(reopen_window=dt.timedelta(hours=100))
    count()
    assert read(cast, "reopen_rate").value == 0.5
    # Nobody knows before the longest window is over.
    assert read(cast, "reopen_rate", at=after(days=5)).value is None
    assert read(cast, "reopen_rate", at=after(days=6)).value == 0.5


def test_first_contact_resolution_wants_one_person_one_go_and_no_return(cast: House) -> None:
    Membership.objects.create(user=cast.lena, team=cast.finance)
    one_go, two_people, comes_back, moved = (someone() for _ in range(4))
    for phone in (one_go, two_people, comes_back, moved):
        ticket = hears(cast, MONDAY, phone=phone)
        answers(cast.mateus if phone == two_people else cast.lena, ticket, after(minutes=1))
        if phone == moved:
            with clock.at(after(minutes=2)):
                assignment.transfer(actor=cast.ada, ticket_id=ticket.pk, team_id=cast.finance.pk)
        resolves(cast.lena, ticket, after(minutes=3))
    hears(cast, after(days=6), phone=comes_back)
    count()
    result = read(cast, "first_contact_resolution")
    assert (result.value, result.numerator, result.denominator) == (1 / 4, 1, 4)
    assert result.too_few


def test_a_rate_whose_window_runs_is_provisional(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    answers(cast.lena, ticket, after(minutes=1))
    resolves(cast.lena, ticket, after(minutes=2))
    count()
    young = read(cast, "first_contact_resolution", at=after(days=7))
    assert (young.value, young.provisional and young.provisional.value) == (None, 1.0)
    assert young.provisional is not None
    assert young.provisional.final_from == dt.date(2026, 7, 8)
    old = read(cast, "first_contact_resolution", at=after(days=8))
    assert (old.value, old.provisional) == (1.0, None)


def test_the_day_is_the_local_day_of_the_event(cast: House) -> None:
    late = dt.datetime(2026, 6, 1, 22, 30, tzinfo=dt.UTC)  # half past midnight of Tuesday in Berlin
    hears(cast, late - dt.timedelta(minutes=30))  # the first moment of Tuesday
    hears(cast, late)
    count()
    with clock.at(after(days=3)):
        points = Reader(cast.jonas).series("volume", Period(dt.date(2026, 6, 1), dt.date(2026, 6, 2)))
    assert [point.value for point in points] == [0, 2]


def test_backlog_is_what_is_open_at_the_end_of_the_day(cast: House) -> None:
    first, second = hears(cast, MONDAY), hears(cast, after(days=1))
    resolves(cast.lena, first, after(days=2))
    with clock.at(after(days=3)):
        assignment.transfer(actor=cast.lena, ticket_id=second.pk, team_id=cast.finance.pk)
    count()
    week = Period(dt.date(2026, 6, 1), dt.date(2026, 6, 5))
    with clock.at(after(days=4)):
        reader = Reader(cast.jonas)
        assert [point.value for point in reader.series("backlog", week)] == [1, 2, 1, 1, 1]
        teams = reader.breakdown("backlog", "team", week)
        assert {key: result.value for key, result in teams.items()} == {str(cast.finance.pk): 1}
        assert list(reader.tickets_behind("backlog", week)) == [second]


def test_a_promise_is_broken_when_its_time_passes_though_the_ticket_is_open(cast: House) -> None:
    answered, waiting = hears(cast, MONDAY), hears(cast, MONDAY)
    answers(cast.lena, answered, after(minutes=1))
    with clock.at(after(days=1)):
        while notice_next():
            pass
    count()
    with clock.at(after(days=2)):
        promises = Reader(cast.jonas).tickets_behind("sla_compliance", JUNE, measure="sla_compliance.first_response")
        assert set(promises) == {answered, waiting}
    assert read(cast, "sla_compliance").value is not None


def test_a_promise_that_an_earlier_message_takes_the_place_of_is_neither_kept_nor_broken(cast: House) -> None:
    phone = someone()
    ticket = hears(cast, after(minutes=3), phone=phone)
    hears(cast, after(minutes=4), phone=phone, sent_at=MONDAY)
    answers(cast.lena, ticket, after(minutes=5))
    count()
    assert fact_of(ticket).promises.filter(metric="first_response").count() == 1


def test_a_chat_is_missed_when_nobody_replied_within_a_day(cast: House) -> None:
    hears(cast, MONDAY)
    resolved = hears(cast, MONDAY)
    resolves(cast.lena, resolved, after(hours=1))
    count()
    assert read(cast, "missed_chats", at=after(hours=25)).value == 0  # the day is not over
    assert read(cast, "missed_chats", at=after(days=2)).value == 1


def test_contacts_who_come_back(cast: House) -> None:
    phone = someone()
    for day in (0, 5):
        ticket = hears(cast, after(days=day), phone=phone)
        resolves(cast.lena, ticket, after(days=day, hours=1))
        with clock.at(after(days=day, hours=80)):
            while lifecycle.close_next():
                pass
    hears(cast, MONDAY)
    count()
    assert read(cast, "repeat_contact_rate").value == 1.0
    returning = read(cast, "returning_contact_rate")
    assert (returning.numerator, returning.denominator) == (1, 2)


def test_without_a_person_means_nobody_wrote_nobody_was_asked_for_and_nobody_came_back(cast: House) -> None:
    names = ("quiet", "answered", "back", "soon", "wanted", "reopened")
    phones = {name: someone() for name in names}
    tickets = {}
    for name, phone in phones.items():
        text = "I want a human" if name == "wanted" else "Thank you"
        tickets[name] = hears(cast, MONDAY, phone=phone, text=text)
        if name == "answered":
            answers(cast.lena, tickets[name], after(minutes=1))
        resolves(cast.lena, tickets[name], after(minutes=2))
    hears(cast, after(hours=5), phone=phones["reopened"], text="It is broken again")
    Ticket.objects.filter(pk=tickets["soon"].pk).update(status="closed")
    hears(cast, after(hours=71), phone=phones["soon"], text="Another question")
    with clock.at(after(hours=73)):
        while lifecycle.close_next():
            pass
    hears(cast, after(hours=73), phone=phones["back"], text="Another question")
    count()
    assert {name for name in names if fact_of(tickets[name]).is_deflected} == {"quiet", "back"}
    result = read(cast, "deflection_rate")
    assert (result.numerator, result.denominator) == (2, 6)
    assert read(cast, "deflection_rate", at=after(days=3)).value is None  # the silence is not over


def test_what_a_bot_answers_and_resolves_is_nobodys_work(cast: House) -> None:
    helped, asked, taken = (hears(cast, MONDAY) for _ in range(3))
    for ticket in (helped, asked, taken):
        with clock.at(after(minutes=1)):
            bots.answer(actor=cast.lena, ticket_id=ticket.pk, text="Look into the box.")
            while delivery.deliver_next():
                pass
    with clock.at(after(minutes=2)):
        bots.resolve(actor=cast.lena, ticket_id=helped.pk, seen_seq=99)
    hears(cast, after(minutes=2), phone=asked.conversation.contact.phone.lstrip("+"), text="agent")
    for ticket in (asked, taken):
        answers(cast.lena, ticket, after(minutes=5))
        resolves(cast.lena, ticket, after(minutes=9))
    count()
    assert [fact_of(one).is_deflected for one in (helped, asked, taken)] == [True, False, False]
    result = read(cast, "first_response_time")
    assert (result.value, result.denominator) == (240, 2), "only people reply: after three minutes and after five"
    assert read(cast, "acknowledgement_time").value is None
    assert sum(MessageDay.objects.values_list("automatic", flat=True)) == 3
    assert fact_of(helped).solved_agent is None


def test_the_topic_is_what_routing_recognised(cast: House) -> None:
    rule = RoutingRule.objects.create(name="Invoices", position=1, keywords=["invoice"], team=cast.finance)
    about, other = hears(cast, MONDAY, text="Where is my invoice?"), hears(cast, MONDAY)
    answers(cast.ada, about, after(minutes=4))
    count()
    assert (fact_of(about).topic, fact_of(other).topic) == (rule.pk, None)
    with clock.at(AT_THE_END):
        reader = Reader(cast.jonas)
        assert {key: one.value for key, one in reader.breakdown("volume", "topic", JUNE).items()} == {str(rule.pk): 1}
        about_invoices = Reader(cast.jonas, Filters(topics=frozenset({rule.pk})))
        assert about_invoices.kpi("first_response_time", JUNE).value == 240
        assert sum(map(sum, about_invoices.heatmap(JUNE).opened)) == 1
        assert list(about_invoices.tickets_behind("volume", JUNE)) == [about]
        assert about_invoices.ages().under_1_day + about_invoices.ages().older == 1


def test_test_contacts_count_nowhere(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    contact = ticket.conversation.contact
    contact.is_test = True
    contact.save()
    count()
    assert read(cast, "volume").value == 0
    assert read(cast, "backlog").value == 0


def test_what_we_began_is_no_open_ticket_until_the_contact_answers(cast: House) -> None:
    phone = someone()
    begins(cast.lena, cast.inbox, phone, MONDAY)

    def open_by_age() -> tuple[float | None, int]:
        count()
        with clock.at(after(days=2)):
            ages = Reader(cast.jonas).ages()
        return read(cast, "backlog").value, ages.under_1_day + ages.under_3_days + ages.under_7_days + ages.older

    assert open_by_age() == (0, 0)
    assert read(cast, "volume").value == 0
    ticket = hears(cast, after(hours=1), phone=phone)
    assert open_by_age() == (1, 1)
    answers(cast.lena, ticket, after(hours=2))
    count()
    assert read(cast, "first_response_time").value == 3600, "what we began with answers nothing"


def test_heat_map_divides_by_how_often_an_hour_came() -> None:
    spring = Period(dt.date(2026, 3, 29), dt.date(2026, 3, 29))  # clocks go forward at two
    autumn = Period(dt.date(2026, 10, 25), dt.date(2026, 10, 25))
    assert [queries.hours_of(day)[6][2] for day in (spring, autumn)] == [0.0, 2.0]
    assert sum(map(sum, queries.hours_of(spring))) == 23


def test_who_reads_what(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    with clock.at(after(minutes=1)):
        assignment.transfer(actor=cast.lena, ticket_id=hears(cast, MONDAY).pk, team_id=cast.finance.pk)
    count()
    with clock.at(after(days=1)):
        assert Reader(cast.jonas).kpi("backlog", JUNE).value == 2
        lead = Reader(cast.amira)
        assert lead.kpi("backlog", JUNE).value == 1
        assert list(lead.tickets_behind("backlog", JUNE)) == [ticket]
        both = Reader(cast.jonas, Filters(teams=frozenset({ticket.team_id, cast.finance.pk})))
        assert [both.kpi("backlog", JUNE).value, both.series("backlog", JUNE)[0].value] == [2, 2]
        assert Reader(cast.amira, Filters(teams=frozenset({cast.finance.pk}))).kpi("backlog", JUNE).value == 0
        with pytest.raises(PermissionDenied):
            Reader(cast.lena)


def test_the_front_page_takes_few_queries(cast: House, django_assert_max_num_queries: object) -> None:
    answers(cast.lena, hears(cast, MONDAY), after(minutes=1))
    count()
    with clock.at(after(days=1)), django_assert_max_num_queries(9):  # type: ignore[operator]
        page = queries.overview(cast.jonas, JUNE)
    assert page.results["volume"].value == 1
    assert len(page.results) == 9


def test_what_cannot_be_written_or_counted_does_not_hold_up_the_others(
    cast: House, caplog: pytest.LogCaptureFixture
) -> None:
    strange, *_sound = hears(cast, MONDAY), hears(cast, MONDAY), hears(cast, after(days=1))
    resolves(cast.lena, strange, after(hours=1))
    with connection.cursor() as sql:
        # More seconds than the column of a figure takes.
        sql.execute("SET LOCAL session_replication_role = replica")
        sql.execute(
            "UPDATE tickets_ticketevent SET occurred_at = '2200-01-01', recorded_at = '2200-01-01'"
            " WHERE ticket_id = %s AND kind = 'resolved'",
            [strange.pk],
        )
        sql.execute("SET LOCAL session_replication_role = origin")
        sql.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'not this day'; END $$"
        )
        sql.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON kpi_rollup FOR EACH ROW"
            " WHEN (NEW.day = '2026-06-01') EXECUTE FUNCTION pg_temp.refuse()"
        )
    assert refresh.take_in([ticket.pk for ticket in Ticket.objects.order_by("pk")]) == 1
    assert dt.date(2026, 6, 2) in refresh.count_dirty_days()
    assert set(Dirty.objects.values_list("day", flat=True)) == {dt.date(2026, 6, 1)}, "it is counted when it can be"
    assert Fact.objects.count() == 2
    assert "ticket_cannot_be_folded" in caplog.text
    assert "day_cannot_be_counted" in caplog.text
    caplog.clear()  # it was meant to be
    assert refresh.count_dirty_days() == []
    assert caplog.text == "", "it is not tried every two seconds"
    with clock.at(clock.now() + refresh.AGAIN):
        refresh.count_dirty_days()
    assert "day_cannot_be_counted" in caplog.text
    caplog.clear()
    Dirty.objects.create(day=dt.date(2026, 6, 1))
    with connection.cursor() as sql:
        sql.execute("DROP TRIGGER refuse ON kpi_rollup")
    assert refresh.count_dirty_days() == [dt.date(2026, 6, 1)], "more happened on it"
    assert not Dirty.objects.exists()


def test_a_ticket_that_cannot_be_folded_does_not_hold_up_the_others(
    cast: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    strange = hears(cast, MONDAY)
    hears(cast, MONDAY)

    def fold(log: Log, *rest: object) -> Folded:
        if log.ticket == strange.pk:
            raise ValueError("no such thing was foreseen")
        return original(log, *rest)  # type: ignore[arg-type]

    original = whole_fold
    monkeypatch.setattr(facts, "fold", fold)
    count()
    assert read(cast, "volume").value == 1
    assert "ticket_cannot_be_folded" in caplog.text
    caplog.clear()  # it was meant to be
