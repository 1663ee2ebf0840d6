"""The log-in, the work list and a ticket speak German and French from end to end."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.cast import House, house, ticket_of, writes
from tests.i18n.conftest import LANGUAGES, catalogue_path, spoken
from tests.inbox.conftest import reply_fields
from tickets.actions import assignment, messaging, triage
from tickets.models import Ticket

# Each stands on one of the pages in English, or would in any English sentence; none is German or French.
ENGLISH = """
Password Sign Just looking Sample Theme Language Skip Inbox Queue Mine Unassigned open Resolved Overdue Later due
Waiting customer Assign Hand over Resolve Reply Write Send Draft Quick Channel Priority Assignee Subject Tags Earlier
Back Shortcuts Next Previous Close Show Log Yesterday Today the this your with and for took
""".split()
# Words that are the same in English and another language.
SAME = {
    "de": set("agent demo details helpdesk name normal note spam status system team ticket tickets".split()),
    "fr": set(
        "action administration agent contacts conversation conversations helpdesk message messages note page pages"
        " spam ticket tickets via".split()
    ),
}
UNITS = {"min"}
WORD = re.compile(r"[^\W\d_]{2,}")
INITIALS = re.compile(r"[A-Z]{2}")
PLACEHOLDER = re.compile(r"\{\w+\}")
# Names of people, teams and inboxes, and what the contact writes.
DATA = set("aoife brennan lena mateus amira returns desk support eu zeltstange".split())

Page = Callable[[Client, Ticket, str], str]


def _get(client: Client, url: str, language: str) -> str:
    response = client.get(url, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def _login(client: Client, ticket: Ticket, language: str) -> str:
    del ticket
    client.logout()
    return _get(client, reverse("account:login"), language)


def _list(client: Client, ticket: Ticket, language: str) -> str:
    del ticket
    return _get(client, reverse("inbox:list", args=["all"]), language)


def _empty_list(client: Client, ticket: Ticket, language: str) -> str:
    del ticket
    return _get(client, reverse("inbox:list", args=["resolved"]), language)


def _ticket(client: Client, ticket: Ticket, language: str) -> str:
    return _get(client, reverse("inbox:ticket", args=["all", ticket.pk]), language)


def _transfer(client: Client, ticket: Ticket, language: str) -> str:
    return _get(client, reverse("inbox:transfer", args=[ticket.pk]), language)


def _lost(client: Client, ticket: Ticket, language: str) -> str:
    del ticket
    response = client.get("/inbox/all/999999/", headers={"Accept-Language": language})
    assert response.status_code == 404
    return response.content.decode()


PAGES = [_login, _list, _empty_list, _ticket, _transfer, _lost]


@pytest.fixture(autouse=True)
def _compiled_catalogues() -> None:
    """Say what to do when what Django reads is older than what the translators wrote."""
    for language in LANGUAGES:
        source = catalogue_path(language)
        compiled = source.with_suffix(".mo")
        fresh = compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns
        assert fresh, "run: python bin/compile_messages.py"


@pytest.fixture
def cast(db: None) -> House:
    """Furnish the house."""
    return house()


@pytest.fixture
def ticket(cast: House) -> Ticket:
    """Return a ticket with something of everything: a message, an answer, a note, events of several kinds."""
    found = ticket_of(writes(cast.inbox, "Zeltstange 1"))
    ticket_of(writes(cast.inbox, "Zeltstange 2", phone="353870000002", name="Aoife Brennan"))
    assignment.claim(actor=cast.lena, ticket_id=found.pk)
    messaging.reply(actor=cast.lena, ticket_id=found.pk, **reply_fields(found, "Zeltstange 3"))
    triage.set_priority(actor=cast.mateus, ticket_id=found.pk, priority=3)
    ticket_of(writes(cast.inbox, "Zeltstange 4"))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_which_language_it_is_in_and_has_no_english_word(
    page: Page, client: Client, cast: House, ticket: Ticket, language: str
) -> None:
    client.force_login(cast.lena)
    heard = spoken(page(client, ticket, language))
    assert heard.language == language
    english = re.compile(rf"(?i)\b({'|'.join(ENGLISH)})\b")
    assert sorted(piece for piece in heard.pieces if english.search(piece)) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_text_is_the_same_in_english(page: Page, client: Client, cast: House, ticket: Ticket, language: str) -> None:
    """What does not go through gettext stays English on every page; this finds it."""
    client.force_login(cast.lena)
    here = spoken(page(client, ticket, language)).pieces
    client.force_login(cast.lena)
    there = spoken(page(client, ticket, "en")).pieces
    passing = SAME[language] | UNITS | DATA
    assert sorted(piece for piece in here & there if _words(piece) - passing) == []


def _words(piece: str) -> set[str]:
    """Return the words of a piece without what is filled in, and without initials."""
    return {word.casefold() for word in WORD.findall(PLACEHOLDER.sub("", piece)) if not INITIALS.fullmatch(word)}


def test_an_agents_choice_counts_more_than_the_browsers(client: Client, cast: House, language: str) -> None:
    cast.lena.language = language
    cast.lena.save(update_fields=["language"])
    client.force_login(cast.lena)
    assert spoken(_get(client, reverse("inbox:list", args=["all"]), "en")).language == language


def test_the_languages_of_the_settings_are_those_of_the_catalogues() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {"en", *LANGUAGES}
