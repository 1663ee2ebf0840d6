"""The documents of the repository, cut into what can be checked."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    .*$", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Return the path from the root, for messages."""
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        """Return all of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """Return it without fenced blocks."""
        return FENCE.sub("", self.text)

    @property
    def code(self) -> list[str]:
        """Return what is set as code: spans, fenced blocks and indented lines."""
        return [*SPAN.findall(self.prose), *FENCE.findall(self.text), *INDENTED.findall(self.prose)]

    @property
    def spans(self) -> list[str]:
        """Return what stands between single backticks."""
        return SPAN.findall(self.prose)

    @property
    def links(self) -> list[str]:
        """Return the targets of links and pictures."""
        return LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """Return the names that headings can be linked by."""
        headings = (re.sub(r"[`*]", "", heading).lower() for heading in HEADING.findall(self.prose))
        return {re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in headings}

    def rows(self, heading: str) -> dict[str, str]:
        """Return the table under a heading: the name in the first cell's backticks, and the whole row."""
        part = re.split(rf"^#+ {re.escape(heading)}$", self.text, maxsplit=1, flags=re.MULTILINE)[1]
        part = re.split(r"^#", part, maxsplit=1, flags=re.MULTILINE)[0]
        return {match[1]: match[0] for match in re.finditer(r"^\| `([^`]+)` \|.*$", part, re.MULTILINE)}


def pages() -> list[Page]:
    """Return every document that we write."""
    return [
        Page(path)
        for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "simulator").glob("*.md")])
    ]


OPERATIONS = Page(ROOT / "docs" / "operations.md")
