"""An administrator says who works together, and what becomes of a team that is needed no more."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Assignment, Membership, Role, Team
from tests.cast import House, person, ticket_of, writes
from tests.setup.conftest import browser
from tests.setup.said import said
from tickets.actions import assignment, lifecycle, rules, teams
from tickets.actions.rules import RuleDraft
from tickets.calendars import hours_of_team
from tickets.errors import NotAllowed, Refused
from tickets.models import AgentSkill, BusinessHours, ConfigurationEvent, Tag, TeamHours, Ticket


def form(cast: House, team: Team | None = None, **fields: object) -> dict[str, object]:
    """Return what the page posts for the returns desk: Lena and Mateus, led by Amira."""
    values: dict[str, object] = {
        "do": "save",
        "version": team.version if team else 0,
        "name": team.name if team else "Spare parts",
        "assignment": Assignment.MANUAL,
        "capacity": 15,
        "send_delay_seconds": 0,
        "hours": "",
    }
    for member in (cast.lena, cast.mateus, cast.amira):
        values[f"member-{member.pk}"] = "on"
    values[f"lead-{cast.amira.pk}"] = "on"
    return {name: value for name, value in {**values, **fields}.items() if value is not None}


def page_of(team: Team) -> str:
    """Return the address of a team's page."""
    return reverse("setup:teams_edit", args=[team.pk])


def seats(team: Team) -> dict[str, tuple[bool, int | None]]:
    """Return who sits in a team."""
    rows = Membership.objects.filter(team=team).values_list("user__username", "is_lead", "capacity")
    return {name: (is_lead, capacity) for name, is_lead, capacity in rows}


def test_members_leads_and_what_each_may_have_are_saved_at_once(ada: Client, cast: House) -> None:
    hours = BusinessHours.objects.create(name="Evenings", time_zone="Europe/Berlin")
    before = Membership.objects.get(user=cast.lena, team=cast.returns).pk
    fields: dict[str, object] = {
        "assignment": Assignment.LEAST_LOAD,
        "capacity": 4,
        "hours": hours.pk,
        f"lead-{cast.lena.pk}": "on",
        f"capacity-{cast.lena.pk}": "9",
        f"member-{cast.mateus.pk}": None,
        f"member-{cast.ada.pk}": "on",
        f"capacity-{cast.ada.pk}": "0",
    }
    assert "Amira" in said(ada.get(page_of(cast.returns)))
    assert ada.post(page_of(cast.returns), form(cast, cast.returns, **fields)).status_code == 302
    assert seats(cast.returns) == {"lena": (True, 9), "amira": (True, None), "ada": (False, 0)}
    assert Membership.objects.get(user=cast.lena, team=cast.returns).pk == before, "who stays keeps their place"
    assert hours_of_team(cast.returns.pk) == hours
    team = Team.objects.get(pk=cast.returns.pk)
    assert (team.assignment, team.capacity, team.version, team.changed_by) == ("least_load", 4, 2, cast.ada)
    event = ConfigurationEvent.objects.get()
    assert (event.subject, event.actor, event.fields) == (
        "team",
        cast.ada,
        ["assignment", "capacity", "hours", "members"],
    )
    ada.post(page_of(team), form(cast, team))
    assert not TeamHours.objects.exists()


def test_a_new_team_takes_tickets_at_once(ada: Client, cast: House) -> None:
    assert ada.post(reverse("setup:teams_new"), form(cast)).status_code == 302
    team = Team.objects.get(name="Spare parts")
    assert set(seats(team)) == {"lena", "mateus", "amira"}
    ticket = ticket_of(writes(cast.inbox))
    assignment.transfer(actor=cast.lena, ticket_id=ticket.pk, team_id=team.pk)
    assert Ticket.objects.get().team == team
    response = ada.post(reverse("setup:teams_new"), form(cast))
    assert response.status_code == 409
    assert "There is one called “Spare parts” already." in said(response)


