"""Texts with placeholders such as {{ticket_number}}: found, checked and filled in as plain strings.

No template engine ever sees a text from the database. What is not one of our placeholders stays literally what it is,
and a value is put in once: braces inside a contact's name are a contact's name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ALLOWED = ("ticket_number", "name", "eta", "opening", "team")
REQUIRED: dict[str, tuple[str, ...]] = {
    "acknowledgement": ("ticket_number",),
    "out_of_hours": ("ticket_number", "opening"),
    "welcome": ("ticket_number",),
    "update": ("ticket_number", "team"),
    "bot_hint": (),
    "feedback": (),
}
# A name ends in what is no space, so that a text of spaces is read once and not once for every space.
PLACEHOLDER = re.compile(r"\{\{\s*(?:([^{}\s](?:[^{}]*[^{}\s])?)\s*)?\}\}")
# A name that is missing takes the space or comma before it along: "Hello {{name}}," becomes "Hello,".
NAME = re.compile(r"(?<=\S)[ ,]*\{\{\s*name\s*\}\}|^\{\{\s*name\s*\}\}[ ,]*", re.MULTILINE)
# Shorter words than these are said by many; only a longer text is surely one of ours.
SURELY_OURS = 24


@dataclass(frozen=True)
class Flaws:
    """What is wrong with a text."""

    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stray: bool = False

    def __bool__(self) -> bool:
        return bool(self.unknown or self.missing or self.stray)


def flaws(kind: str, text: str) -> Flaws:
    """Find unknown placeholders, required ones that are missing, and braces that are no placeholder."""
    used = PLACEHOLDER.findall(text)
    rest = PLACEHOLDER.sub("", text)
    return Flaws(
        unknown=tuple(dict.fromkeys(name for name in used if name not in ALLOWED)),
        missing=tuple(name for name in REQUIRED[kind] if name not in used),
        stray="{{" in rest or "}}" in rest or "{%" in rest,
    )


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Put values into a text. A line that needs a value we do not have is left out; a missing name is left unsaid."""
    if not values.get("name"):
        text = NAME.sub("", text)
    lines = []
    for line in text.splitlines():
        used = [name for name in PLACEHOLDER.findall(line) if name in ALLOWED]
        if any(not values.get(name) for name in used):
            continue
        lines.append(PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), line).rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def comes_from(text: str, message: str) -> bool:
    """Whether a message reads like this text with something filled in; linear, whatever anybody writes."""
    pieces = [" ".join(piece.split()) for line in text.splitlines() for piece in PLACEHOLDER.split(line)[::2]]
    # Punctuation between two placeholders says nothing.
    pieces = [piece for piece in pieces if len(piece) > 2]
    if sum(map(len, pieces)) < SURELY_OURS:
        return False
    message = " ".join(message.split())
    place = 0
    found = 0
    for piece in pieces:
        at = message.find(piece, place)
        if at >= 0:
            found += len(piece)
            place = at + len(piece)
    # A line may have been left out, and the greeting may have stood without a name.
    return found * 2 >= sum(map(len, pieces)) and found >= SURELY_OURS


def spoken_name(name: str) -> str:
    """Return a contact's name as one may say it: one short line of letters; empty where it is something else."""
    line = " ".join(name.split())[:40].strip()
    looks_odd = re.search(r"[\d@/\\{}<>|#*_]|www\.|\.\w{2,}", line)
    return "" if looks_odd or not any(char.isalpha() for char in line) else line
