"""Name the errors that no history noticed; a history is told once, and counted anew with each error.

With words, only the ones whose line has them: `python -m benchmarks.mutants nps csat`.
"""

import os
import sys

import pytest

HISTORIES = "tests/analytics/mutants.py"
OPTIONS = ["-q", "-s", "-n", "0", "--reuse-db", "-p", "no:randomly"]


def main(words: list[str]) -> int:
    """Try each error; return how many nobody noticed, or that the histories do not run at all."""
    os.environ["MUTANTS"] = " ".join(words)
    ended = pytest.main([*OPTIONS, HISTORIES])
    if ended != pytest.ExitCode.OK:
        return int(ended)
    from tests.analytics.mutants import unnoticed, wanted

    for mutant in unnoticed:
        print(f"NOT NOTICED  {mutant.figure}: {mutant.what}")
    print(f"{len(wanted) - len(unnoticed)} of {len(wanted)} noticed")
    return len(unnoticed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
