"""New tickets go where the rules say, before any clock starts, and say why for ever."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agents.models import Membership, Notification
from tests.cast import House, newest_seq, person, ticket_of, writes
from tickets import dossier, intake, routing_history, timeline
from tickets.actions import assignment, lifecycle, rules, triage
from tickets.actions.rules import RuleDraft
from tickets.errors import NotAllowed, Refused, StaleEdit
from tickets.models import (
    BusinessInterval,
    Contact,
    EventKind,
    Metric,
    Priority,
    RoutingRule,
    SlaPolicy,
    SlaTarget,
    Tag,
    TagSource,
    Ticket,
)

pytestmark = pytest.mark.django_db
BILLING = ("Abrechnung", "Rechnung", "Zahlung", "invoice", "facture")


def rule(cast: House, name: str = "Billing", **fields: object) -> RoutingRule:
    """Ada writes a rule; without more it sends money matters to Finance."""
    values = {"name": name, "keywords": BILLING, "team_id": cast.finance.pk, **fields}
    return rules.create_rule(actor=cast.ada, draft=RuleDraft(**values))  # type: ignore[arg-type]


def urgent(cast: House) -> RoutingRule:
    """A rule that only makes it urgent."""
    return rule(cast, "Urgent", keywords=("dringend", "urgent"), team_id=None, priority=Priority.URGENT)


@pytest.mark.parametrize(
    "text",
    [
        "Frage zur Abrechnung",
        "FRAGE ZUR ABRECHNUNG!!",
        "Where is my invoice?",
        "Ma facture, s’il vous plaît",
        "Hallo,\n\nmeine (Zahlung) fehlt.",
    ],
)
def test_a_message_about_money_goes_to_finance(cast: House, text: str) -> None:
    rule(cast)
    assert ticket_of(writes(cast.inbox, text)).team == cast.finance


def test_where_no_rule_fits_the_ticket_stays_with_the_inboxs_team(cast: House) -> None:
    rule(cast)
    ticket = ticket_of(writes(cast.inbox, "My tent pole snapped"))
    assert ticket.team == cast.returns
    assert not ticket.events.filter(kind=EventKind.ROUTED).exists()
    assert routing_history.why(dossier.of(ticket, cast.ada).decided) == ""


def test_the_first_rule_that_fits_wins_and_one_that_is_off_does_not_count(cast: House) -> None:
    tents = rule(cast, "Tents", keywords=("Zelt",), team_id=cast.returns.pk, priority=Priority.HIGH)
    rule(cast)
    text = "Rechnung für mein Zelt"
    assert ticket_of(writes(cast.inbox, text, phone="301")).priority == Priority.HIGH
    rules.switch_rule(actor=cast.ada, rule_id=tents.pk, active=False)
    ticket = ticket_of(writes(cast.inbox, text, phone="302"))
    assert (ticket.team, ticket.priority) == (cast.finance, Priority.NORMAL)


def test_the_ticket_says_why_it_went_there_in_the_words_of_the_rule_as_it_was(cast: House) -> None:
    tag = Tag.objects.create(name="invoice")
    money = rule(cast, tag_ids=(tag.pk,))
    ticket = ticket_of(writes(cast.inbox, "Frage zur ABRECHNUNG"))
    rules.change_rule(
        actor=cast.ada,
        rule_id=money.pk,
        version=1,
        draft=RuleDraft(name="Money", keywords=("Geld",), team_id=cast.finance.pk),
    )
    rules.delete_rule(actor=cast.ada, rule_id=money.pk)
    said = "Rule <b>Billing</b> found “Abrechnung” and sent this to <b>Finance</b>"
    assert routing_history.why(dossier.of(ticket, cast.ada).decided) == said
    lines = timeline.read(cast.ada, ticket.conversation).entries
    assert said in [line.sentence for line in lines]
    routed = ticket.events.get(kind=EventKind.ROUTED)
    assert routed.data == {
        "rule": money.pk,
        "version": 1,
        "keywords": [0],
        "before": {"team": cast.returns.pk, "priority": 3},
        "after": {"team": cast.finance.pk, "priority": 3},
        "tags": [tag.pk],
    }
    assert ticket.ticket_tags.get().source == TagSource.RULE


@time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False)
def test_the_promise_is_the_one_of_the_team_and_priority_it_ends_up_with(cast: House) -> None:
    policy = SlaPolicy.objects.create(name="Finance", position=0, team=cast.finance, priority=Priority.URGENT)
    SlaTarget.objects.create(policy=policy, metric=Metric.FIRST_RESPONSE, seconds=120)
    rule(cast, priority=Priority.URGENT)
    ticket = ticket_of(writes(cast.inbox, "Zahlung doppelt"))
    clock = ticket.clocks.get()
    assert (clock.policy, clock.due_at) == (policy, ticket.opened_at + dt.timedelta(seconds=120))


def test_an_urgent_ticket_goes_to_the_specialists_and_their_leads_hear_of_it_at_once(cast: House) -> None:
    lead = person("ines")
    Membership.objects.create(user=lead, team=cast.finance, is_lead=True)
    rule(cast, "Fraud", keywords=("Betrug",), priority=Priority.URGENT)
    inbound = writes(cast.inbox, "Das ist Betrug!")
    ticket = ticket_of(inbound)
    intake.receive(inbound)
    assert (ticket.team, ticket.priority) == (cast.finance, Priority.URGENT)
    assert list(Notification.objects.values_list("user", "kind", "ticket_id")) == [(lead.pk, "urgent", ticket.pk)]


def test_conditions_of_inbox_language_and_hours_must_hold_together_with_the_words(cast: House) -> None:
    rule(cast, "German evenings", keywords=("Rechnung",), language="de", out_of_hours=True, inbox_id=cast.inbox.pk)
    BusinessInterval.objects.all().delete()
    BusinessInterval.objects.create(hours_id=_default_hours(), weekday=0, begins=9 * 60, ends=17 * 60)
    evening = dt.datetime(2026, 3, 2, 20, tzinfo=dt.UTC)
    with time_machine.travel(evening, tick=False):
        ticket_of(writes(cast.inbox, "hallo", phone="301"))
        Contact.objects.update(language="de")
        Ticket.objects.update(status="closed", resolved_at=evening)
        assert ticket_of(writes(cast.inbox, "Rechnung?", phone="301")).team == cast.finance
        assert ticket_of(writes(cast.inbox, "Rechnung?", phone="302")).team == cast.returns
        Ticket.objects.update(status="closed", resolved_at=evening)
    with time_machine.travel(evening - dt.timedelta(hours=8), tick=False):
        assert ticket_of(writes(cast.inbox, "Rechnung?", phone="301")).team == cast.returns


@pytest.mark.parametrize(
    ("text", "phone", "team"),
    [
        ("Wo bleibt mein Paket, bitte?", "353874120968", "Finance"),  # the words decide
        ("?", "4930123456", "Finance"),  # nothing to tell from the words: the number decides
        ("Where is my parcel, please?", "4930123456", "Returns desk"),
    ],
)
def test_the_language_of_a_strangers_first_message_counts(cast: House, text: str, phone: str, team: str) -> None:
    rule(cast, "German speakers", keywords=(), language="de")
    assert ticket_of(writes(cast.inbox, text, phone=phone)).team.name == team


def _default_hours() -> int:
    from tickets.models import BusinessHours

    hours = BusinessHours.objects.get(is_default=True)
    BusinessHours.objects.update(version=hours.version + 1)
    return hours.pk


def test_a_message_on_an_open_or_reopened_ticket_moves_nothing_but_a_new_ticket_is_routed_anew(cast: House) -> None:
    rule(cast)
    ticket = ticket_of(writes(cast.inbox, "My tent pole snapped"))
    assert ticket_of(writes(cast.inbox, "And the invoice?")).team == cast.returns
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    reopened = ticket_of(writes(cast.inbox, "The invoice is still missing"))
    assert (reopened.pk, reopened.team) == (ticket.pk, cast.returns)
    lifecycle.resolve(actor=cast.lena, ticket_id=ticket.pk, seen_seq=newest_seq(ticket))
    Ticket.objects.update(status="closed", closes_at=None)
    following = ticket_of(writes(cast.inbox, "The invoice is still missing"))
    assert (following.follow_up_of, following.team) == (ticket, cast.finance)


def test_who_asks_for_a_person_is_flagged_once_and_supervisors_hear_of_it_while_nobody_has_the_ticket(
    cast: House,
) -> None:
    ticket = ticket_of(writes(cast.inbox, "Ich möchte mit einem Mitarbeiter sprechen"))
    ticket_of(writes(cast.inbox, "Mitarbeiter!!"))
    ticket.refresh_from_db()
    assert ticket.needs_human
    assert ticket.events.filter(kind=EventKind.HUMAN_WANTED).count() == 1
    assert list(Notification.objects.values_list("user", "kind")) == [(cast.amira.pk, "human_wanted")]


def test_nobody_is_disturbed_when_somebody_has_the_ticket_already(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox, "My tent pole snapped"))
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    assert ticket_of(writes(cast.inbox, "agent")).needs_human
    assert not Notification.objects.exists()


def test_two_hundred_rules_cost_one_question(cast: House) -> None:
    """However many rules: one question whether they have changed, one more for the tags of the winner."""

    def cost(phone: str, text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            ticket_of(writes(cast.inbox, text, phone=phone))
        asked = [query["sql"] for query in captured if "tickets_routingrule" in query["sql"]]
        return len(asked)

    cost("300", "My invoice")
    assert cost("301", "My invoice") == 1
    RoutingRule.objects.bulk_create(
        RoutingRule(name=f"r{n}", position=n + 1, keywords=[f"word{n}"], team=cast.finance) for n in range(200)
    )
    assert cost("302", "My invoice") == 2, "they have changed, and are read once"
    assert cost("303", "My invoice") == 1
    rule(cast, "Last", tag_ids=(Tag.objects.create(name="money").pk,))
    assert cost("304", "My invoice") == 3
    assert cost("305", "My invoice") == 2


# -- Changing rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"keywords": ()}, "when this rule fits"),
        ({"keywords": ("  ",)}, "when this rule fits"),
        ({"team_id": None}, "what this rule does"),
        ({"name": "  "}, "name of 1 to 60"),
        ({"keywords": ("\u200d",)}, "to look for"),
        ({"keywords": ("x" * 81,)}, "80 characters"),
        ({"keywords": tuple(f"w{n}" for n in range(51))}, "50 keywords"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_a_sentence_that_says_how(
    cast: House, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        rule(cast, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"keywords": []},
        {"team": None},
        {"keywords": ["x", ""]},
        {"matching": "regex"},
        {"priority": 9},
        {"position": None},
    ],
)
def test_the_database_refuses_the_same_nonsense(cast: House, fields: dict[str, object]) -> None:
    values = {"name": "x", "position": 1, "keywords": ["x"], "team": cast.finance, **fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(**values)


def test_spellings_of_one_keyword_are_kept_once(cast: House) -> None:
    assert rule(cast, keywords=("Straße", "STRASSE", " straße ", "café", "cafe")).keywords == ["Straße", "café"]


def test_a_stale_edit_is_refused_and_changes_nothing(cast: House) -> None:
    money = rule(cast)
    draft = RuleDraft(name="Mine", keywords=("x",), team_id=cast.finance.pk)
    rules.change_rule(actor=cast.ada, rule_id=money.pk, version=1, draft=draft)
    with pytest.raises(StaleEdit):
        rules.change_rule(actor=cast.ada, rule_id=money.pk, version=1, draft=draft)
    money.refresh_from_db()
    assert (money.version, money.versions.count()) == (2, 2)


def test_rules_change_places_and_come_back_to_theirs(cast: House) -> None:
    one, two, three = (rule(cast, name) for name in ("one", "two", "three"))

    def order() -> list[tuple[str, int | None]]:
        return list(RoutingRule.objects.kept().values_list("name", "position"))

    rules.move_rule(actor=cast.ada, rule_id=three.pk, before_id=one.pk)
    assert order() == [("three", 1), ("one", 2), ("two", 3)]
    rules.move_rule(actor=cast.ada, rule_id=three.pk, before_id=None)
    place = rules.delete_rule(actor=cast.ada, rule_id=two.pk)
    assert order() == [("one", 1), ("three", 2)]
    rules.restore_rule(actor=cast.ada, rule_id=two.pk, place=place)
    assert order() == [("one", 1), ("two", 2), ("three", 3)]


def test_leads_write_rules_that_send_to_their_team_and_agents_write_none(cast: House) -> None:
    theirs = RuleDraft(name="Poles", keywords=("pole",), team_id=cast.returns.pk)
    mine = rules.create_rule(actor=cast.amira, draft=theirs)
    foreign = rule(cast)
    rules.switch_rule(actor=cast.amira, rule_id=mine.pk, active=False)
    for actor in (cast.lena, cast.jonas):
        with pytest.raises(NotAllowed):
            rules.create_rule(actor=actor, draft=RuleDraft(name="x", keywords=("x",), team_id=cast.returns.pk))
    with pytest.raises(NotAllowed):
        rules.delete_rule(actor=cast.amira, rule_id=foreign.pk)
    with pytest.raises(NotAllowed):
        rules.move_rule(actor=cast.amira, rule_id=mine.pk, before_id=foreign.pk)
    for team_id in (cast.finance.pk, None):
        with pytest.raises(NotAllowed):
            rules.change_rule(
                actor=cast.amira,
                rule_id=mine.pk,
                version=1,
                draft=RuleDraft(name="x", keywords=("x",), team_id=team_id, priority=1),
            )
    assert [one.pk for one in RoutingRule.objects.editable_by(cast.amira)] == [mine.pk]
    assert not RoutingRule.objects.editable_by(cast.lena).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_reorder_at_once_leave_each_place_taken_once(cast: House) -> None:
    made = [rule(cast, f"r{n}") for n in range(6)]

    def move(number: int) -> None:
        try:
            rules.move_rule(actor=cast.ada, rule_id=made[number % 6].pk, before_id=made[(number * 5 + 2) % 6].pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(move, range(24)))
    assert {one.position for one in RoutingRule.objects.all()} == {1, 2, 3, 4, 5, 6}


# -- Tags --------------------------------------------------------------------------------------------


def test_agents_add_and_remove_tags_and_the_history_says_so(cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    triage.add_tag(actor=cast.lena, ticket_id=ticket.pk, name="  Tent ")
    triage.add_tag(actor=cast.lena, ticket_id=ticket.pk, name="TENT")
    tag = Tag.objects.get()
    assert (tag.name, ticket.ticket_tags.get().source) == ("Tent", TagSource.AGENT)
    triage.remove_tag(actor=cast.lena, ticket_id=ticket.pk, tag_id=tag.pk)
    triage.remove_tag(actor=cast.lena, ticket_id=ticket.pk, tag_id=tag.pk)
    lines = [line.sentence for line in timeline.read(cast.mateus, ticket.conversation).entries if line.event]
    assert lines[-2:] == ["<b>Lena</b> added the tag Tent", "<b>Lena</b> removed the tag Tent"]
    with pytest.raises(Refused, match="1 to 40"):
        triage.add_tag(actor=cast.lena, ticket_id=ticket.pk, name="x" * 41)
    with pytest.raises(NotAllowed):
        triage.add_tag(actor=cast.jonas, ticket_id=ticket.pk, name="x")
