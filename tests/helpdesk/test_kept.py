"""Pieces that are rendered once: whatever a reader could see makes another piece."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from pytest_django.fixtures import Settings

from helpdesk.templatetags.kept import _remembered, kept, kept_as
from tests.cast import house

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
EVENT = {"id": "e-1", "seq": 1, "icon": "tag", "text": "a <b>tag</b>", "at": NOON}


@pytest.fixture(autouse=True)
def _nothing_is_remembered_yet() -> None:
    _remembered.cache_clear()


def test_the_same_piece_is_rendered_once() -> None:
    assert kept("event", event=dict(EVENT)) is kept("event", event=dict(EVENT))


def test_text_is_escaped_although_the_same_markup_was_safe_before() -> None:
    assert "<b>tag</b>" in kept("event", event={**EVENT, "text": SafeString(EVENT["text"])})
    assert "&lt;b&gt;tag" in kept("event", event=EVENT)


def test_a_changed_value_another_language_and_another_zone_are_other_pieces() -> None:
    shown = {kept("event", event=EVENT), kept("event", event={**EVENT, "text": "another"})}
    with timezone.override("Asia/Tokyo"):
        shown.add(kept("event", event=EVENT))
    assert len(shown) == 3
    note = {**EVENT, "author": "Lena"}
    with translation.override("de"):
        german = kept("note", note=note)
    assert german != kept("note", note=note)


def test_values_are_made_only_where_nothing_is_remembered() -> None:
    made = []

    def make() -> dict[str, object]:
        made.append(1)
        return {"event": EVENT}

    assert kept_as("event", "one", make) is kept_as("event", "one", make)
    assert len(made) == 1
    assert kept_as("event", "other", make) == kept_as("event", "one", make)
    assert len(made) == 2


def test_nothing_is_remembered_while_templates_are_worked_on(settings: Settings) -> None:
    settings.DEBUG = True
    assert kept("event", event=EVENT) is not kept("event", event=EVENT)


def test_the_frame_of_a_page_is_kept_without_the_token_and_the_address_of_anybody() -> None:
    told = {"person": "Lena", "role": "Agent", "availability": "online", "theme": "", "is_staff": False}
    one = kept("partials/account_menu", **told, csrf_token="first-token", next_url="/inbox/?a=1&b=<2>")
    two = kept("partials/account_menu", **told, csrf_token="second-token", next_url="/reports/")
    assert _remembered.cache_info().misses == 1
    assert one.count("first-token") == two.count("second-token") > 3
    assert 'value="/inbox/?a=1&amp;b=&lt;2&gt;"' in one
    assert 'value="/reports/"' in two
    filled = one.replace("first-token", "second-token").replace("/inbox/?a=1&amp;b=&lt;2&gt;", "/reports/")
    assert filled == two
    assert "first-token" not in two
    assert "second-token" not in one
    others = {"person": "Amira", "role": "Lead", "availability": "away", "is_staff": True, "theme": "dark"}
    for name, other in others.items():
        before = _remembered.cache_info().misses
        kept("partials/account_menu", **told | {name: other}, csrf_token="first-token", next_url="/")
        assert _remembered.cache_info().misses == before + 1, name


@pytest.mark.django_db
def test_two_people_who_open_the_same_page_each_get_their_own_frame() -> None:
    cast = house()
    pages = []
    for user in (cast.lena, cast.ada, cast.lena):
        client = Client()
        client.force_login(user)
        pages.append(client.get("/inbox/all/?from=" + user.username).content.decode())
    lena, ada, again = pages
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page) for page in pages]
    assert [len(set(found)) for found in tokens] == [1, 1, 1]
    assert len({found[0] for found in tokens}) == 3
    assert "blank-" not in lena + ada + again
    assert "/inbox/all/?from=lena" in lena
    for page, name, other in ((lena, "Lena", "Ada"), (ada, "Ada", "Lena"), (again, "Lena", "Ada")):
        assert f"<b>{name}</b>" in page
        assert f"Account of {name}" in page
        assert f"Account of {other}" not in page
    assert ("/setup/" in lena, "/setup/" in ada, "/setup/" in again) == (False, True, False)
