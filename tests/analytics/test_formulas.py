"""Percentiles and histograms: plain Python for few values, numpy for many, the same figures."""

import random
import struct

import pytest

from analytics import formulas


def packed(values: list[int]) -> bytes:
    """Return the values as PostgreSQL joins them."""
    return struct.pack(f">{len(values)}i", *values)


def test_percentiles_lie_between_the_two_nearest_values() -> None:
    assert formulas.percentiles(packed([40, 10, 30, 20]), 0.5, 0.9) == [25.0, pytest.approx(37.0)]
    assert formulas.percentiles(packed([7]), 0.5, 0.9) == [7.0, 7.0]
    assert formulas.percentiles(b"", 0.5, 0.9) == [None, None]


def test_an_edge_of_a_histogram_belongs_to_what_follows() -> None:
    assert formulas.histogram(packed([-5, 59, 60, 299, 300, 9000]), [60, 300, 3600]) == [2, 2, 1, 1]
    assert formulas.histogram(b"", [60]) == [0, 0]


def test_many_values_give_the_same_figures_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)
    values = packed([draw.randint(-50, 90_000) for _ in range(1001)])
    few = formulas.percentiles(values, 0.5, 0.9), formulas.histogram(values, [60, 300, 3600])
    monkeypatch.setattr(formulas, "FEW", 10)
    assert (formulas.percentiles(values, 0.5, 0.9), formulas.histogram(values, [60, 300, 3600])) == few
