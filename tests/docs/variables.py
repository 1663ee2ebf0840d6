"""Which environment variables the programs read, found in their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import ROOT

# Functions and methods whose first argument is the name of a variable.
READERS = frozenset(
    {"get", "text", "secret", "flag", "number", "choice", "zone", "words", "url", "digits", "switch", "port_setting"}
)
SOURCES = frozenset({"environ", "env", "given"})
LOCAL_READERS = frozenset({"digits", "secret", "switch", "port_setting"})


@dataclass(frozen=True)
class Reading:
    """One place that reads a variable, with the arguments that follow the name."""

    name: str
    reader: str
    arguments: tuple[object, ...]


def _constant(node: ast.expr, names: dict[str, str]) -> object:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _source(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _readings(tree: ast.Module) -> Iterator[Reading]:
    names = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=reader, value=source), args=[first, *rest]) if (
                reader in READERS and _source(source) in SOURCES
            ):
                pass
            case ast.Call(func=ast.Name(id=reader), args=[first, *rest]) if reader in LOCAL_READERS:
                pass
            case ast.Subscript(value=source, slice=first, ctx=ast.Load()) if _source(source) == "environ":
                reader, rest = "get", []
            case ast.Compare(left=first, ops=[ast.In() | ast.NotIn()], comparators=[source]) if (
                _source(source) == "environ"
            ):
                reader, rest = "in", []
            case _:
                continue
        name = _constant(first, names)
        more = [*rest, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else rest
        if isinstance(name, str) and name.isupper():
            yield Reading(name, reader, tuple(_constant(argument, names) for argument in more))


def readings(*places: str) -> list[Reading]:
    """Return what the Python files of these files and folders read, in the order of the files."""
    files: list[Path] = []
    for place in places:
        path = ROOT / place
        files += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [reading for file in files for reading in _readings(ast.parse(file.read_text(encoding="utf-8")))]
