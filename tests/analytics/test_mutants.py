"""The errors that the random histories are tried against can still be made."""

from benchmarks.mutants import MUTANTS, ROOT


def test_each_error_changes_one_place_of_the_code() -> None:
    for mutant in MUTANTS:
        text = (ROOT / mutant.file).read_text()
        assert text.count(mutant.before) == 1, mutant.name
        compile(text.replace(mutant.before, mutant.after), mutant.file, "exec")
