"""Read settings from the environment and collect, in plain words, whatever is wrong with them.

Reading never raises: a wrong value becomes a `Problem`, the default stands in, and the system check
shows all problems at once, so that an operator mends the file in one go.
"""

import os
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True)
class Problem:
    """One setting that is missing, wrong or unknown, with what would be right."""

    name: str
    text: str


@dataclass
class Env:
    """The environment of one process, with the names that were asked for and the problems found."""

    values: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def _read(self, name: str, default: T, allowed: str, parse: Callable[[str], T]) -> T:
        self.known.add(name)
        raw = self.values.get(name)
        if raw is None:
            return default
        try:
            return parse(raw.strip())
        except ValueError:
            # The value itself may be a secret that was pasted under the wrong name: never repeat it.
            problem = Problem(name, f"{name} is not usable; allowed: {allowed}.")
            if problem not in self.problems:
                self.problems.append(problem)
            return default

    def text(self, name: str, default: str = "") -> str:
        """Return a text setting."""
        return self._read(name, default, "any text", str)

    def secret(self, name: str, *, minimum: int = 1) -> str:
        """Return a secret of at least `minimum` characters; an empty text means that it is missing."""

        def parse(raw: str) -> str:
            if len(raw) < minimum:
                raise ValueError
            return raw

        return self._read(name, "", f"a text of at least {minimum} characters", parse)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes/no setting."""

        def parse(raw: str) -> bool:
            if raw.lower() in TRUE:
                return True
            if raw.lower() in FALSE:
                return False
            raise ValueError

        return self._read(name, default, "1, true, yes, on, 0, false, no, off", parse)

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between `low` and `high`, both included."""

        def parse(raw: str) -> int:
            value = int(raw)
            if not low <= value <= high:
                raise ValueError
            return value

        return self._read(name, default, f"a whole number from {low} to {high}", parse)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return one of the `allowed` words."""

        def parse(raw: str) -> str:
            if raw not in allowed:
                raise ValueError
            return raw

        return self._read(name, default, ", ".join(allowed), parse)

    def zone(self, name: str, default: str) -> str:
        """Return the name of a time zone."""

        def parse(raw: str) -> str:
            if raw not in zoneinfo.available_timezones():
                raise ValueError
            return raw

        return self._read(name, default, "a name of the IANA database, such as Europe/Berlin", parse)

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """Return a comma-separated list without empty members."""
        return list(
            self._read(
                name,
                default,
                "words separated by commas",
                lambda raw: tuple(word.strip() for word in raw.split(",") if word.strip()),
            )
        )

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        """Return a URL with one of the `schemes`."""

        def parse(raw: str) -> str:
            if raw == "":
                return default
            if urlsplit(raw).scheme not in schemes:
                raise ValueError
            return raw

        return self._read(name, default, "a URL that begins with " + " or ".join(f"{s}://" for s in schemes), parse)

    def unknown(self, prefixes: tuple[str, ...]) -> list[str]:
        """Name the variables that look like ours by prefix and that nobody read: most are misspelt."""
        return sorted(name for name in self.values if name.startswith(prefixes) and name not in self.known)


env = Env(os.environ)
