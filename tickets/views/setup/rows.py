"""Lines that are added to a form and taken away: the posted data of a formset, changed before the page is shown again.

Adding a line asks the server, so it works the same with and without scripts, and nothing typed is lost.
"""

from collections.abc import Mapping

from django.http import QueryDict


def post_of(fields: Mapping[str, object]) -> QueryDict:
    """Return what a form with these fields would post."""
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data[name] = str(value)
    return data


def count(data: QueryDict, prefix: str) -> int:
    """Return how many lines were posted."""
    raw = data.get(f"{prefix}-TOTAL_FORMS", "0")
    return min(int(raw), 1000) if raw.isdecimal() and len(raw) < 5 else 0


def start(data: QueryDict, prefix: str) -> None:
    """Begin without lines."""
    data[f"{prefix}-TOTAL_FORMS"] = data[f"{prefix}-INITIAL_FORMS"] = "0"


def add(data: QueryDict, prefix: str, values: Mapping[str, str]) -> int:
    """Put a line at the end and return its index; `data` must be mutable."""
    index = count(data, prefix)
    data[f"{prefix}-TOTAL_FORMS"] = str(index + 1)
    for name, value in values.items():
        data[f"{prefix}-{index}-{name}"] = value
    return index


def remove(data: QueryDict, prefix: str, index: int) -> None:
    """Take a line away; the ones after it move up."""
    total = count(data, prefix)
    if not 0 <= index < total:
        return
    lines = [line(data, prefix, n) for n in range(total) if n != index]
    for n in range(total):
        for name in line(data, prefix, n):
            del data[f"{prefix}-{n}-{name}"]
    data[f"{prefix}-TOTAL_FORMS"] = "0"
    for values in lines:
        add(data, prefix, values)


def line(data: QueryDict, prefix: str, index: int) -> dict[str, str]:
    """Return what a line holds."""
    start = f"{prefix}-{index}-"
    return {key.removeprefix(start): str(data[key]) for key in data if key.startswith(start)}
