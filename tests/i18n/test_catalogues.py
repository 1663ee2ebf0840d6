"""German and French are complete, keep what is filled in later, and follow the rules of their typography."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
import pytest

from helpdesk.services.messages import differences
from tests.i18n.conftest import LOCALE, catalogue_path

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]\b|\{\w*\}|</?\w+>")
FAMILIAR = {"de": r"(?i)\b(du|dein\w*|dir|dich|euch|euer|eure\w*)\b", "fr": r"(?i)\b(tu|toi|ton|ta|tes)\b"}


def forms(entry: polib.POEntry) -> list[str]:
    """Return every translation of an entry."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_string_is_translated_and_none_is_a_guess(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if not all(form.strip() for form in forms(entry))] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []
    assert len(catalogue) > 500


def test_every_plural_has_all_its_forms(catalogue: polib.POFile) -> None:
    count = int(re.findall(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])[0])
    plurals = [entry for entry in catalogue if entry.msgid_plural]
    assert plurals
    assert [entry.msgid for entry in plurals if sorted(entry.msgstr_plural) != list(range(count))] == []


def test_what_is_filled_in_later_and_the_markup_are_kept(catalogue: polib.POFile) -> None:
    wrong = [
        (entry.msgid, form)
        for entry in catalogue.translated_entries()
        for form in forms(entry)
        if Counter(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) != Counter(PLACEHOLDER.findall(form))
    ]
    assert wrong == []


def test_strings_begin_and_end_with_the_same_white_space(catalogue: polib.POFile) -> None:
    wrong = [
        (entry.msgid, form)
        for entry in catalogue.translated_entries()
        for form in forms(entry)
        if (entry.msgid[:1].isspace(), entry.msgid[-1:].isspace()) != (form[:1].isspace(), form[-1:].isspace())
    ]
    assert wrong == []


def test_sentences_end_like_the_english_ones(catalogue: polib.POFile) -> None:
    """A full stop more or less shows on the page beside its neighbours."""
    wrong = [
        (entry.msgid, form)
        for entry in catalogue.translated_entries()
        for form in forms(entry)
        if entry.msgid.endswith(".") != form.endswith(".")
    ]
    assert wrong == []


def test_people_are_addressed_formally(language: str, catalogue: polib.POFile) -> None:
    found = [
        form for entry in catalogue.translated_entries() for form in forms(entry) if re.search(FAMILIAR[language], form)
    ]
    assert found == []


def test_quotation_marks_and_apostrophes_are_typographic(catalogue: polib.POFile) -> None:
    found = [form for entry in catalogue.translated_entries() for form in forms(entry) if re.search(r"[\"']", form)]
    assert found == []


def test_french_marks_keep_a_space_that_does_not_break() -> None:
    found = [
        form
        for entry in polib.pofile(str(catalogue_path("fr")))
        if not (entry.msgctxt or "").startswith("date format")
        for form in forms(entry)
        if re.search("[^\u00a0\u202f][;!?»]|[^\u00a0\u202f\\d]:(?!\\d)|«[^\u00a0\u202f]", form)
    ]
    assert found == []


def test_german_quotation_marks_open_below() -> None:
    found = [
        form
        for entry in polib.pofile(str(catalogue_path("de")))
        for form in forms(entry)
        if "”" in form or form.count("„") != form.count("“")
    ]
    assert found == []


def test_the_catalogues_compile_without_the_gettext_tools(tmp_path: Path, language: str) -> None:
    """Every form of every entry is in the file that Django reads; a second run has nothing to do."""
    shutil.copytree(LOCALE, tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    script = tmp_path / "bin" / "compile_messages.py"
    script.parent.mkdir()
    shutil.copy(LOCALE.parent / "bin" / script.name, script)
    run = [sys.executable, str(script)]
    first = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    assert f"locale/{language}/LC_MESSAGES/django.po" in first
    source = tmp_path / "locale" / language / "LC_MESSAGES" / "django.po"
    written = {(entry.msgctxt, entry.msgid): forms(entry) for entry in polib.pofile(str(source)).translated_entries()}
    compiled = {(entry.msgctxt, entry.msgid): forms(entry) for entry in polib.mofile(str(source.with_suffix(".mo")))}
    assert sorted(map(str, written.keys() ^ compiled.keys())) == []
    assert [key for key in written if written[key] != compiled[key]] == []
    assert subprocess.run(run, check=True, capture_output=True, text=True).stdout == ""


def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "Reply"\nAntwort\n')
    script = tmp_path / "bin" / "compile_messages.py"
    script.parent.mkdir()
    shutil.copy(LOCALE.parent / "bin" / script.name, script)
    done = subprocess.run([sys.executable, str(script)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "cannot be compiled" in done.stderr
    assert not (folder / "django.mo").exists()


@pytest.mark.parametrize(
    ("kept", "collected", "said"),
    [
        ({(None, "Reply", "")}, {(None, "Reply", "")}, []),
        (set(), {("tab", "Mine", "")}, ["de.po lacks “Mine” (tab)"]),
        ({(None, "Gone", "")}, set(), ["de.po still has “Gone”"]),
        ({(None, "%d day", "")}, {(None, "%d day", "%d days")}, ["de.po lacks “%d day”", "de.po still has “%d day”"]),
    ],
)
def test_strings_that_differ_from_the_code_are_named(
    kept: set[tuple[str | None, str, str]], collected: set[tuple[str | None, str, str]], said: list[str]
) -> None:
    assert differences({"de.po": kept}, {"de.po": collected}) == said
