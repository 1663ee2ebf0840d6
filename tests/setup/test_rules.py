"""The pages of routing rules: who may open them, how they are changed, and what trying them shows."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import House, ticket_of, writes
from tests.setup.conftest import browser
from tickets.actions import rules
from tickets.actions.rules import RuleDraft
from tickets.models import RoutingRule, Tag

HTMX = {"HX-Request": "true"}


def rule(cast: House, name: str = "Billing", **fields: Any) -> RoutingRule:
    """Ada writes a rule; without more it sends money matters to Finance."""
    values = {"name": name, "keywords": ("Rechnung", "invoice"), "team_id": cast.finance.pk, **fields}
    return rules.create_rule(actor=cast.ada, draft=RuleDraft(**values))


def fields(cast: House, **changed: Any) -> dict[str, Any]:
    """Return a filled form."""
    return {
        "version": "1",
        "name": "Billing",
        "keywords": "Rechnung\nAbrechnung, invoice",
        "matching": "word",
        "needed": "any",
        "inbox": "",
        "language": "",
        "team": str(cast.finance.pk),
        "priority": "",
        "do": "save",
        **changed,
    }


def test_agents_and_managers_are_refused_and_strangers_log_in(cast: House) -> None:
    made = rule(cast)
    paths = ["/setup/rules/", "/setup/rules/new/", f"/setup/rules/{made.pk}/"]
    posts = [f"/setup/rules/{made.pk}/{name}/" for name in ("position", "activity", "removal", "restoration")]
    for path in paths + posts:
        assert Client().post(path).status_code == 302
        for user in (cast.lena, cast.jonas):
            assert browser(user).post(path).status_code == 403
    assert RoutingRule.objects.get().deleted_at is None


def test_a_lead_changes_rules_of_own_teams_and_others_do_not_exist_for_them(cast: House, amira: Client) -> None:
    foreign = rule(cast)
    own = rule(cast, "Poles", team_id=cast.returns.pk)
    html = amira.get("/setup/rules/").content.decode()
    assert f"/setup/rules/{own.pk}/" in html
    assert f"/setup/rules/{foreign.pk}/" not in html
    assert "Move Poles up" not in html
    assert amira.get(f"/setup/rules/{own.pk}/").status_code == 200
    for name in ("", "position/", "activity/", "removal/", "restoration/"):
        assert amira.post(f"/setup/rules/{foreign.pk}/{name}", fields(cast)).status_code == 404
    assert amira.post(f"/setup/rules/{own.pk}/position/", {"before": foreign.pk}).status_code == 409
    response = amira.post(f"/setup/rules/{own.pk}/", fields(cast, name="Poles"))
    assert response.status_code == 409
    assert "a team you lead" in response.content.decode()


def test_an_administrator_writes_changes_and_deletes_a_rule_and_takes_that_back(cast: House, ada: Client) -> None:
    tag = Tag.objects.create(name="money")
    response = ada.post("/setup/rules/new/", fields(cast, version="0", tags=[str(tag.pk)], language="de"))
    assert response.status_code == 302
    made = RoutingRule.objects.get()
    assert (made.keywords, made.language, list(made.tags.all())) == (["Rechnung", "Abrechnung", "invoice"], "de", [tag])
    html = ada.get(f"/setup/rules/{made.pk}/").content.decode()
    assert "Rechnung\nAbrechnung\ninvoice</textarea>" in html
    ada.post(f"/setup/rules/{made.pk}/", fields(cast, name="Money"))
    ada.post(f"/setup/rules/{made.pk}/activity/", {})
    made.refresh_from_db()
    assert (made.name, made.version, made.is_active) == ("Money", 2, False)
    html = ada.post(f"/setup/rules/{made.pk}/removal/", follow=True).content.decode()
    assert "“Money” is deleted" in html
    assert f"/setup/rules/{made.pk}/restoration/?place=1" in html
    ada.post(f"/setup/rules/{made.pk}/restoration/?place=1")
    assert RoutingRule.objects.kept().get().name == "Money"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Give the rule a name"),
        ({"keywords": " , "}, "Say when this rule fits"),
        ({"team": ""}, "Say what this rule does"),
        ({"keywords": "x" * 81}, "80 characters at most"),
    ],
)
def test_bad_values_come_back_with_what_was_typed_and_how_to_fix_it(
    cast: House, ada: Client, changed: dict[str, str], words: str
) -> None:
    response = ada.post("/setup/rules/new/", fields(cast, **changed))
    assert response.status_code == 422
    html = response.content.decode()
    assert words in html
    assert "Nothing is saved yet" in html
    assert changed.get("name", "Billing") in html
    assert not RoutingRule.objects.exists()


def test_a_stale_edit_is_409_names_who_was_faster_and_keeps_what_was_typed(cast: House, ada: Client) -> None:
    made = rule(cast)
    ada.post(f"/setup/rules/{made.pk}/", fields(cast))
    response = ada.post(f"/setup/rules/{made.pk}/", fields(cast, name="Typed"))
    assert response.status_code == 409
    html = response.content.decode()
    assert "ada" in html.lower()
    assert 'value="Typed"' in html
    response = ada.post(f"/setup/rules/{made.pk}/position/", {"before": "999999"})
    assert response.status_code == 409


def test_moving_up_and_down_by_buttons(cast: House, ada: Client) -> None:
    one, two, three = (rule(cast, name) for name in ("one", "two", "three"))
    ada.post(f"/setup/rules/{three.pk}/position/", {"before": two.pk})
    assert [r.name for r in RoutingRule.objects.kept()] == ["one", "three", "two"]
    ada.post(f"/setup/rules/{one.pk}/position/", {"before": ""})
    assert [r.name for r in RoutingRule.objects.kept()] == ["three", "two", "one"]


def test_trying_shows_the_winner_the_words_and_where_it_goes_without_saving(cast: House, ada: Client) -> None:
    rule(cast, "Tents", keywords=("Zelt",), team_id=cast.returns.pk)
    rule(cast)
    sample = {"do": "try", "sample": "Die <b>RECHNUNG</b> fehlt", "try_inbox": cast.inbox.pk}
    for headers in ({}, HTMX):
        html = ada.post("/setup/rules/", sample, headers=headers).content.decode()
        assert "&lt;b&gt;<mark>RECHNUNG</mark>&lt;/b&gt;" in html
        assert "<b>Billing</b> matches" in html
        assert "Tents: does not fit" in html
        assert "Goes to <b>Finance</b>" in html
    html = ada.post("/setup/rules/", {**sample, "sample": "Hallo"}, headers=HTMX).content.decode()
    assert "No rule fits." in html
    assert "Goes to <b>Returns desk</b>" in html


def test_an_unsaved_change_is_tried_on_the_sample_and_on_real_messages(cast: House, ada: Client) -> None:
    made = rule(cast)
    ticket = ticket_of(writes(cast.inbox, "Wo ist meine Gutschrift?", phone="301"))
    ticket_of(writes(cast.inbox, "Hallo", phone="302"))
    changed = fields(cast, do="try", keywords="Gutschrift", sample="Gutschrift?", look_back="on")
    html = ada.post(f"/setup/rules/{made.pk}/", changed, headers=HTMX).content.decode()
    assert "as it stands here, unsaved" in html
    assert "meine <mark>Gutschrift</mark>?" in html
    assert f"/inbox/all/{ticket.pk}/" in html
    assert ">1</b> of 2 first messages would match" in html
    made.refresh_from_db()
    assert made.keywords == ["Rechnung", "invoice"]


def test_real_messages_of_other_teams_are_not_shown_to_a_lead(cast: House, amira: Client) -> None:
    rule(cast)
    own = rule(cast, "Poles", keywords=("pole",), team_id=cast.returns.pk)
    ticket_of(writes(cast.inbox, "Secret invoice", phone="301"))
    changed = fields(cast, do="try", keywords="secret", team=str(cast.returns.pk), look_back="on")
    html = amira.post(f"/setup/rules/{own.pk}/", changed, headers=HTMX).content.decode()
    assert "Secret invoice" not in html
    assert "There are no tickets yet." in html


def test_the_list_asks_the_same_number_of_questions_for_two_and_for_forty_rules(cast: House, ada: Client) -> None:
    def questions() -> tuple[int, int]:
        """Return how many questions the page asks in all, and how many that are its own and not the frame's."""
        ada.get("/setup/rules/")
        with CaptureQueriesContext(connection) as captured:
            html = ada.get("/setup/rules/").content.decode()
        assert "r1</a>" in html
        own = ("tickets_routingrule", "tickets_inbox", "tickets_ticketevent")
        return len(captured), sum(any(name in query["sql"] for name in own) for query in captured)

    for n in range(2):
        rule(cast, f"r{n}")
    ticket_of(writes(cast.inbox, "invoice"))
    asked, own = questions()
    # Rules with teams, inboxes with teams, rules one may change, hits of thirty days.
    assert own == 4
    for n in range(2, 40):
        rule(cast, f"r{n}")
    assert questions() == (asked, own)
