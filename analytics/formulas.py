"""The arithmetic of figures: pure, no tables and no Django."""

import math
import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.definitions import Better, Target

if TYPE_CHECKING:
    import numpy as np

WIDTH = 4  # bytes of a value
# Up to here plain Python is quick enough (5 ms), and a process that never needs more spares the 10 MB of numpy.
FEW, HANDFUL = 10_000, 50
Z = 1.959963984540054  # of a two-sided interval of 95 per cent


def percentile(packed: bytes, share: float) -> float | None:
    """Return the percentile by linear interpolation, as percentile_cont does; None of nothing."""
    return percentiles(packed, share)[0]


def percentiles(packed: bytes, *shares: float) -> list[float | None]:
    """Return several percentiles for the price of about one."""
    size = len(packed) // WIDTH
    if not size:
        return [None] * len(shares)
    places = [share * (size - 1) for share in shares]
    ends = [(math.floor(place), math.ceil(place)) for place in places]
    wanted = {end for pair in ends for end in pair}
    ordered = sorted(unpack(packed)) if _are_few(size) else _partly_ordered(packed, wanted)
    return [
        float(ordered[low]) + (place - low) * (float(ordered[high]) - float(ordered[low]))
        for place, (low, high) in zip(places, ends, strict=True)
    ]


def histogram(packed: bytes, edges: Sequence[int]) -> list[int]:
    """Count values below the first edge, between each two, and from the last on; an edge belongs to what follows."""
    if len(packed) <= FEW * WIDTH:
        found = Counter(bisect_right(edges, value) for value in unpack(packed))
        return [found[place] for place in range(len(edges) + 1)]
    import numpy as np

    values = _native(packed)
    below = [0, *(int(np.count_nonzero(values < edge)) for edge in edges), values.size]
    return [after - before for before, after in pairwise(below)]


def _are_few(size: int) -> bool:
    """Whether plain Python will do; where numpy is loaded already, it is quicker for all but a handful."""
    return size <= HANDFUL or (size <= FEW and "numpy" not in sys.modules)


def _partly_ordered(packed: bytes, places: set[int]) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    values = _native(packed)
    values.partition(sorted(places))
    return values


def _native(packed: bytes) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    """Return the values in the machine's own order, which is several times quicker."""
    import numpy as np

    return np.frombuffer(packed, dtype=">i4").astype(np.int32)


def unpack(packed: bytes) -> "array[int]":
    """Return the values of joined big-endian four-byte integers, as PostgreSQL's int4send writes them."""
    values = array("i", packed)
    if sys.byteorder == "little":
        values.byteswap()
    return values


def rate(numerator: float, denominator: float) -> float | None:
    """Return a share; None of nothing."""
    return numerator / denominator if denominator else None


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """Return Wilson's 95 per cent interval of a share; None of nothing."""
    if denominator <= 0 or not 0 <= numerator <= denominator:
        return None
    share = numerator / denominator
    spread = Z * math.sqrt(share * (1 - share) / denominator + Z * Z / (4 * denominator * denominator))
    middle, scale = share + Z * Z / (2 * denominator), 1 + Z * Z / denominator
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def net_score(promoters_less_detractors: int, answers: int) -> int | None:
    """Return the Net Promoter Score as a whole number, halves away from zero; None of nothing."""
    if not answers:
        return None
    score = 100 * promoters_less_detractors / answers
    return int(math.copysign(math.floor(abs(score) + 0.5), score))


def status(value: float | None, target: Target | None, better: Better) -> str:
    """Return "met", "near" (within a tenth of the target), "missed", or "none" where there is nothing to compare."""
    if value is None or target is None or better is Better.NEITHER:
        return "none"
    over = target.high is not None and value > target.high
    under = target.low is not None and value < target.low
    if not over and not under:
        return "met"
    edge = target.high if over else target.low
    assert edge is not None  # noqa: S101 - one of both was crossed
    return "near" if abs(value - edge) <= abs(edge) / 10 else "missed"
