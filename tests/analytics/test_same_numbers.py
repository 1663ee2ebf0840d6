"""Page, file and API show the same number for the same question, to the last digit that each of them shows."""

import csv
import datetime as dt
import html
import io
import itertools
import os
import random
import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from pytest_django.fixtures import Settings

from agents.models import User
from analytics.definitions import KPIS, TOO_FEW, Unit
from analytics.models import Fact
from analytics.views.asked import KINDS
from analytics.views.pages import PAGES
from helpdesk import clock
from tests.analytics.test_truth import SHOWN, nothing_errs, told
from tests.api.conftest import program_of
from tests.cast import House
from tickets.models import RoutingRule, Tag

QUESTIONS = int(os.environ.get("KPI_QUESTIONS", "4"))
TILE = re.compile(r'id="figure-(\w+)">.*?<p class="figure-value num">(.*?)</p>', re.DOTALL)
PARTS = re.compile(r'<table class="table report-parts">.*?</table>', re.DOTALL)
PART = re.compile(r'class="report-name">(.*?)</span></th><td class="table-number">(.*?)[<\n]', re.DOTALL)
SECONDS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}


def finest(text: str, first: int) -> int:
    """Return the smallest step of a duration: two units are shown, of minutes from ten on one."""
    unit = re.findall(r"[a-z]+", text)[0]
    return {"d": 3_600, "h": 60, "min": 60 if first >= 10 else 1, "s": 1}[unit]


def says(text: str, unit: Unit, value: float | None) -> bool:
    """Whether a text shows this value, as far as it goes."""
    if value is None or text == "–":
        return value is None and text == "–"
    if unit is Unit.SECONDS:
        parts = [(int(number), name) for number, name in re.findall(r"(\d+)\s(d|h|min|s)\b", text)]
        shown = sum(number * SECONDS[name] for number, name in parts)
        return shown <= round(value) < shown + finest(text, parts[0][0])
    plain = re.sub(r"[^\d.-]", "", text.replace("−", "-"))
    exact = value * 100 if unit is Unit.SHARE else value
    places = len(plain.partition(".")[2])
    return bool(abs(float(plain) - exact) <= 0.5 / 10**places + 1e-9)


def differences_of(reader: User, slug: str, query: dict[str, str], dice: random.Random) -> list[str]:
    """Read one page, its file and the API; return what they do not agree on."""
    browser, program = Client(), program_of(reader)
    browser.force_login(reader)
    chosen = dice.choice([kpi for kpi in PAGES[slug].kpis if KPIS[kpi].available])
    of_chosen = dice.choice(sorted(KPIS[chosen].dimensions))
    page = browser.get(f"/reports/{slug}/?{urlencode({**query, 'kpi': chosen, 'by': of_chosen})}").content.decode()
    tiles = {kpi: html.unescape(text).strip() for kpi, text in TILE.findall(page)}
    file = browser.get(f"/reports/{slug}.csv?{urlencode(query)}").content.decode("utf-8-sig")
    rows = {(row["kpi"], row["by"], row["key"]): row for row in csv.DictReader(io.StringIO(file))}
    asked = {"first": query["from"], "last": query["to"], **{k: v for k, v in query.items() if k in KINDS}}
    told_by_api = {row["kpi"]: row for row in program.read(f"kpis/?{urlencode(asked)}")["results"]}
    assert set(tiles) == {kpi for kpi in PAGES[slug].kpis if KPIS[kpi].available} <= set(told_by_api)
    wrong = []
    for kpi, text in tiles.items():
        one, unit = told_by_api[kpi], KPIS[kpi].unit
        few = unit in {Unit.SHARE, Unit.POINTS} and one["n"] < TOO_FEW
        if not says(text, unit, None if few else one["value"]):
            wrong.append(f"{kpi}: the page shows {text}, the API {one['value']} of {one['n']} {query}")
        by = of_chosen if kpi == chosen else dice.choice(sorted(KPIS[kpi].dimensions))
        parts = {part["key"]: part for part in program.read(f"kpis/{kpi}/by/{by}/?{urlencode(asked)}")["results"]}
        in_file = {key: row for (id_, dimension, key), row in rows.items() if (id_, dimension) == (kpi, by)}
        if in_file and set(in_file) != set(parts):
            wrong.append(f"{kpi} by {by}: the file has {set(in_file)}, the API {set(parts)} {query}")
        if kpi == chosen and f"by={by}" in page:
            table = "".join(PARTS.findall(page))
            listed = {html.unescape(name).strip(): html.unescape(text).strip() for name, text in PART.findall(table)}
            known = {in_file[key]["name"]: part for key, part in parts.items() if key in in_file}
            wrong += differences_of_parts(kpi, listed, known, query)
        pairs = [(rows[kpi, "all", ""], one), *((in_file[key], parts[key]) for key in in_file.keys() & parts.keys())]
        for row, answer in pairs:
            wrong += [
                f"{kpi} {name}: {row[name]} in the file, {answer[name]} by the API {query}"
                for name in ("value", "n", "median", "p90", "mean", "previous")
                if (float(row[name]) if row[name] else None) != answer[name]
            ]
    return wrong


def differences_of_parts(
    kpi: str, listed: dict[str, str], parts: dict[str, dict[str, Any]], query: object
) -> list[str]:
    """Compare the table of parts on a page with those of the API, by name."""
    unit = KPIS[kpi].unit
    if set(listed) != set(parts):
        return [f"{kpi}: the page lists {set(listed)}, the API {set(parts)} {query}"]
    found = []
    for name, part in parts.items():
        few = unit in {Unit.SHARE, Unit.POINTS} and part["n"] < TOO_FEW
        if not says(listed[name], unit, None if few else part["value"]):
            found.append(f"{kpi} of {name}: the page shows {listed[name]}, the API {part['value']} {query}")
    return found


def test_page_file_and_api_show_the_numbers_of_the_second_computation_to_managers_and_leads(
    office: House, settings: Settings
) -> None:
    story, dice = told(office, SHOWN[1], SHOWN[0], settings), random.Random(31)
    nothing_errs(office, story, *SHOWN)
    User.objects.update(language="en")
    days, wrong = sorted(story.open_at_end), []
    keys = {
        "team": [str(office.returns.pk)],
        "inbox": [str(inbox.pk) for inbox in story.inboxes],
        "channel": ["paper", "post"],
        "agent": [str(office.lena.pk), str(office.mateus.pk)],
        "tag": [str(pk) for pk in Tag.objects.values_list("pk", flat=True)],
        "topic": [str(pk) for pk in RoutingRule.objects.values_list("pk", flat=True)],
    }
    # Each page and each kind of filter comes up, whatever the dice say.
    slugs, kinds = (itertools.cycle(dice.sample(known, len(known))) for known in (sorted(PAGES), ["", *KINDS]))
    busy = sorted(set(Fact.objects.values_list("opened_day", flat=True)))
    with clock.at(story.at + dt.timedelta(days=9)):
        for number, reader in enumerate([office.jonas, office.amira] * QUESTIONS):
            # Every other question is about all that happened; of the days in between, most saw nothing.
            first, last = (days[0], days[-1]) if number % 2 else sorted(dice.choices(busy, k=2))
            query = {"from": first.isoformat(), "to": last.isoformat()}
            for kind in sorted({next(kinds), dice.choice(["", *KINDS])} - {""}):
                query[kind] = dice.choice(keys[kind])
            slug = next(slugs)
            wrong += differences_of(reader, slug, query, dice)
    assert not wrong, "\n".join(wrong)
