"""The schema is valid and complete, the page shows it under the strict policy, and the examples in the docs work."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from agents.models import Scope
from tests.api.conftest import Program, program_of
from tests.api.test_matrix import TABLE
from tests.cast import House, ticket_of, writes
from tests.docs.pages import ROOT, Page
from tickets.models import Ticket

PAGE = Page(ROOT / "docs" / "api.md")


def test_the_schema_is_valid_and_warns_of_nothing(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))


def test_the_schema_says_what_the_table_says() -> None:
    told = json.loads(Client().get("/api/v1/schema/").content)
    operations = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}" for path, found in told["paths"].items() for method in found
    }
    keys = re.compile(r"{\w+}")
    assert {keys.sub("{}", one) for one in operations} == {keys.sub("{}", line) for line in TABLE}
    for found in told["paths"].values():
        for operation in found.values():
            assert operation["security"] == [{"token": []}]
            assert "Scope: `" in operation["description"]
            assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert yaml.safe_load(Client().get("/api/v1/schema/?format=yaml").content)["openapi"] == told["openapi"]


def test_scopes_and_codes_of_the_page_are_those_of_the_code() -> None:
    assert set(PAGE.rows("Tokens")) == set(Scope.values)


@pytest.mark.django_db
def test_the_examples_of_the_page_work(cast: House, ticket: Ticket) -> None:
    programs = {"$TOKEN": program_of(cast.amira), "$BOT": program_of(cast.amira, is_bot=True)}
    tickets = {"$TICKET": ticket}
    blocks = re.findall(r"^```(bash|json)\n(.*?)^```", PAGE.text, re.MULTILINE | re.DOTALL)
    said: Any = None
    count = 0
    for kind, text in blocks[:-1]:
        if kind == "json":
            assert alike(json.loads(text), said), text
            continue
        for command in re.split(r"\n(?=curl)", text.replace("\\\n", " ").strip()):
            if "$UNTAKEN" in command and "$UNTAKEN" not in tickets:
                tickets["$UNTAKEN"] = ticket_of(writes(cast.inbox, phone="353870000001"))
            said = run(command, programs, tickets)
            count += 1
    assert count >= 12


def run(command: str, programs: dict[str, Program], tickets: dict[str, Ticket]) -> Any:
    """Do what a line of curl does, and return the JSON of a success."""
    for name, ticket in tickets.items():
        command = command.replace(name, str(ticket.pk))
    words = shlex.split(command.replace("$URL", "http://testserver/api/v1"))
    assert words.pop(0) == "curl"
    method, headers, sent, address = "GET", {}, None, ""
    while words:
        match word := words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _colon, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                sent = json.loads(words.pop(0))
            case _:
                address = word
    program = programs[headers.pop("Authorization").removeprefix("Bearer ")]
    assert (headers.pop("Content-Type", None) == "application/json") is (sent is not None)
    parts = urlsplit(address)
    answer = program.send(method, f"{parts.path}?{parts.query}", sent, **headers)
    assert answer.status_code in {200, 201}, (command, answer.content)
    return json.loads(answer.content)


def alike(shown: Any, said: Any) -> bool:
    """Whether an answer has the fields that the page shows, with values of the same kind; texts are equal."""
    if isinstance(shown, dict):
        return isinstance(said, dict) and all(key in said and alike(shown[key], said[key]) for key in shown)
    if isinstance(shown, list):
        return isinstance(said, list) and all(alike(one, other) for one, other in zip(shown, said, strict=True))
    return shown == said if isinstance(shown, str) else isinstance(said, type(shown))
