"""What the house has decided is read again when one of its rows changed, and only then."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import House, ticket_of, writes
from tickets import rulebook
from tickets.models import AutomaticText, BusinessHours, RoutingRule, SlaTarget, TeamHours, TextKind


def questions() -> int:
    """Return how many queries it takes to know what holds."""
    with CaptureQueriesContext(connection) as captured:
        rulebook.current()
    return len(captured)


@pytest.fixture(autouse=True)
def already_read(cast: House) -> None:
    rulebook.current()


def test_nothing_changed_is_one_question() -> None:
    assert questions() == 1


def test_every_change_is_noticed_however_it_was_made(cast: House) -> None:
    own = BusinessHours.objects.create(name="Nights", time_zone="Europe/Berlin")
    assert questions() > 1
    TeamHours.objects.create(team=cast.finance, hours=own)
    assert rulebook.current().hours_of_team(cast.finance.pk) == own
    RoutingRule.objects.create(name="Money", position=1, keywords=["invoice"], team=cast.finance)
    assert [rule.name for rule in rulebook.current().rules] == ["Money"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tickets_routingrule SET name = 'Bills'")
    assert [rule.name for rule in rulebook.current().rules] == ["Bills"]
    AutomaticText.objects.update_or_create(
        kind=TextKind.UPDATE, language="en", defaults={"text": "Now with {team}", "is_active": True}
    )
    assert "Now with {team}" in {text.text for text in rulebook.current().texts}
    RoutingRule.objects.all().delete()
    assert rulebook.current().rules == []


def test_what_was_rolled_back_never_held(cast: House) -> None:
    with transaction.atomic():
        RoutingRule.objects.create(name="Never", position=1, keywords=["never"], team=cast.finance)
        assert len(rulebook.current().rules) == 1
        transaction.set_rollback(True)
    assert rulebook.current().rules == []
    with transaction.atomic():
        RoutingRule.objects.create(name="Sometimes", position=1, keywords=["some"], team=cast.finance)
        assert [rule.name for rule in rulebook.current().rules] == ["Sometimes"]
        transaction.set_rollback(True)


def test_the_next_message_meets_the_new_promise(cast: House) -> None:
    before = ticket_of(writes(cast.inbox, "one", phone="301"))
    SlaTarget.objects.update(seconds=60)
    after = ticket_of(writes(cast.inbox, "two", phone="302"))
    assert before.due_at == before.opened_at + dt.timedelta(minutes=10)
    assert after.due_at == after.opened_at + dt.timedelta(minutes=1)


def test_one_piece_of_work_goes_by_one_reading(cast: House) -> None:
    with rulebook.laid_open():
        assert questions() == 1
        RoutingRule.objects.create(name="Late", position=1, keywords=["late"], team=cast.finance)
        assert questions() == 0
        assert rulebook.current().rules == []
    assert len(rulebook.current().rules) == 1


@pytest.mark.parametrize(("known", "most"), [(False, 17), (True, 13)])
def test_a_message_costs_few_questions(cast: House, *, known: bool, most: int) -> None:
    ticket_of(writes(cast.inbox, "somebody else", phone="300"))
    if known:
        ticket_of(writes(cast.inbox, "hello", phone="301"))
    with CaptureQueriesContext(connection) as captured:
        ticket_of(writes(cast.inbox, "message 1", phone="301"))
    assert len(captured) <= most, [query["sql"][:90] for query in captured]
