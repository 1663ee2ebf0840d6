"""The model that tells languages apart, from `py3langid`, read where it lies on disk instead of in memory.

Loading it takes two seconds, numpy and for a moment over a hundred megabytes. A child process does that, cuts out
the languages asked for and writes plain tables into a nameless file; numpy never enters a worker. The two large
tables, 47 MB, are read at the few places that a message leads to. Mapped into memory they would fill it, because the
kernel maps the neighbours of every page along: 200 messages brought in 35 MB.
"""

import itertools
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

BASE_DIR = Path(__file__).resolve().parent.parent
HEADER = 4096  # bytes
MOVE = struct.Struct("=I")
SECONDS = 60.0  # of which it needs two


class Model:
    """A naive Bayes classifier over byte sequences that an automaton finds."""

    def __init__(self, file: BinaryIO) -> None:
        """Read a file that `write` has made; keep it open."""
        self._file = file
        header = json.loads(self._read(0, HEADER))
        self.languages: list[str] = header["languages"]
        self._row, self._found, self._prior = (
            array(kind, self._read(begin, size)) for kind, begin, size in header["small"]
        )
        self._moves, self._weights = header["large"]
        self._weights_of_one = struct.Struct(f"={len(self.languages)}f")

    def _read(self, begin: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, begin)

    def classify(self, text: str) -> tuple[str, float]:
        """Return the likeliest language and its probability among all languages of the model."""
        data = _encode(text)
        scores = list(self._prior)
        features = self._features(data)
        for feature, times in features.items():
            factor = math.log1p(times)
            size = self._weights_of_one.size
            weights = self._weights_of_one.unpack(self._read(self._weights + feature * size, size))
            scores = [score + factor * weight for score, weight in zip(scores, weights, strict=True)]
        if not features:
            scores = [0.0] * len(scores)
        best = max(scores)
        # The root of the length keeps probabilities comparable between short and long texts.
        scale = math.sqrt(len(data) or 1)
        return self.languages[scores.index(best)], 1 / sum(math.exp((score - best) / scale) for score in scores)

    def _features(self, data: bytes) -> Counter[int]:
        """Count what the automaton finds."""
        state = 0
        found: Counter[int] = Counter()
        for byte in data:
            (state,) = MOVE.unpack(self._read(self._moves + ((self._row[state] << 8) + byte) * MOVE.size, MOVE.size))
            if (feature := self._found[state]) >= 0:
                found[feature] += 1
        return found


def _encode(text: str) -> bytes:
    return unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode(errors="surrogatepass")


def load(languages: Sequence[str]) -> Model:
    """Let a child process write the model for these languages, and open it.

    Raises `subprocess.SubprocessError` or `OSError` when that does not work.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the model
    command = [sys.executable, "-m", "tickets.language_model", *languages]
    subprocess.run(command, cwd=BASE_DIR, stdout=file, check=True, timeout=SECONDS)
    return Model(file)


def write(languages: Sequence[str], file: BinaryIO) -> None:
    """Write the tables of these languages: the automaton's moves, their rows, what is found there, weights, priors."""
    import numpy as np
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(languages)
    assert len(set(whole.nb_classes)) == len(whole.nb_classes)  # noqa: S101 - scripts of one language are not added up
    small = [
        ("I", np.asarray(whole.tk_row, dtype=np.uint32)),
        ("i", np.asarray(whole.tk_output, dtype=np.int32)),
        ("f", np.asarray(whole.nb_pc, dtype=np.float32)),
    ]
    large = [np.asarray(whole.tk_nextmove, dtype=np.uint32), np.ascontiguousarray(whole.nb_ptc, dtype=np.float32)]
    tables = [table for _kind, table in small] + large
    begins = list(itertools.accumulate((table.nbytes for table in tables), initial=HEADER))
    header = {
        "languages": whole.nb_classes,
        "small": [(kind, begin, table.nbytes) for (kind, table), begin in zip(small, begins, strict=False)],
        "large": begins[len(small) : len(tables)],
    }
    file.write(json.dumps(header).encode().ljust(HEADER))
    for table in tables:
        file.write(table.tobytes())


if __name__ == "__main__":
    write(sys.argv[1:], sys.stdout.buffer)
