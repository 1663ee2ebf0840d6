"""One spelling for many: case, accents, ß, typographic signs, width. Pure: no Django, no database."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tickets.searching import Search

MAX_TEXT = 4096
MAX_WORD = 80
GRAM = 3
EDGE = "\0"  # folding drops control characters, so no text contains it

# Letters that look accented and that Unicode does not take apart; and dotless i, which Turkish capitals become.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "ı": "i"}
_SIGNS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u200b": " ",  # a space without width
    "\u0640": "",  # the Arabic stroke that only lengthens a word
}
# Scripts that write without spaces: Thai and Lao, Myanmar, Khmer, kana, Han. Every place in them may end a word.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3005, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def _is_accent(char: str) -> bool:
    """Whether a mark only colours its letter; marks that make another letter (kana, Thai, Indic scripts) stay."""
    place = unicodedata.combining(char)
    return place == 1 or 10 <= place <= 36 or place >= 200


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    if char in _SIGNS:
        return _SIGNS[char]
    if char.isspace():
        return " "
    if "\ufe00" <= char <= "\ufe0f" or unicodedata.category(char) in {"Cf", "Cc"}:
        return ""  # joiners, soft hyphens, marks of direction, variants of an emoji
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = "".join(_LETTERS.get(part, part) for part in plain if not _is_accent(part))
    return " " if kept.isspace() else unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=8192)
def _joins(char: str) -> bool:
    """Whether a word goes on with this (folded) character."""
    code = ord(char)
    if code < 128:
        return char.isalnum()
    if any(first <= code <= last for first, last in _UNSPACED):
        return False
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"}


def _bounded(text: str) -> tuple[str, list[int]]:
    """Return a folded text with a mark wherever a word begins or ends, and the place each character came from.

    A word that stands alone is then found as a plain string: with a mark before and after it.
    """
    parts: list[str] = []
    places: list[int] = []
    joined = False
    for place, char in enumerate(text):
        joins = _joins(char)
        if not (joined and joins):
            parts.append(EDGE)
            places.append(place)
        parts.append(char)
        places.append(place)
        joined = joins
    parts.append(EDGE)
    places.append(len(text))
    return "".join(parts), places


@dataclass(frozen=True)
class Folded:
    """A text in its one spelling; `origins[n]` is the place in `shown` that character n came from."""

    shown: str
    text: str
    origins: Sequence[int]

    @cached_property
    def bounded(self) -> tuple[str, list[int]]:
        """The text with its words' edges marked."""
        return _bounded(self.text)

    @cached_property
    def search(self) -> Search:
        """What finds parts of words in the text."""
        return Search(self.text)

    @cached_property
    def bounded_search(self) -> Search:
        """What finds whole words in the text."""
        return Search(self.bounded[0])

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the text, and the signs between them."""
        return frozenset(self.bounded[0].split(EDGE))

    @cached_property
    def grams(self) -> frozenset[str]:
        """All stretches of a few characters in the text."""
        text = self.text
        return frozenset(text[place : place + GRAM] for place in range(len(text) - GRAM + 1))

    @cached_property
    def bare(self) -> tuple[int, int]:
        """Where the text begins and ends without the spaces and punctuation around it."""
        text = self.text
        begin, end = 0, len(text)
        while begin < end and _is_rim(text[begin]):
            begin += 1
        while end > begin and _is_rim(text[end - 1]):
            end -= 1
        return begin, end


@lru_cache(maxsize=8192)
def _is_rim(char: str) -> bool:
    return char == " " or unicodedata.category(char).startswith("P")


def fold(text: str) -> Folded:
    """Return a text in its one spelling; at most 4,096 characters of it are read."""
    shown = unicodedata.normalize("NFC", text[:MAX_TEXT])
    parts: list[str] = []
    origins: list[int] = []
    after_space = True
    for place, char in enumerate(shown):
        folded = _fold_char(char)
        if not folded or (folded == " " and after_space):
            continue
        parts.append(folded)
        origins.extend([place] * len(folded))
        after_space = folded == " "
    if parts and after_space:
        parts.pop()
        origins.pop()
    return Folded(shown=shown, text="".join(parts), origins=origins)


@lru_cache(maxsize=16384)
def fold_word(word: str) -> str:
    """Return a word of a rule in its one spelling; empty when nothing of it can be found in a text."""
    return fold(word[:MAX_WORD]).text


@lru_cache(maxsize=16384)
def bound_word(word: str) -> str:
    """Return the same with a mark at each edge of a word, as `Folded.bounded` has them."""
    return _bounded(fold_word(word))[0]
