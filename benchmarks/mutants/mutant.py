"""One error in the rules of the figures, and how the code is imported with it."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FACT, ROWS, STORY, WORK = (f"analytics/fold/{name}.py" for name in ("fact", "rows", "story", "work"))
# What Django knows of stays as it is; no error is in it.
STAYS = ("analytics.apps", "analytics.migrations", "analytics.models")


class Mutant(NamedTuple):
    """One error: what it gets wrong, and where a text becomes another."""

    figure: str
    what: str
    file: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return f"{self.figure}: {self.what}"

    @property
    def module(self) -> str:
        """The name of the module in which the error is."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class _Loader(SourceFileLoader):
    """Loads a module with an error in it, and keeps no compiled code of that."""

    def __init__(self, mutant: Mutant, path: str) -> None:
        super().__init__(mutant.module, path)
        self._mutant = mutant

    def path_stats(self, path: str) -> dict[str, float]:
        raise OSError(path)

    def get_data(self, path: str) -> bytes:
        return super().get_data(path).decode().replace(self._mutant.before, self._mutant.after).encode()


class WithError(MetaPathFinder):
    """Finds one module with an error in it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, *_where: object) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        file = str(ROOT / self._mutant.file)
        inside = [str(Path(file).parent)] if file.endswith("__init__.py") else None
        loader = _Loader(self._mutant, file)
        return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=inside)


def _forget() -> dict[str, ModuleType]:
    """Take all modules away that an error may be in, or that may have taken something from them; return those."""
    taken = {}
    for name in sorted(sys.modules):
        if name.startswith(("analytics.", "tests.analytics.")) and not name.startswith(STAYS):
            taken[name] = sys.modules.pop(name)
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)
    return taken


@contextmanager
def imported_with(mutant: Mutant | None, name: str) -> Iterator[ModuleType]:
    """Import a module anew, with an error in what it imports, and put everything back afterwards."""
    before, finder = _forget(), WithError(mutant) if mutant else None
    if finder is not None:
        sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module(name)
    finally:
        if finder is not None:
            sys.meta_path.remove(finder)
        _forget()
        sys.modules.update(before)
        for known, module in before.items():
            parent, _, child = known.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], child, module)
