"""Keep words of one direction together in a line of the other."""

from django.utils.translation import get_language_bidi

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """Return a text whose parts keep their order; a page from right to left would say “min 5 h 2”."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}" if get_language_bidi() else text
