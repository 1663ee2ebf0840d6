"""What spam and merged tickets do to the figures, and that taking it back restores them."""

import datetime as dt

from django.db.models import Sum

from analytics.models import Effort, Fact, MessageDay, Wait
from helpdesk import clock
from tests.analytics.history import MONDAY, after, answers, count, fact_of, hears, puts, resolves, someone
from tests.analytics.test_meanings import read
from tests.cast import House, newest_seq
from tickets.actions import merging, spam
from tickets.models import FocusSegment, Status, Ticket


def marks_spam(cast: House, ticket: Ticket, at: dt.datetime) -> None:
    """Let an agent take a ticket for spam."""
    with clock.at(at):
        spam.mark_spam(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def merges(cast: House, ticket: Ticket, into: Ticket, at: dt.datetime) -> None:
    """Let an agent merge a ticket into another one."""
    with clock.at(at):
        merging.merge(actor=cast.lena, ticket_id=ticket.pk, into_id=into.pk, seen_seq=newest_seq(ticket))


def two_tickets(cast: House) -> tuple[Ticket, Ticket]:
    """Return a resolved ticket and a later one of the same contact, which has waited for four minutes."""
    phone = someone()
    first = hears(cast, MONDAY, phone=phone)
    answers(cast.lena, first, after(minutes=5))
    resolves(cast.lena, first, after(minutes=10))
    Ticket.objects.update(closes_at=after(minutes=11))
    return first, hears(cast, after(days=1), phone=phone)


def everything() -> list[list[tuple[object, ...]]]:
    """Return what figures are counted from."""
    return [list(model.objects.order_by("pk").values_list()) for model in (Fact,)] + [
        sorted(model.objects.values_list(*fields), key=str)
        for model, fields in (
            (Wait, ("fact_id", "day", "agent", "team", "seconds", "business")),
            (MessageDay, ("fact_id", "day", "team", "inbound", "replies", "automatic")),
            (Effort, ("fact_id", "day", "agent", "team", "seconds")),
        )
    ]


def test_spam_counts_nowhere_and_was_open_until_it_was_marked(cast: House) -> None:
    ticket = hears(cast, MONDAY)
    answers(cast.lena, ticket, after(minutes=5))
    marks_spam(cast, ticket, after(days=1))
    count()
    for kpi in ("volume", "message_volume", "sla_compliance", "first_response_time", "next_response_time"):
        assert read(cast, kpi).n == 0, kpi
    fact = fact_of(ticket)
    assert (fact.is_counted, fact.is_stock) == (False, True)
    by_day = fact.steps.values("day").annotate(sum=Sum("delta")).order_by("day")
    assert list(by_day.values_list("day", "sum")) == [(dt.date(2026, 6, 1), 1), (dt.date(2026, 6, 2), -1)]


def test_what_was_no_spam_counts_as_if_nobody_had_marked_it(cast: House) -> None:
    phone = someone()
    ticket = hears(cast, MONDAY, phone=phone)
    marks_spam(cast, ticket, after(minutes=2))
    hears(cast, after(minutes=10), phone=phone, text="Is anybody there?")
    count()
    with clock.at(after(minutes=20)):
        spam.unmark_spam(actor=cast.lena, ticket_id=ticket.pk)
    answers(cast.lena, ticket, after(minutes=30))
    count()
    assert (read(cast, "volume").value, read(cast, "first_response_time").value) == (1, 30 * 60)
    assert list(Wait.objects.values_list("seconds", flat=True)) == [30 * 60]
    assert read(cast, "backlog").value == 1


def test_a_merged_ticket_counts_no_more_and_what_was_said_in_it_waits_in_the_other(cast: House) -> None:
    target, source = two_tickets(cast)
    looked = dt.timedelta(days=1, minutes=1)
    FocusSegment.objects.create(
        user=cast.lena,
        ticket=source,
        composing=False,
        started_at=MONDAY + looked,
        last_seen_at=MONDAY + looked,
        ended_at=MONDAY + looked + dt.timedelta(seconds=50),
    )
    merges(cast, source, target, after(days=1, minutes=2))
    answers(cast.lena, target, after(days=1, minutes=4))
    resolves(cast.lena, target, after(days=1, minutes=5))
    count()
    assert read(cast, "volume").value == 1
    assert sorted(Wait.objects.values_list("fact_id", "seconds")) == [(target.pk, 240), (target.pk, 300)]
    assert (read(cast, "first_response_time").value, read(cast, "resolution_time").value) == (300, 86_400 + 300)
    assert read(cast, "message_volume").value == 4
    # It was resolved, and had to be opened again; the look at the merged ticket is work at this one.
    assert (read(cast, "reopen_rate").value, read(cast, "first_contact_resolution").value) == (1.0, 0.0)
    assert fact_of(target).handling == 50
    assert not fact_of(source).is_counted


def test_undoing_a_merge_restores_all_figures(cast: House) -> None:
    target, source = two_tickets(cast)
    count()
    before = everything()
    merges(cast, source, target, after(days=1, minutes=2))
    count()
    assert everything() != before
    with clock.at(after(days=1, minutes=3)):
        merging.unmerge(actor=cast.lena, ticket_id=source.pk)
    count()
    assert everything() == before


def test_a_ticket_that_was_merged_by_mistake_waited_for_the_contact_all_along(cast: House) -> None:
    target, source = two_tickets(cast)
    puts(cast.lena, source, Status.PENDING, after(days=1, minutes=2))
    merges(cast, source, target, after(days=1, minutes=4))
    with clock.at(after(days=1, minutes=6)):
        merging.unmerge(actor=cast.lena, ticket_id=source.pk)
    resolves(cast.lena, source, after(days=1, minutes=10))
    count()
    assert (fact_of(source).resolution, fact_of(source).work) == (600, 120)