def test_bad_values_say_how_to_fix_them_and_keep_what_was_typed(ada: Client, cast: House) -> None:
    bad = form(cast, cast.returns, name=" ", capacity=0, send_delay_seconds=9, **{f"capacity-{cast.lena.pk}": "many"})
    response = ada.post(page_of(cast.returns), bad)
    words = said(response)
    assert response.status_code == 422
    assert "Give the team a name, such as “Returns desk”." in words
    assert "Write a whole number from 1 to 500." in words
    assert "Write a whole number from 0 to 5." in words
    assert "Write a whole number from 0 to 500." in words
    assert 'value="many"' in response.content.decode()
    assert not ConfigurationEvent.objects.exists()


def test_skills_are_ticked_beside_the_people_and_written_into_the_log(ada: Client, cast: House) -> None:
    tent, boots = (Tag.objects.create(name=name, is_skill=True) for name in ("tent", "boots"))
    Tag.objects.create(name="VIP")
    AgentSkill.objects.create(user=cast.lena, tag=tent)
    page = ada.get(page_of(cast.returns))
    assert f'name="skills-had" value="{cast.lena.pk}-{tent.pk}"' in page.content.decode()
    assert "VIP" not in said(page)
    assert "Skills that nobody here has boots" in said(page)
    fields = {f"skill-{cast.mateus.pk}-{boots.pk}": "on", "skills-had": f"{cast.lena.pk}-{tent.pk}"}
    # Somebody else ticks one more on the page of another team meanwhile.
    AgentSkill.objects.create(user=cast.amira, tag=tent)
    assert ada.post(page_of(cast.returns), form(cast, cast.returns, **fields)).status_code == 302
    had = set(AgentSkill.objects.values_list("user", "tag"))
    assert had == {(cast.mateus.pk, boots.pk), (cast.amira.pk, tent.pk)}
    assert "skills" in ConfigurationEvent.objects.get().fields


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_of_a_team_asks_the_same_questions_for_few_skills_and_for_many(
    ada: Client, cast: House, number: int
) -> None:
    for n in range(number):
        AgentSkill.objects.create(user=cast.lena, tag=Tag.objects.create(name=f"skill {n}", is_skill=True))
    ada.get(page_of(cast.returns))
    with CaptureQueriesContext(connection) as asked:
        ada.get(page_of(cast.returns))
    questions = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # session, person, team, hours of the team, people, seats, skills, who has them, hours to choose from, marks of the
    # rulebook, inboxes, rules, open tickets, alerts, presence
    assert len(questions) == 14, "\n".join(questions)


def test_whoever_saves_a_team_second_is_told_and_nothing_is_lost(ada: Client, cast: House) -> None:
    late = form(cast, cast.returns, name="Mine")
    ada.post(page_of(cast.returns), form(cast, cast.returns, capacity=7))
    response = browser(person("ben", Role.ADMIN)).post(page_of(cast.returns), late)
    assert response.status_code == 409
    assert "Ada saved this page while you were editing." in said(response)
    assert 'value="Mine"' in response.content.decode()
    assert Team.objects.get(pk=cast.returns.pk).capacity == 7


def test_the_panel_follows_the_form_unsaved(ada: Client, cast: House) -> None:
    fields = {"assignment": Assignment.LEAST_LOAD, "capacity": 10, f"capacity-{cast.lena.pk}": "3"}
    words = said(ada.post(page_of(cast.returns), form(cast, cast.returns, do="look", **fields)))
    assert "Given out automatically, together 23" in words
    words = said(
        ada.post(page_of(cast.returns), form(cast, cast.returns, do="look", **{f"lead-{cast.amira.pk}": None}))
    )
    assert "Alerts go to the managers" in words
    assert Team.objects.get(pk=cast.returns.pk).version == 1


def test_nobody_leaves_a_team_with_its_open_tickets(ada: Client, cast: House) -> None:
    ticket = ticket_of(writes(cast.inbox))
    assignment.claim(actor=cast.lena, ticket_id=ticket.pk)
    leaving = form(cast, cast.returns, **{f"member-{cast.lena.pk}": None})
    response = ada.post(page_of(cast.returns), leaving)
    assert response.status_code == 409
    assert "Lena still has 1 open ticket of this team. Hand it over before they leave." in said(response)
    assignment.assign(actor=cast.amira, ticket_id=ticket.pk, assignee_id=cast.mateus.pk)
    assert ada.post(page_of(cast.returns), leaving).status_code == 302


