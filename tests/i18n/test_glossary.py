"""The translations use the words of the glossary."""

import polib

from tests.i18n.conftest import LANGUAGES, LOCALE

GLOSSARY = LOCALE.parent / "docs" / "glossary.md"


def _rows() -> list[dict[str, str]]:
    """Return every row of the glossary that has English, German and French."""
    rows: list[dict[str, str]] = []
    head: list[str] = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            head = []
        elif not head:
            head = cells
        elif not set(line) <= set("|- "):
            rows.append(dict(zip(head, cells, strict=True)))
    return [row for row in rows if {"English", "German", "French"} <= row.keys()]


def test_a_word_of_the_glossary_is_translated_as_it_says(language: str, catalogue: polib.POFile) -> None:
    """Shorter forms of the same word pass where a button or a heading has little room."""
    column = dict(zip(LANGUAGES, ("German", "French"), strict=True))[language]
    wanted = {row["English"].split(" (")[0].casefold(): row[column].casefold() for row in _rows()}
    met = {
        entry.msgid: (entry.msgstr, wanted[entry.msgid.casefold()])
        for entry in catalogue
        if entry.msgid.casefold() in wanted and not entry.msgctxt
    }
    assert len(met) > 25
    assert {key: pair for key, pair in met.items() if pair[0].casefold() not in pair[1]} == {}
