"""Suggest public holidays by country and region; the dates become rows that people edit.

The library `holidays` is imported inside the functions: it costs half a second, and only set-up pages need it. It calls
countries by their English names; what they are called elsewhere comes from Unicode's CLDR, by
`frontend/country_names.mjs`.
"""

import datetime as dt
import json
from functools import cache
from pathlib import Path

from tickets.folding import fold


@cache
def _names() -> dict[str, dict[str, str]]:
    """Return what countries are called: language -> code -> name."""
    found: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "country_names.json").read_text("utf-8"))
    return found


def countries(language: str) -> list[tuple[str, str]]:
    """Return (code, name) of every country with known holidays, by name in the language, else in English."""
    from holidays.registry import COUNTRIES

    english, names = _names()["en"], _names().get(language, {})
    codes = (codes[1] for codes in COUNTRIES.values())
    found = [(code, names.get(code) or english.get(code, code)) for code in codes]
    return sorted(found, key=lambda pair: fold(pair[1]).text)


def regions(country: str) -> list[tuple[str, str]]:
    """Return (code, name) of a country's regions that have holidays of their own."""
    from holidays import country_holidays

    try:
        calendar = country_holidays(country)
    except NotImplementedError:
        return []
    names: dict[str, str] = {}
    for alias, code in calendar.subdivisions_aliases.items():
        # Some codes have an abbreviation beside the name; the longer one says more.
        if len(alias) > len(names.get(code, "")):
            names[code] = alias
    return sorted(((code, names.get(code, code)) for code in calendar.subdivisions), key=lambda pair: pair[1])


def suggest(country: str, region: str, begin: dt.date, end: dt.date, language: str) -> list[tuple[dt.date, str]]:
    """Return date and name of the public holidays from `begin` to `end`, in the language if the library speaks it.

    Without a region these are the holidays of the whole country. An unknown country or region suggests nothing.
    """
    from holidays import country_holidays

    years = range(begin.year, end.year + 1)
    try:
        spoken = country_holidays(country).supported_languages
        chosen = next((code for code in spoken if code.split("_")[0] == language), None)
        calendar = country_holidays(country, subdiv=region or None, years=years, language=chosen)
    except NotImplementedError:
        return []
    return [(date, name[:80]) for date, name in sorted(calendar.items()) if begin <= date <= end]
