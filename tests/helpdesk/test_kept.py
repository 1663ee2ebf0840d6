"""Pieces that are rendered once: whatever a reader could see makes another piece."""

import datetime as dt

import pytest
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from pytest_django.fixtures import Settings

from helpdesk.templatetags.kept import _remembered, kept, kept_as

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
