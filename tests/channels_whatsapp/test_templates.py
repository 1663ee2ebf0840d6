"""What WhatsApp has approved, fetched over HTTP: new, changed, vanished, refused, in pages, and when Meta fails."""

from typing import Any

import pytest

from channels_whatsapp import tasks, templates
from channels_whatsapp.client import GraphError
from channels_whatsapp.models import TemplateStatus, WhatsAppNumber, WhatsAppTemplate
from helpdesk.seed.approved import assign_templates
from simulator.graph import catalogue
from surveys.words import WORDS
from tests.channels_whatsapp.meta import Meta, Script, answer, graph_error
from tickets.channels import Draft
from tickets.models import Purpose

pytestmark = pytest.mark.django_db
APPROVED, DELETED = TemplateStatus.APPROVED, TemplateStatus.DELETED


def row(name: str, status: str = "APPROVED", *, text: str = "Hello {{1}}", buttons: tuple[str, ...] = ()) -> Any:
    """Return a template as Meta lists it."""
    components: list[Any] = [{"type": "HEADER", "text": "Nordlicht"}, {"type": "BODY", "text": text}]
    if buttons:
        components.append({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": one} for one in buttons]})
    return {"name": name, "language": "en", "status": status, "components": components}


def page(*rows: Any, after: str = "") -> Script:
    """Answer with one page of the list; `after` is the cursor of the next one."""
    paging = {"cursors": {"after": after}, "next": "https://graph.facebook.com/elsewhere"} if after else {}
    return answer(200, {"data": list(rows), "paging": paging})


def known() -> dict[str, tuple[str, str]]:
    """Return status and text of every template by name."""
    return {one.name: (one.status, one.body) for one in WhatsAppTemplate.objects.all()}


def test_new_changed_and_vanished_templates_keep_what_a_person_assigned(number: WhatsAppNumber, meta: Meta) -> None:
    meta.plan(page(row("update"), row("survey", text="Happy?", buttons=("5", "4"))))
    assert templates.synchronise(number) == 2
    WhatsAppTemplate.objects.filter(name="update").update(purpose=Purpose.UPDATE, variables=["name"])
    meta.plan(page(row("update", text="Dear {{1}}"), row("news")))
    assert templates.synchronise(number) == 2
    assert known() == {
        "update": (APPROVED, "Dear {{1}}"),
        "survey": (DELETED, "Happy?"),
        "news": (APPROVED, "Hello {{1}}"),
    }
    update = WhatsAppTemplate.objects.get(name="update")
    assert (update.purpose, update.variables) == (Purpose.UPDATE, ["name"])
    assert WhatsAppTemplate.objects.get(name="survey").buttons == ["5", "4"]
    meta.plan(page(row("survey")))
    templates.synchronise(number)
    assert known()["survey"][0] == APPROVED


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("REJECTED", "REJECTED"), ("paused", "PAUSED"), ("IN_APPEAL", "OTHER"), (None, "OTHER")],
)
def test_only_what_is_approved_is_ever_chosen(number: WhatsAppNumber, meta: Meta, theirs: Any, ours: str) -> None:
    meta.plan(page(row("survey", text="Happy?")))
    templates.synchronise(number)
    WhatsAppTemplate.objects.update(purpose=Purpose.SURVEY)
    draft = Draft(text="Happy?", purpose=Purpose.SURVEY, language="en")
    assert templates.find(number, draft) is not None
    meta.plan(page(row("survey", theirs, text="Happy?")))
    templates.synchronise(number)
    assert known()["survey"][0] == ours
    assert templates.find(number, draft) is None


def test_every_page_is_fetched_from_the_host_that_we_were_given(number: WhatsAppNumber, meta: Meta) -> None:
    meta.plan(page(row("one"), after="c1"), page({"name": "", "language": "en"}, row("two"), after="c2"), page())
    assert templates.synchronise(number) == 2
    assert set(known()) == {"one", "two"}
    asked = [one.line for one in meta.seen]
    assert ["&after=" in line for line in asked] == [False, True, True]
    assert "&after=c2" in asked[-1]


def test_an_error_half_way_removes_nothing(number: WhatsAppNumber, meta: Meta) -> None:
    meta.plan(page(row("one"), row("two")))
    templates.synchronise(number)
    meta.plan(page(row("one"), after="c1"), graph_error(190, 401))
    with pytest.raises(GraphError):
        templates.synchronise(number)
    tasks.fetch_templates()
    assert {status for status, _text in known().values()} == {APPROVED}


def test_the_demo_may_ask_both_questions_outside_the_window_in_three_languages(
    number: WhatsAppNumber, meta: Meta
) -> None:
    meta.plan(page(*catalogue.templates()))
    assert assign_templates(number) == 6
    for kind, choices in (("csat", 5), ("nps", 0)):
        for language in ("de", "en", "fr"):
            draft = Draft(text="?", purpose=Purpose.SURVEY, language=language, choices=choices)
            found = templates.find(number, draft)
            assert found is not None
            assert found.body == WORDS[kind][language].question
        spanish = Draft(text="?", purpose=Purpose.SURVEY, language="es", choices=choices)
        assert templates.find(number, spanish) is None
