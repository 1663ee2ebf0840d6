"""Suggest public holidays by country and region; the dates become rows that people edit.

The library `holidays` is imported inside the functions: it costs half a second, and only set-up pages need it.
"""

import datetime as dt
import re


def countries() -> list[tuple[str, str]]:
    """Return (code, name) of every country with known holidays, by name."""
    from holidays.registry import COUNTRIES

    found = {codes[1]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0]) for codes in COUNTRIES.values()}
    return sorted(found.items(), key=lambda pair: pair[1])


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
