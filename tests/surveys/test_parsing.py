"""What people type when they are asked for a score: five languages, and what must not be taken for one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.parsing import Scale, score

CSAT, TEN, NPS = Scale(1, 5), Scale(1, 10), Scale(0, 10)

TABLE = Path(__file__).with_name("typed_answers.txt")
SCALES = {"csat": CSAT, "nps": NPS, "none": CSAT}


def read() -> list[tuple[str, Scale, int | None]]:
    """Return the table: what is typed, on which scale, and what it means."""
    rows: list[tuple[str, Scale, int | None]] = []
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        meaning, _, cells = line.partition(": ")
        name, _, number = meaning.partition(" ")
        rows += [
            (cell.strip(" ").replace("\\n", "\n"), SCALES[name], int(number) if number else None)
            for cell in cells.split(" | ")
        ]
    return rows


ROWS = read()


@pytest.mark.parametrize(("text", "scale", "expected"), ROWS)
def test_what_people_type(text: str, scale: Scale, expected: int | None) -> None:
    assert score(text, scale) == expected


@pytest.mark.parametrize(
    "text", ["11", "100", "-1", "5/5", "9 Pakete", "um 9", "9 Uhr", "zehn Tage", "10%", "10 €", "9a", "0.5"]
)
def test_a_message_is_no_recommendation(text: str) -> None:
    assert score(text, NPS) is None


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(set(ROWS)) == len(ROWS)
    assert sum(expected is not None for _, _, expected in ROWS) >= 150
    assert sum(expected is None for _, _, expected in ROWS) >= 90


def test_ten_counts_on_a_scale_to_ten_and_zero_does_not() -> None:
    assert score("10", TEN) == 10
    assert score("5 von 10", TEN) == 5
    assert score("0", TEN) is None


@given(st.text(max_size=80))
def test_any_text_gives_a_score_of_the_scale_or_none(text: str) -> None:
    for scale in (CSAT, TEN, NPS):
        found = score(text, scale)
        assert found is None or scale.lowest <= found <= scale.highest


@given(st.integers(0, 10), st.sampled_from(["{}", " {} ", "{}!", "{}/10", "{}.", "*{}*", "Score: {}"]))
def test_a_bare_number_is_itself(number: int, shape: str) -> None:
    assert score(shape.format(number), NPS) == number


@pytest.mark.parametrize("text", ["5 " * 5000, "ich gebe " * 1000, "⭐" * 100_000, "5 - " * 15])
def test_long_and_odd_texts_cost_nothing(text: str) -> None:
    assert score(text, CSAT) is None
