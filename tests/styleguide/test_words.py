"""Ages, durations, countdowns, initials and colours."""

import datetime as dt

import pytest
from django.template import engines
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext
from pytest_django.fixtures import Settings

from analytics.views.words import duration as figure
from helpdesk.templatetags.durations import age, aged, countdown, counted_down, day, duration, time_left
from helpdesk.templatetags.ui import hue, icon, initials, pure

NOW = dt.datetime(2026, 11, 18, 9, 53, tzinfo=dt.UTC)


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3 * 3600 + 20 * 60, "3 h 20 min"),
        (7200, "2 h"),
        (86_400, "1 day"),
        (200_000, "2 days"),
        (-5, "0 s"),
        (None, "–"),
    ],
)
def test_a_duration_is_said_in_the_largest_fitting_units(seconds: int | None, words: str) -> None:
    assert duration(seconds) == words


def test_a_duration_keeps_its_order_in_a_line_from_right_to_left() -> None:
    with translation.override("ar"):
        for said in (duration(12_000), figure(12_000)):
            assert (said[0], said[-1]) == ("\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}")
    assert duration(12_000) == "3 h 20 min"


@pytest.mark.parametrize(("ago", "words"), [(0.5, "now"), (9, "9m"), (179, "2h"), (60 * 24 * 3, "3d"), (-1, "now")])
def test_an_age_fits_into_a_queue_row(ago: float, words: str) -> None:
    assert age(NOW - minutes(ago), NOW) == words


@pytest.mark.parametrize(
    ("left", "words"), [(4.2, "4:12"), (14.99, "14:59"), (15, "15 min"), (89, "1 h 29 min"), (-4, "Overdue 4m")]
)
def test_a_countdown_shows_seconds_only_when_they_matter(left: float, words: str) -> None:
    assert countdown(NOW + minutes(left), NOW) == words


def test_a_far_deadline_names_the_day() -> None:
    assert countdown(NOW + minutes(60 * 30), NOW) == "Thu, 16:53"


@pytest.mark.parametrize(("left", "share"), [(15, 100), (4.2, 28), (0, 0), (-3, 0), (30, 100)])
def test_the_ring_shows_the_share_that_is_left(left: float, share: int) -> None:
    due = NOW + minutes(left)
    assert time_left(due, NOW + minutes(left - 15), NOW).share == share or left > 15


def test_days_have_names_until_they_are_a_week_old() -> None:
    assert day(NOW, NOW) == "Today"
    assert day(NOW - minutes(60 * 24), NOW) == "Yesterday"
    assert day(NOW - minutes(60 * 24 * 3), NOW) == "Sunday"
    assert "Nov" in day(NOW - minutes(60 * 24 * 9), NOW)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Lena Hoffmann", "LH"),
        ("Noor de Vries", "NV"),
        ("cher", "C"),
        ("يوسف المنصوري", "ي"),
        ("王小明", "王"),
        ("+49 40 5550", "4"),
        ("4940", "4"),
        ("", "#"),
        ("🙂", "#"),
    ],
)
def test_initials_come_from_any_script(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_person_keeps_their_colour_and_the_cast_differs() -> None:
    assert hue("Lena Hoffmann") == hue("Lena Hoffmann")
    assert {hue(n) for n in range(200)} == {1, 2, 3, 4, 5, 6}
    assert len({hue(n) for n in ("Lena Hoffmann", "Mateus Ribeiro", "Amira Haddad", "Jonas Weber")}) == 4


def test_an_icon_is_silent_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("check")
    named = icon("check", "", '"><script>')
    assert 'role="img"' in named
    assert "<script>" not in named


def test_a_remembered_component_never_confuses_text_with_markup(settings: Settings) -> None:
    settings.DEBUG = False
    trusted = pure("chip", text=mark_safe("<b>tent</b>"))
    assert "<b>tent</b>" in trusted
    assert "&lt;b&gt;tent" in pure("chip", text="<b>tent</b>")


def test_a_remembered_component_follows_the_language(settings: Settings) -> None:
    settings.DEBUG = False
    assert pure("tick", state="read") == pure("tick", state="read")
    with translation.override("de"):
        german = gettext("Read")
        assert german in pure("tick", state="read")


def test_what_decides_about_the_words_of_an_age_and_of_a_countdown_changes_with_them() -> None:
    words: dict[tuple[dt.datetime, object], set[str]] = {}
    for moment in (NOW, NOW + minutes(0.5)):
        for seconds in (-9 * 86_400, -86_400, -3600, -61, -59, -1, 0, 1, 59, 60, 899, 900, 3599, 3600, 43_200, 90_000):
            for step in (0, 0.4, 30, 61):
                now = moment - dt.timedelta(seconds=seconds + step)
                words.setdefault((moment, ("age", aged(moment, now))), set()).add(age(moment, now))
                words.setdefault((moment, ("left", counted_down(moment, now))), set()).add(countdown(moment, now))
    assert {len(said) for said in words.values()} == {1}
    assert len(words) > 40


@pytest.mark.parametrize("tag", ["translate", "trans"])
def test_a_sentence_of_a_template_is_said_in_the_language_of_the_moment(tag: str) -> None:
    source = (
        f'{{% load i18n %}}{{% {tag} "Save" %}}|{{% {tag} "now" context "age of a message" %}}|'
        f'{{% {tag} "Cancel" as word %}}{{{{ word }}}}|{{% {tag} text %}}|{{% {tag} "Save"|upper %}}|{{% {tag} "%" %}}'
    )
    page = engines["django"].from_string(source)
    for _again in range(2):
        for language in ("en", "de", "fr"):
            with translation.override(language):
                said = [gettext("Save"), pgettext("age of a message", "now"), gettext("Cancel"), gettext("Close")]
                assert page.render({"text": "Close"}).split("|")[:4] == said
    assert page.render({"text": "Close"}).endswith("|%")
