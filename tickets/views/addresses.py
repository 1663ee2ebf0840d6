"""Addresses of the inbox: a page of a ticket has two dozen; what stands around its number is put together once."""

from functools import cache

from django.urls import get_script_prefix, reverse

# Stands for the number of a ticket.
NUMBER = 10**15


@cache
def _around(name: str, before: tuple[str, ...], prefix: str) -> tuple[str, str]:
    """Return what stands before and behind the number of a ticket; the prefix is where the whole site lies."""
    del prefix
    left, _number, right = reverse(f"inbox:{name}", args=[*before, NUMBER]).partition(str(NUMBER))
    return left, right


@cache
def _list(view: str, prefix: str) -> str:
    del prefix
    return reverse("inbox:list", args=[view])


def list_address(view: str) -> str:
    """Return the address of a view of the list."""
    return _list(view, get_script_prefix())


def page_address(view: str, pk: int) -> str:
    """Return the address of the page of a ticket, seen from a view."""
    left, right = _around("ticket", (view,), get_script_prefix())
    return f"{left}{pk}{right}"


def part_address(name: str, pk: int) -> str:
    """Return the address of something that belongs to a ticket."""
    left, right = _around(name, (), get_script_prefix())
    return f"{left}{pk}{right}"
