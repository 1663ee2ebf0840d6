"""The catalogues, and what a page says to a person."""

from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest

LOCALE = Path(__file__).resolve().parents[2] / "locale"
LANGUAGES = ("de", "fr")

SPOKEN_ATTRIBUTES = {"alt", "aria-label", "data-says", "placeholder", "title"}
# The element with this id hands words to the scripts, one attribute each.
WORDS_ID = "words"
SILENT_TAGS = {"kbd", "script", "style", "svg"}
VOID_TAGS = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Spoken(HTMLParser):
    """Collects the pieces of text that somebody sees or hears in the language of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: set[str] = set()
        self.language = ""
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the attributes that are read out; what says that it is in another language is left out."""
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang") or ""
        foreign = tag != "html" and "lang" in values
        silent = self._silent or foreign or tag in SILENT_TAGS
        if tag not in VOID_TAGS:
            self._open.append((tag, silent))
        for name, value in attrs:
            handed_on = values.get("id") == WORDS_ID and name.startswith("data-")
            if not silent and (name in SPOKEN_ATTRIBUTES or handed_on):
                self._keep(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and what it did not close."""
        while any(name == tag for name, _silent in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        """Keep visible text."""
        if not self._silent:
            self._keep(data)

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _keep(self, text: str) -> None:
        if words := " ".join(text.split()):
            self.pieces.add(words)


def spoken(html: str) -> Spoken:
    """Return what a page says."""
    listener = Spoken()
    listener.feed(html)
    return listener


def catalogue_path(language: str) -> Path:
    """Return where the translators work."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Return each language that is not English."""
    return str(request.param)


@pytest.fixture
def catalogue(language: str) -> polib.POFile:
    """Return the translations into one language."""
    return polib.pofile(str(catalogue_path(language)), check_for_duplicates=True)
