"""Tell each history once, and count it again with each error; `make mutants` runs this, `make test` does not."""

import os
import sys
import time

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from benchmarks.mutants import MUTANTS, Mutant
from benchmarks.mutants.mutant import imported_with
from tests.analytics.story import Story
from tests.analytics.test_truth import CASES, tell
from tests.cast import House

WORDS = os.environ.get("MUTANTS", "").split()
wanted = [one for one in MUTANTS if not WORDS or any(word in one.name for word in WORDS)]
unnoticed = list(wanted)


def first_difference(office: House, story: Story, when: str, seed: int, mutant: Mutant | None) -> str:
    """Count a history with an error in the code; return what is wrong first, or what it failed with."""
    with transaction.atomic(), imported_with(mutant, "tests.analytics.test_truth") as truth:
        try:
            with transaction.atomic():
                truth.count_everything()
                return next(truth.what_errs(office, story, when, seed), "")
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is noticed
            return repr(error)
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize(("when", "seed"), CASES)
def test_each_error_is_noticed(
    office: House, when: str, seed: int, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    story = tell(office, seed, when, settings)
    assert not first_difference(office, story, when, seed, None)
    for mutant in list(unnoticed):
        begun = time.monotonic()
        found = first_difference(office, story, when, seed, mutant)
        if found:
            unnoticed.remove(mutant)
            took = time.monotonic() - begun
            sys.stdout.write(f"{when} {took:4.1f} s  {mutant.name}  ({found[:60]})\n")
            sys.stdout.flush()
    caplog.clear()  # some errors are tickets that cannot be folded
