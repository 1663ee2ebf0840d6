"""Tables and examples in the documents are those of the code."""

import dataclasses
import re
import textwrap

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.test import RequestFactory

from helpdesk.seed import people
from simulator.faults import Faults
from tests.cast import house, ticket_of, writes
from tests.docs.pages import OPERATIONS, ROOT, Page
from tickets.models import EventKind, MessageState, Status

README, SIMULATOR = Page(ROOT / "README.md"), Page(ROOT / "docs" / "simulator.md")
GLOSSARY, ARCHITECTURE = Page(ROOT / "docs" / "glossary.md"), Page(ROOT / "docs" / "architecture.md")
CONTRIBUTING = Page(ROOT / "CONTRIBUTING.md")


def test_the_log_ins_of_the_readme_are_those_that_are_seeded() -> None:
    rows = re.findall(r"^\| (`[a-z`, ]+) \| (\w+) \| `demo` \|$", README.text, re.MULTILINE)
    told = {name: role for names, role in rows for name in re.findall(r"`(\w+)`", names)}
    leads = {member.rstrip("*") for members in people.TEAMS.values() for member in members if member.endswith("*")}
    words = {"admin": "administrator", "manager": "manager", "agent": "agent"}
    seeded = {name: "lead" if name in leads else words[str(role)] for name, _, _, role, _ in people.PEOPLE}
    assert told.items() <= seeded.items()
    assert len(told) == 5


@pytest.mark.django_db
def test_the_password_of_the_readme_opens_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_ACCESS_TOKEN", "of no number")
    people.hire()
    assert authenticate(request=RequestFactory().post("/login/"), username="lena", password="demo") is not None


def test_every_control_address_of_the_simulator_is_documented() -> None:
    source = (ROOT / "simulator" / "urls.py").read_text()
    wired = {
        (method, path)
        for path, methods in re.findall(r'path\("(control/\w+)", methods\(([^)]*)\)', source)
        for method in re.findall(r"([A-Z]+)=", methods)
    }
    table = re.findall(r"^\| `([A-Z]+) /(control/\w+)` \|", SIMULATOR.text, re.MULTILINE)
    assert len(table) == len(set(table))
    assert set(table) == wired


def test_every_fault_of_the_simulator_is_documented() -> None:
    assert set(SIMULATOR.rows("Faults")) == {field.name for field in dataclasses.fields(Faults)}


def test_statuses_of_the_glossary_are_those_of_the_model() -> None:
    rows = GLOSSARY.rows("Statuses of a ticket")
    assert {name: row.split(" | ")[1] for name, row in rows.items()} == {
        str(value): str(label) for value, label in Status.choices
    }


def test_states_of_a_message_are_those_of_the_model() -> None:
    listed = re.findall(r"`(\w+)`", GLOSSARY.text.partition("## States of an outbound message")[2])
    assert listed == [str(value) for value in MessageState.values]
    diagram = ARCHITECTURE.text.partition("stateDiagram-v2")[2].partition("```")[0]
    assert set(re.findall(r"\b(\w+)(?= -->|:)", diagram)) == set(listed)


@pytest.mark.django_db
@pytest.mark.parametrize("query", [span for span in OPERATIONS.spans if re.match(r"(select|update) ", span)])
def test_every_query_for_operators_runs(query: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)


@pytest.mark.django_db
def test_the_example_of_a_new_action_works() -> None:
    found = re.search(r"^ {7}@action\n(?:(?: {7}.*)?\n)+", CONTRIBUTING.text, re.MULTILINE)
    assert found is not None
    imports = (
        "from django.utils.translation import gettext as _\n"
        "from agents.models import User\n"
        "from tickets.actions.base import action, lock_ticket_for, now, record\n"
        "from tickets.errors import WrongStatus\n"
        "from tickets.models import EventKind, Status, Ticket\n"
    )
    module: dict[str, object] = {}
    exec(imports + textwrap.dedent(found[0]), module)  # noqa: S102 - our own document
    cast = house()
    ticket = ticket_of(writes(cast.inbox))
    hold = module["hold"]
    assert callable(hold)
    hold(actor=cast.lena, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert ticket.status == Status.ON_HOLD
    assert ticket.events.get(kind=EventKind.STATUS_CHANGED).actor == cast.lena
