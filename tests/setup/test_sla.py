"""SLA policies: what the page accepts and refuses, which policy holds, and what a change does to clocks."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import House, ticket_of, writes
from tests.setup.said import said
from tests.setup.test_hours import OFFICE
from tests.setup.test_hours import form as hours_form
from tickets.models import BusinessHours, Metric, Priority, SlaPolicy

SUNDAY = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def form(version: int = 0, **fields: object) -> dict[str, object]:
    """Return what the page posts: ten minutes, a quarter of an hour, eight hours."""
    data: dict[str, object] = {
        "version": version,
        "name": "Returns",
        "priority": "",
        "team": "",
        "channel": "",
        "warn_percent": "80",
        "pauses_while_pending": "on",
        "is_active": "on",
    }
    for metric, amount, unit in (
        ("first_response", 10, "minutes"),
        ("next_response", 15, "minutes"),
        ("resolution", 8, "hours"),
    ):
        data |= {f"{metric}-amount": amount, f"{metric}-unit": unit, f"{metric}-counting": "business"}
    return data | fields


@pytest.fixture
def policy(cast: House) -> SlaPolicy:
    """Return what a new installation promises for normal tickets."""
    return SlaPolicy.objects.get(priority=Priority.NORMAL)


@pytest.fixture
def page(policy: SlaPolicy) -> str:
    return reverse("setup:sla_edit", args=[policy.pk])


def test_a_policy_is_kept_as_it_was_written(ada: Client, cast: House, policy: SlaPolicy, page: str) -> None:
    fields = {
        "priority": "4",
        "team": cast.returns.pk,
        "channel": "whatsapp",
        "resolution-counting": "wall",
        "next_response-amount": "",
    }
    response = ada.post(page, form(policy.version, **fields), follow=True)
    assert "Policy saved" in said(response)
    assert "Changed by Ada" in said(response)
    stored = SlaPolicy.objects.get(pk=policy.pk)
    assert (stored.name, stored.priority, stored.team, stored.channel) == ("Returns", 4, cast.returns, "whatsapp")
    assert set(stored.targets.values_list("metric", "seconds", "in_business_hours")) == {
        (Metric.FIRST_RESPONSE, 600, True),
        (Metric.RESOLUTION, 28_800, False),
    }
    html = ada.get(page).content.decode()
    assert 'value="8" maxlength' in html
    assert '<option value="wall" selected>' in html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Give the policy a name"),
        ({"first_response-amount": "0"}, "Nothing happens in no time. Leave it empty to promise nothing."),
        ({"resolution-amount": "1.5"}, "Write a whole number: 90 min rather than 1.5 hours."),
        ({"resolution-amount": "99999999"}, "More than a year is no promise."),
        ({"resolution-amount": "5", "resolution-unit": "minutes"}, "The resolution is due before the first reply."),
        ({"warn_percent": "100"}, "Warn between 1 and 99 percent of the time, such as 80."),
        ({"warn_percent": ["80", "50"]}, "Write the warnings in their order: each later than the one before."),
        ({"warn_percent": ["", " "]}, "Warn between 1 and 99 percent of the time, such as 80."),
        ({"warn_percent": ["1", "2", "3", "4", "5", "6"]}, "Five warnings are enough. Take one away."),
        ({"remind_minutes": "4"}, "Remind every 5 minutes at most"),
        ({"remind_minutes": "often"}, "Remind every 5 minutes at most"),
        ({f"{metric.value}-amount": "" for metric in Metric}, "Promise one time at least"),
    ],
)
def test_impossible_values_say_how_to_fix_them(
    ada: Client, policy: SlaPolicy, page: str, fields: dict[str, object], sentence: str
) -> None:
    response = ada.post(page, form(policy.version, **fields))
    assert response.status_code == 422
    assert sentence in said(response)
    assert SlaPolicy.objects.get(pk=policy.pk).version == policy.version


def test_warnings_are_added_and_taken_away_line_by_line(ada: Client, policy: SlaPolicy, page: str) -> None:
    def lines(response: object) -> list[str]:
        return re.findall(r'name="warn_percent"[^>]* value="(\d*)"', response.content.decode())  # type: ignore[attr-defined]

    assert lines(ada.get(page)) == ["80"]
    more = ada.post(page, form(policy.version, warn_percent=["50", "80"], do="warning-add"))
    assert lines(more) == ["50", "80", ""]
    assert "autofocus" in more.content.decode()
    assert lines(ada.post(page, form(policy.version, warn_percent=["50", "80", ""], do="warning-0"))) == ["80", ""]
    assert lines(ada.post(page, form(policy.version, warn_percent=["80"], do="warning-0"))) == ["80"], "one must stay"
    five = form(policy.version, warn_percent=["10", "20", "30", "40", "50"])
    assert len(lines(ada.post(page, five | {"do": "warning-add"}))) == 5
    ada.post(page, form(policy.version, warn_percent=["50", "80", "95"], remind_minutes="30"))
    stored = SlaPolicy.objects.get(pk=policy.pk)
    assert (stored.warn_percents, stored.remind_minutes) == ((50, 80, 95), 30)
    html = ada.get(page)
    assert lines(html) == ["50", "80", "95"]
    assert re.search(r'name="remind_minutes"[^>]* value="30"', html.content.decode())


@pytest.mark.parametrize("percents", [[80], [70, 90], [90, 85], [90, 100], [81, 82, 83, 84, 85]])
def test_the_database_refuses_warnings_out_of_order(cast: House, policy: SlaPolicy, percents: list[int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SlaPolicy.objects.filter(pk=policy.pk).update(further_warn_percents=percents)


def test_whoever_saves_second_overwrites_nothing(ada: Client, policy: SlaPolicy, page: str) -> None:
    ada.post(page, form(policy.version))
    response = ada.post(page, form(policy.version, name="Mine"))
    assert response.status_code == 409
    assert "Ada saved this page while you were editing." in said(response)
    assert 'value="Mine"' in response.content.decode()


@time_machine.travel(SUNDAY, tick=False)
def test_the_example_is_worked_through_in_the_teams_hours(
    ada: Client, cast: House, policy: SlaPolicy, page: str
) -> None:
    hours = BusinessHours.objects.get(is_default=True)
    ada.post(reverse("setup:hours_edit", args=[hours.pk]), hours_form(hours.version, OFFICE))
    text = said(ada.post(page, form(policy.version, do="look", example_at="2026-11-27T16:55")))
    assert "First reply Mon 30 Nov, 09:05 warning Mon 30 Nov, 09:03" in text
    assert "Resolution Mon 30 Nov, 16:55" in text
    text = said(
        ada.post(
            page, form(policy.version, do="look", example_at="2026-11-27T16:55", **{"resolution-counting": "wall"})
        )
    )
    assert "Resolution Sat 28 Nov, 00:55" in text


def test_a_running_clock_keeps_its_promise_and_a_new_ticket_gets_the_new_one(
    ada: Client, cast: House, policy: SlaPolicy, page: str
) -> None:
    before = ticket_of(writes(cast.inbox))
    ada.post(page, form(policy.version, priority="3", **{"first_response-amount": "3"}))
    after = ticket_of(writes(cast.inbox, phone="4930123456", name="Katharina"))
    promised = [ticket.clocks.get(metric=Metric.FIRST_RESPONSE).seconds for ticket in (before, after)]
    assert promised == [600, 180]


def test_the_list_says_which_policy_holds_and_why_the_others_do_not(ada: Client, cast: House) -> None:
    ada.post(reverse("setup:sla_new"), form(name="Finance", priority="3", team=cast.finance.pk))
    url = reverse("setup:sla") + f"?priority=3&team={cast.finance.pk}&channel=whatsapp"
    text = said(ada.get(url))
    assert "Normal holds" in text
    assert "Urgent: other priority" in text
    # "Normal" is for every team and comes first, so the new policy is never reached until it is moved up.
    assert "Never reached: “Normal” comes first" in text
    finance = SlaPolicy.objects.get(name="Finance")
    for _ in range(2):
        ada.post(reverse("setup:sla_position", args=[finance.pk]), {"to": "up"})
    text = said(ada.get(url))
    assert "Finance holds" in text
    assert "Never reached" not in text


def test_policies_are_moved_one_place_at_a_time_and_not_beyond_the_ends(ada: Client, cast: House) -> None:
    first = SlaPolicy.objects.order_by("position")[0]
    url = reverse("setup:sla_position", args=[first.pk])
    assert "“Urgent” now stands in place 2" in said(ada.post(url, {"to": "down"}, headers={"HX-Request": "true"}))
    assert list(SlaPolicy.objects.values_list("name", flat=True)) == ["High", "Urgent", "Normal", "Low"]
    ada.post(url, {"to": "up"})
    ada.post(url, {"to": "up"})
    assert list(SlaPolicy.objects.values_list("name", "position")) == [
        ("Urgent", 1),
        ("High", 2),
        ("Normal", 3),
        ("Low", 4),
    ]


def test_a_policy_in_use_is_switched_off_and_not_deleted(
    ada: Client, cast: House, policy: SlaPolicy, page: str
) -> None:
    ticket_of(writes(cast.inbox))
    removal = reverse("setup:sla_removal", args=[policy.pk])
    assert "Delete" not in said(ada.get(page))
    response = ada.post(removal, {"version": policy.version})
    assert response.status_code == 409
    assert "Switch it off to promise nothing new." in said(response)
    fields = form(policy.version)
    del fields["is_active"]
    ada.post(page, fields)
    assert not SlaPolicy.objects.get(pk=policy.pk).is_active
    low = SlaPolicy.objects.get(priority=Priority.LOW)
    ada.post(reverse("setup:sla_removal", args=[low.pk]), {"version": low.version})
    assert not SlaPolicy.objects.filter(pk=low.pk).exists()


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_asks_the_same_questions_for_few_and_for_many(ada: Client, cast: House, number: int) -> None:
    for n in range(number):
        SlaPolicy.objects.create(name=f"Policy {n}", position=n + 10, team=cast.finance)
    ada.get(reverse("setup:sla"))  # the first page notes that she has arrived
    with CaptureQueriesContext(connection) as asked:
        ada.get(reverse("setup:sla"))
    questions = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(questions) == 6, questions  # session, person, policies, targets, teams to try, alerts and presence
