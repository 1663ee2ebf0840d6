"""Lets pytest run with one error in the code, that of the environment variable MUTANT."""

import os
import sys

from benchmarks.mutants import MUTANTS
from benchmarks.mutants.mutant import WithError

sys.meta_path.insert(0, WithError(next(one for one in MUTANTS if one.name == os.environ["MUTANT"])))
