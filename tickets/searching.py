"""Where a word begins in a text: exact, and bounded however many words are asked for. Pure: no Django, no database.

`str.find` is fastest for a few words, but each may cost the product of both lengths: "aaaa…b" in a text of "a". So a
search spends a bounded number of comparisons that way and then builds an index: for the sizes 1, 2, 4, 8 and 16 it
knows at which places each part of that size begins, as the bits of an integer. A word stands where its parts, one
after the other and the last one flush with its end, begin at their distances: a few shifts and ANDs for any word.
"""

from collections import defaultdict
from dataclasses import dataclass, field

# About a millisecond at worst.
PLAIN_COMPARISONS = 500_000
LONGEST_PART = 16


@dataclass
class Search:
    """Looks for many words in one text; `work` is what it has spent so far, in characters compared or indexed."""

    text: str
    work: int = 0
    _parts: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    _bits: dict[str, int] = field(default_factory=dict)

    def find(self, word: str) -> int:
        """Return where a word, not empty, begins for the first time; -1 if nowhere."""
        length, left = len(word), len(self.text) - len(word)
        if left < 0:
            return -1
        at_worst = length * (left + 1)
        if not self._parts and self.work + at_worst <= PLAIN_COMPARISONS:
            self.work += at_worst
            return self.text.find(word)
        size = min(LONGEST_PART, 1 << (length.bit_length() - 1))
        places = self._places(word[-size:]) >> (length - size)
        for begin in range(0, length - size, size):
            if not places:
                break
            places &= self._places(word[begin : begin + size]) >> begin
        return (places & -places).bit_length() - 1

    def _places(self, part: str) -> int:
        """Return where a part of an indexed size begins, as bits."""
        self.work += 1
        if part not in self._bits:
            found = self._index(len(part)).get(part, [])
            digits = bytearray(len(self.text) // 8 + 1 if found else 0)
            for place in found:
                digits[place >> 3] |= 1 << (place & 7)
            self._bits[part] = int.from_bytes(digits, "little")
            self.work += len(found)
        return self._bits[part]

    def _index(self, size: int) -> dict[str, list[int]]:
        if size not in self._parts:
            text, found = self.text, defaultdict(list)
            for place in range(len(text) - size + 1):
                found[text[place : place + size]].append(place)
            self.work += len(text)
            self._parts[size] = found
        return self._parts[size]
