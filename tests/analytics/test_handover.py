"""From when people's time counts where a bot was there first, by example and to the second."""

import datetime as dt

from helpdesk import clock
from tests.analytics.history import MONDAY, after, answers, count, fact_of, hears, resolves, someone
from tests.cast import House, newest_seq
from tickets import delivery
from tickets.actions import assignment, bots
from tickets.models import Ticket


def bot_says(cast: House, ticket: Ticket, at: dt.datetime) -> None:
    """Let a bot answer."""
    with clock.at(at):
        bots.answer(actor=cast.lena, ticket_id=ticket.pk, text="Look into the box.")
        while delivery.deliver_next():
            pass


def is_given(cast: House, ticket: Ticket, at: dt.datetime, *, back: bool = False) -> None:
    """Give the ticket to Lena, or back to the queue."""
    with clock.at(at):
        assignment.assign(actor=cast.ada, ticket_id=ticket.pk, assignee_id=None if back else cast.lena.pk)


def bot_resolves(cast: House, ticket: Ticket, at: dt.datetime) -> None:
    """Let a bot resolve."""
    with clock.at(at):
        bots.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))


def test_what_a_bot_held_begins_when_it_passes_to_people(cast: House) -> None:
    phones = {name: someone() for name in ("asked", "given", "in vain", "there and back")}
    tickets = {name: hears(cast, MONDAY, phone=phone) for name, phone in phones.items()}
    for ticket in tickets.values():
        bot_says(cast, ticket, after(minutes=1))
    hears(cast, after(minutes=20, seconds=10), phone=phones["asked"], text="agent")
    is_given(cast, tickets["given"], after(minutes=22, seconds=5))
    bot_says(cast, tickets["in vain"], after(minutes=2))
    bot_says(cast, tickets["in vain"], after(minutes=21))  # the third in a row is not said
    is_given(cast, tickets["there and back"], after(minutes=3))
    is_given(cast, tickets["there and back"], after(minutes=4), back=True)
    bot_says(cast, tickets["there and back"], after(minutes=5))
    is_given(cast, tickets["there and back"], after(minutes=22))
    for ticket in tickets.values():
        answers(cast.lena, ticket, after(minutes=23, seconds=15))
        resolves(cast.lena, ticket, after(minutes=30, seconds=10))
    count()
    facts = {name: fact_of(ticket) for name, ticket in tickets.items()}
    assert {name: fact.first_response for name, fact in facts.items()} == {
        "asked": 185, "given": 70, "in vain": 135, "there and back": 20 * 60 + 15,
    }  # fmt: skip
    assert {name: (fact.resolution, fact.first_resolution, fact.work) for name, fact in facts.items()} == {
        "asked": (600, 600, 600), "given": (485, 485, 485), "in vain": (550, 550, 550),
        "there and back": (27 * 60 + 10, 27 * 60 + 10, 27 * 60 + 10),
    }  # fmt: skip


def test_where_no_bot_held_it_or_nobody_was_asked_the_contact_s_first_message_counts(cast: House) -> None:
    phone = someone()
    without_bot, uncalled = hears(cast, MONDAY, phone=phone), hears(cast, MONDAY)
    bot_says(cast, uncalled, after(minutes=1))
    hears(cast, after(minutes=5), phone=phone, text="agent")
    for ticket in (without_bot, uncalled):
        answers(cast.lena, ticket, after(minutes=9))
        resolves(cast.lena, ticket, after(minutes=10))
    count()
    for fact in map(fact_of, (without_bot, uncalled)):
        assert (fact.first_response, fact.resolution) == (540, 600)


def test_what_only_a_bot_resolved_begins_anew_when_it_is_reopened(cast: House) -> None:
    phones = {name: someone() for name in ("silent", "again", "people")}
    tickets = {name: hears(cast, MONDAY, phone=phone) for name, phone in phones.items()}
    answers(cast.lena, tickets["people"], after(seconds=30))
    is_given(cast, tickets["people"], after(seconds=40), back=True)
    for name, ticket in tickets.items():
        if name == "people":
            resolves(cast.lena, ticket, after(minutes=2))
        else:
            bot_says(cast, ticket, after(minutes=1))
            bot_resolves(cast, ticket, after(minutes=2))
        hears(cast, after(hours=5), phone=phones[name], text="It broke again")
    bot_says(cast, tickets["again"], after(hours=5, minutes=1))
    for ticket in tickets.values():
        is_given(cast, ticket, after(hours=5, minutes=10))
        answers(cast.lena, ticket, after(hours=5, minutes=12, seconds=30))
        resolves(cast.lena, ticket, after(hours=5, minutes=20))
    count()
    facts = {name: fact_of(ticket) for name, ticket in tickets.items()}
    assert {name: fact.first_response for name, fact in facts.items()} == {"silent": 750, "again": 150, "people": 30}
    assert {name: (fact.first_resolution, fact.resolution) for name, fact in facts.items()} == {
        "silent": (120, 1200), "again": (120, 600), "people": (120, 5 * 3600 + 1200),
    }  # fmt: skip