def test_a_team_in_use_is_neither_deleted_nor_archived_until_nothing_needs_it(ada: Client, cast: House) -> None:
    def ends(verb: str, team: Team) -> tuple[int, str]:
        version = Team.objects.get(pk=team.pk).version
        response = ada.post(reverse(f"setup:teams_{verb}", args=[team.pk]), {"version": version})
        return response.status_code, said(response)

    status, words = ends("archive", cast.returns)
    assert (status, "Give the inbox another team first." in words) == (409, True)
    draft = RuleDraft(name="Billing", keywords=("invoice",), team_id=cast.finance.pk)
    rule = rules.create_rule(actor=cast.ada, draft=draft)
    assert "The routing rule “Billing” sends to “Finance”." in ends("archive", cast.finance)[1]
    ticket = ticket_of(writes(cast.inbox, "My invoice"))
    rules.delete_rule(actor=cast.ada, rule_id=rule.pk)
    assert "“Finance” has 1 open ticket." in ends("archive", cast.finance)[1]
    lifecycle.resolve(actor=cast.ada, ticket_id=ticket.pk, seen_seq=10)
    assert (
        "This team has a history that reports tell of, so it stays. Archive it instead."
        in ends("removal", cast.finance)[1]
    )
    assert ends("archive", cast.finance)[0] == 302
    other = ticket_of(writes(cast.inbox, phone="4930123456"))
    with pytest.raises(Refused, match="“Finance” is archived"):
        assignment.transfer(actor=cast.lena, ticket_id=other.pk, team_id=cast.finance.pk)
    with pytest.raises(Refused, match="is archived"):
        rules.create_rule(actor=cast.ada, draft=draft)
    assert "Finance" not in said(browser(cast.lena).get(reverse("inbox:transfer", args=[other.pk])))
    ada.post(reverse("setup:teams_restoration", args=[cast.finance.pk]))
    assignment.transfer(actor=cast.lena, ticket_id=other.pk, team_id=cast.finance.pk)


def test_a_team_that_never_had_a_ticket_is_deleted(ada: Client, cast: House) -> None:
    ada.post(reverse("setup:teams_removal", args=[cast.finance.pk]), {"version": cast.finance.version})
    assert not Team.objects.filter(pk=cast.finance.pk).exists()
    assert ConfigurationEvent.objects.get().verb == "removed"


def test_only_administrators_change_teams(cast: House) -> None:
    plan = teams.TeamPlan(name="Ours", assignment=Assignment.MANUAL, capacity=1)
    for somebody in (cast.lena, cast.amira, cast.jonas):
        with pytest.raises(NotAllowed):
            teams.create(actor=somebody, plan=plan)
        with pytest.raises(NotAllowed):
            teams.archive(actor=somebody, team_id=cast.finance.pk, version=1)


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_of_teams_asks_the_same_questions_for_few_and_for_many(ada: Client, cast: House, number: int) -> None:
    for n in range(number):
        Membership.objects.create(team=Team.objects.create(name=f"Team {n}"), user=cast.lena)
    ada.get(reverse("setup:teams"))
    with CaptureQueriesContext(connection) as asked:
        ada.get(reverse("setup:teams"))
    questions = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # session, person, memberships, open tickets, hours, teams, alerts, presence
    assert len(questions) == 7, questions


@pytest.mark.django_db(transaction=True)
def test_a_hand_over_and_an_archiving_at_the_same_moment_leave_no_ticket_in_an_archived_team() -> None:
    from tests.cast import house

    cast = house()
    ticket = ticket_of(writes(cast.inbox))
    start, refused = threading.Barrier(2), []

    def run(act: object) -> None:
        try:
            start.wait()
            act()  # type: ignore[operator]
        except Refused as refusal:
            refused.append(refusal.text)
        finally:
            connection.close()

    acts = [
        lambda: assignment.transfer(actor=cast.lena, ticket_id=ticket.pk, team_id=cast.finance.pk),
        lambda: teams.archive(actor=cast.ada, team_id=cast.finance.pk, version=1),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    team = Team.objects.get(pk=cast.finance.pk)
    assert len(refused) == 1
    assert (Ticket.objects.get().team_id == team.pk) == (team.archived_at is None)
