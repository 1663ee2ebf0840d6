"""Name the errors in the rules of the figures that neither a random history nor an example noticed.

A history is told once, and counted anew with each error; what no history noticed, the examples are tried with. With
words, only the errors whose line has them: `python -m benchmarks.mutants nps csat`.
"""

import os
import subprocess
import sys

import pytest

from benchmarks.mutants.mutant import Mutant

HISTORIES = "tests/analytics/mutants.py"
EXAMPLES = [f"tests/analytics/test_{name}.py" for name in ("meanings", "set_aside", "handover", "people", "formulas")]
OPTIONS = ["-q", "-n", "0", "--reuse-db"]


def examples_notice(mutant: Mutant) -> bool:
    """Run the examples with an error in the code; raise RuntimeError when they do not run at all."""
    command = [sys.executable, "-m", "pytest", *OPTIONS, "-x", "-p", "tests.analytics.with_error", *EXAMPLES]
    environment = {**os.environ, "MUTANT": mutant.name}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return done.returncode == 1


def main(words: list[str]) -> int:
    """Try each error; return how many nobody noticed, or that the histories do not run at all."""
    os.environ["MUTANTS"] = " ".join(words)
    ended = pytest.main([*OPTIONS, "-s", "-p", "no:randomly", HISTORIES])
    if ended != pytest.ExitCode.OK:
        return int(ended)
    from tests.analytics.mutants import unnoticed, wanted

    unseen = 0
    for mutant in unnoticed:
        noticed = examples_notice(mutant)
        unseen += not noticed
        print(f"{'examples' if noticed else 'NOT NOTICED'}  {mutant.name}", flush=True)
    print(f"{len(wanted) - unseen} of {len(wanted)} noticed, {len(wanted) - len(unnoticed)} by random histories")
    return unseen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
