"""Contrast of the tokens, in both themes, by the formula of WCAG 2."""

import re
from pathlib import Path

import pytest

TOKENS = Path("static/css/tokens.css").read_text(encoding="utf-8")
PAIR = re.compile(r"--([\w-]+):\s*light-dark\(\s*(#[0-9a-f]{6})\s*,\s*(#[0-9a-f]{6})\s*\)")
SAME = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
ALIAS = re.compile(r"--([\w-]+):\s*var\(--([\w-]+)\);")

COLOURS: dict[str, tuple[str, str]] = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}
COLOURS |= {name: (value, value) for name, value in SAME.findall(TOKENS)}
COLOURS |= {name: COLOURS[other] for name, other in ALIAS.findall(TOKENS) if other in COLOURS}

GROUNDS = ("bg", "surface", "sub", "hover", "accent-soft")
TEXTS = [
    *((ink, ground) for ink in ("text", "text-2") for ground in (*GROUNDS, "bubble-out", "note")),
    *(("text-3", ground) for ground in ("bg", "surface", "sub", "accent-soft")),
    *(("accent-text", ground) for ground in (*GROUNDS, "note")),
    *((tone, ground) for tone in ("ok", "warn", "bad") for ground in ("surface", "bg", f"{tone}-soft")),
    ("bad", "sub"),
    ("bad", "accent-soft"),
    ("text", "bad-soft"),
    ("text", "warn-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("note-text", "note"),
    ("note", "note-text"),
    ("toast-text", "toast"),
    ("toast-link", "toast"),
    *((f"hue-{n}-ink", f"hue-{n}") for n in range(7)),
]
GRAPHICS = [
    *(("border-strong", ground) for ground in ("surface", "sub")),
    *((mark, "surface") for mark in ("ok-mark", "warn-mark", "bad-mark", "whatsapp", "accent", "focus")),
    ("focus", "bg"),
    ("focus", "accent-soft"),
    ("tick-read", "bubble-out"),
    ("note-strong", "bg"),
    *((f"c{n}", "surface") for n in range(6)),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def too_weak(pairs: list[tuple[str, str]], theme: str, least: float) -> list[str]:
    """Name the pairs that fall short, with what they reach."""
    side = ("light", "dark").index(theme)
    measured = {(ink, ground): contrast(COLOURS[ink][side], COLOURS[ground][side]) for ink, ground in pairs}
    return [f"{ink} on {ground}: {ratio:.2f}" for (ink, ground), ratio in measured.items() if ratio < least]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(theme: str) -> None:
    assert too_weak(TEXTS, theme, 4.5) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_and_borders_stand_out_from_what_is_behind_them(theme: str) -> None:
    assert too_weak(GRAPHICS, theme, 3) == []


def test_the_formula_knows_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_colour_that_styles_use_is_a_token() -> None:
    styles = "".join(p.read_text(encoding="utf-8") for p in Path("static/css").rglob("*.css") if p.name != "app.css")
    used = set(re.findall(r"var\(--([\w-]+)", styles))
    defined = set(re.findall(r"(?m)^\s*--([\w-]+):", styles))
    assert used <= defined
